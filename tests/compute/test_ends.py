"""The ends of worker processes: nobody waits for them but `close`, and nothing is left."""

from __future__ import annotations

import os
import queue
import signal
import threading
from dataclasses import replace

import psutil
import pytest

from scseg.base.folders import log_folder
from scseg.compute import process
from scseg.compute.messages import (
    ModelRef,
    Ready,
    SliceRequest,
    TomogramRef,
    TrainingRequest,
    WantedSlices,
)
from scseg.compute.prediction_client import PredictionClient
from scseg.compute.process import WorkerProcess
from scseg.compute.reply_waiter import ReplyWaiter
from scseg.compute.worker_death import WorkerDied, explain_exit
from scseg.models.description import TrainingParameters
from tests.fakes.processes import suspend

FAKE, HANGING = "tests.fakes.worker", "tests.fakes.hanging"
REQUEST = SliceRequest(TomogramRef("t.mrc", None, None, 0), ModelRef("m.scnm", ""), 0, 0.2)
RUN = TrainingRequest("s.scnt", "models", "m", (0, 0, 0), "VGGNet", TrainingParameters())

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no signals to stop a process with")


@pytest.fixture(autouse=True)
def _no_log_is_left():
    before = set(log_folder().iterdir())
    yield
    assert set(log_folder().iterdir()) <= before


@pytest.fixture
def inbox():
    return queue.SimpleQueue()


def until(inbox, kind):
    while not isinstance(came := inbox.get(timeout=30), kind):
        pass
    return came


def heard(waiter, client, kind):
    """Wait for a reply of that kind."""
    while True:
        assert waiter._rung.wait(30)
        if any(isinstance(reply, kind) for reply in waiter.wait_for_replies(client)):
            return


def threads():
    return [each.name for each in threading.enumerate() if each.name.startswith("worker")]


@posix
def test_a_stopped_worker_is_replaced_at_once_and_ended_beside_that():
    waiter = ReplyWaiter()
    client = PredictionClient(waiter.ring, FAKE)
    heard(waiter, client, Ready)
    old = psutil.Process(client.pid)
    suspend(old)
    client.restart()
    assert old.is_running()
    assert client.pid != old.pid
    heard(waiter, client, Ready)
    old.wait(30)
    client.close()
    assert threads() == []


@posix
def test_closing_waits_for_all_that_were_replaced_too():
    waiter = ReplyWaiter()
    client = PredictionClient(waiter.ring, HANGING)
    pids = []
    for _ in range(3):
        pids.append(client.pid)
        client.restart()
    heard(waiter, client, Ready)
    client.close()
    client.close()
    assert not any(map(psutil.pid_exists, pids))
    assert threads() == []


def test_what_reads_nothing_keeps_nobody_who_writes(inbox):
    worker = WorkerProcess(HANGING, inbox.put)
    many = WantedSlices(tuple(replace(REQUEST, z=z) for z in range(1000)))
    finished = threading.Event()

    def send():
        for _ in range(100):
            worker.send(many)
        finished.set()

    threading.Thread(target=send, daemon=True).start()
    assert finished.wait(10)
    worker.close()
    assert not psutil.pid_exists(worker.pid)
    assert worker.gone
    assert threads() == []


def test_one_that_closed_its_pipe_and_lives_on_is_ended_and_told(inbox, monkeypatch):
    monkeypatch.setattr(process, "_SECONDS_TO_CRASH", 0.1)
    monkeypatch.setenv("SCSEG_FAKE_HANGS_UP", "1")
    worker = WorkerProcess(HANGING, inbox.put)
    died = until(inbox, WorkerDied)
    assert died.cause == "it closed its connection"
    assert not psutil.pid_exists(worker.pid)
    worker.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_step_that_fails_leaves_none_of_the_others_undone(inbox):
    def deliver(reply):
        inbox.put(reply)
        if isinstance(reply, WorkerDied):
            raise RuntimeError("nobody there")

    worker = WorkerProcess(FAKE, deliver)
    until(inbox, Ready)
    worker.close()
    assert worker.gone
    assert worker._connection.closed
    assert not psutil.pid_exists(worker.pid)
    assert not worker._log.path.exists()


@pytest.mark.parametrize(
    ("code", "printed", "words", "memory"),
    [
        (-9, "", "it was killed", True),
        (-signal.SIGSEGV, "", "it crashed", True),
        (-signal.SIGABRT, "terminate called after std::bad_alloc", "it crashed", True),
        (1, "Traceback …\nnumpy.exceptions._ArrayMemoryError: Unable", "not enough memory", True),
        (-signal.SIGTERM, "", "ended from outside", False),
        (-signal.SIGFPE, "", f"signal {signal.SIGFPE.value}", False),
        (7, "", "code 7", False),
    ],
)
def test_where_memory_may_be_the_cause_a_remedy_is_told_that_fits(code, printed, words, memory):
    died = explain_exit(int(code), printed)
    assert words in died.cause
    assert died.memory is memory
    told = {
        what: died.explanation(request)
        for what, request in (
            ("boxes or batches", RUN),
            ("model with smaller boxes", REQUEST),
            ("in tiles instead of whole slices", replace(REQUEST, mode="whole")),
        )
    }
    for what, sentence in told.items():
        assert (what in sentence) is memory
        assert ("close other programs" in sentence) is memory
