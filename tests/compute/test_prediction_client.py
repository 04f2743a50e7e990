"""The prediction client with a real worker process around a network that is a formula."""

from __future__ import annotations

import errno
import multiprocessing.util
import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import mrcfile
import numpy as np
import psutil
import pytest

from scseg.base.errors import ScsegError
from scseg.base.folders import log_folder
from scseg.compute.messages import (
    Band,
    Failed,
    ModelRef,
    Ready,
    SliceDone,
    SliceRequest,
    TomogramRef,
)
from scseg.compute.prediction_client import PredictionClient
from scseg.compute.reply_waiter import ReplyWaiter
from scseg.datasets.normalisation import measure_normalisation
from scseg.datasets.resampling import resample_slice, restore_slice
from scseg.datasets.tomogram import open_tomogram
from scseg.models.files import open_model
from tests.fakes.models import write_model
from tests.fakes.worker import formula

if TYPE_CHECKING:
    from scseg.models.description import ModelDescription

FAKE = "tests.fakes.worker"


@pytest.fixture
def tomogram_path(tmp_path, rng):
    path = tmp_path / "t.mrc"
    with mrcfile.new(path) as mrc:
        mrc.set_data(rng.normal(5, 2, (12, 150, 170)).astype(np.float32))
        mrc.voxel_size = 10.0
    return path


@pytest.fixture
def model_path(tmp_path):
    return write_model(tmp_path)


@pytest.fixture
def gate(tmp_path, monkeypatch):
    """A file without which the fake network waits."""
    path = tmp_path / "gate"
    monkeypatch.setenv("SCSEG_FAKE_GATE", str(path))
    return path


@pytest.fixture
def waiter():
    return ReplyWaiter()


@pytest.fixture
def client(waiter):
    client = PredictionClient(waiter.ring, FAKE)
    yield client
    client.close()


def request_for(tomogram, model, z, overlap=0.2):
    description: ModelDescription = open_model(model)
    ref = TomogramRef(str(tomogram), None, None, tomogram.stat().st_mtime_ns)
    return SliceRequest(ref, ModelRef(str(model), description.weights_sha256), z, overlap)


def until(waiter, client, condition):
    """Return all replies up to the one that fulfils the condition, failures included."""
    came = []
    while True:
        assert waiter._rung.wait(30), f"nothing more came after {came}"
        waiter._rung.clear()
        for reply in client.drain():
            came.append(reply)
            if condition(reply):
                return came


def until_told(waiter, client):
    """Wait until the worker was sent what is wanted now, which may have to wait for its `Acknowledged`."""
    client.drain()
    while not client._told:
        assert waiter._rung.wait(30)
        waiter._rung.clear()
        client.drain()
    written = threading.Event()
    client._process.send(Marker(written))
    assert written.wait(30)


class Marker:
    """A command that workers leave alone: when it is written, all before it are."""

    def __init__(self, written):
        self._written = written

    def __reduce__(self):
        self._written.set()
        return str, ("marker",)


def done_with(request):
    return lambda reply: isinstance(reply, SliceDone) and reply.request == request


def assembled(replies, request, shape):
    image = np.full(shape, np.nan, np.float32)
    for reply in replies:
        if isinstance(reply, Band) and reply.request == request:
            image[reply.y : reply.y + len(reply.values)] = reply.values
    return image


def test_a_slice_comes_in_bands_that_are_the_network_s_output(
    waiter, client, tomogram_path, model_path
):
    request = request_for(tomogram_path, model_path, 7)
    client.want((request,))
    assert client.busy
    replies = until(waiter, client, done_with(request))
    assert isinstance(replies[0], Ready)
    assert client.ready
    assert not client.busy
    tomogram = open_tomogram(tomogram_path)
    expected = formula(measure_normalisation(tomogram).apply(tomogram.slice(7)))
    np.testing.assert_allclose(assembled(replies, request, (150, 170)), expected, atol=1e-5)
    assert sum(isinstance(reply, Band) for reply in replies) > 1


def test_another_pixel_size_is_resampled_and_told(waiter, client, tomogram_path, tmp_path):
    model = write_model(tmp_path, apix=25.0, name="Coarse")
    request = request_for(tomogram_path, model, 3)
    client.want((request,))
    replies = until(waiter, client, done_with(request))
    tomogram = open_tomogram(tomogram_path)
    image = resample_slice(measure_normalisation(tomogram).apply(tomogram.slice(3)), 2.5)
    expected = restore_slice(formula(image), (150, 170), 2.5)
    np.testing.assert_allclose(assembled(replies, request, (150, 170)), expected, atol=1e-5)
    assert "25.00 A per pixel" in replies[-1].notices[0]
    assert replies[-1].notices[0].startswith("Results will be poor: ")


def test_the_newest_wins_and_the_rest_lapses(waiter, client, gate, tomogram_path, model_path):
    first, second, last = (request_for(tomogram_path, model_path, z) for z in (1, 2, 9))
    client.want((first,))
    until(waiter, client, lambda reply: isinstance(reply, Ready))
    client.want((second,))
    client.want((last,))
    until_told(waiter, client)
    gate.touch()
    replies = until(waiter, client, done_with(last))
    assert not any(isinstance(reply, SliceDone) and reply.request != last for reply in replies)
    assert np.isfinite(assembled(replies, last, (150, 170))).all()


def test_wanting_more_does_not_interrupt_what_is_still_wanted_first(
    waiter, client, gate, tomogram_path, model_path
):
    first, second = (request_for(tomogram_path, model_path, z) for z in (4, 5))
    client.want((first,))
    until(waiter, client, lambda reply: isinstance(reply, Ready))
    client.want((first, second))
    until_told(waiter, client)
    gate.touch()
    replies = until(waiter, client, done_with(second))
    tops = [r.y for r in replies if isinstance(r, Band) and r.request == first]
    assert tops == sorted(set(tops))


def test_a_request_that_fails_is_told_and_the_next_is_answered(
    waiter, client, tomogram_path, model_path
):
    missing = request_for(tomogram_path, model_path, 50)
    good = request_for(tomogram_path, model_path, 5)
    client.want((missing, good))
    replies = until(waiter, client, done_with(good))
    failures = [reply for reply in replies if isinstance(reply, Failed)]
    assert [failure.request for failure in failures] == [missing]
    assert "no slice 50" in failures[0].sentence
    assert not failures[0].details


def test_a_vanished_tomogram_is_told(waiter, client, tomogram_path, model_path):
    request = request_for(tomogram_path, model_path, 0)
    tomogram_path.unlink()
    client.want((request,))
    replies = until(waiter, client, lambda reply: isinstance(reply, Failed))
    assert "t.mrc" in replies[-1].sentence


def test_a_killed_worker_is_told_restarted_and_does_what_was_wanted(
    waiter, client, gate, tomogram_path, model_path
):
    request = request_for(tomogram_path, model_path, 6)
    client.want((request,))
    until(waiter, client, lambda reply: isinstance(reply, Ready))
    before = client.pid
    os.kill(before, signal.SIGKILL)
    gate.touch()
    replies = until(waiter, client, done_with(request))
    deaths = [reply for reply in replies if isinstance(reply, Failed)]
    assert [death.request for death in deaths] == [None]
    assert "killed" in deaths[0].sentence
    assert client.pid != before


def test_a_worker_that_dies_again_and_again_is_left_alone_until_restarted(
    waiter, client, tomogram_path, model_path, tmp_path
):
    deadly = request_for(tomogram_path, write_model(tmp_path, name="dies"), 0)
    client.want((deadly,))
    replies = until(
        waiter, client, lambda reply: isinstance(reply, Failed) and "3 times" in reply.sentence
    )
    assert sum(isinstance(reply, Failed) for reply in replies) == 3
    assert "code 7" in replies[-1].sentence
    assert client.pid is None
    assert not client.busy
    good = request_for(tomogram_path, model_path, 2)
    client.want((good,))
    client.restart()
    assert until(waiter, client, done_with(good))


def test_many_requests_before_the_worker_reads_do_not_block(
    client, waiter, tomogram_path, model_path
):
    requests = [request_for(tomogram_path, model_path, z % 12) for z in range(2000)]
    for request in requests:
        client.want((request,))
    assert until(waiter, client, done_with(requests[-1]))


def test_a_command_line_gets_a_failure_as_an_exception(waiter, client, tomogram_path, model_path):
    client.want((request_for(tomogram_path, model_path, 99),))
    with pytest.raises(ScsegError, match="no slice 99"):
        for _ in waiter.replies(client):
            pass


def test_the_worker_ends_when_its_parent_is_gone(tmp_path):
    code = (
        "import os, sys\n"
        "from scseg.compute.prediction_client import PredictionClient\n"
        "if __name__ == '__main__':\n"
        f"    client = PredictionClient(lambda: None, {FAKE!r})\n"
        "    print(client.pid, flush=True)\n"
        "    os._exit(9)\n"
    )
    script = tmp_path / "parent.py"
    script.write_text(code)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    output = subprocess.run(
        [sys.executable, script], env=environment, capture_output=True, text=True, check=False
    )
    pid = int(output.stdout)
    if psutil.pid_exists(pid):
        psutil.Process(pid).wait(10)
    assert not psutil.pid_exists(pid)


def refuse(*_, **__):
    raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))


def test_a_process_that_the_system_does_not_start_is_told_once_and_waits_for_a_restart(
    waiter, tomogram_path, model_path, monkeypatch
):
    logs = set(log_folder().iterdir())
    with monkeypatch.context() as out_of_processes:
        out_of_processes.setattr(multiprocessing.util, "spawnv_passfds", refuse)
        client = PredictionClient(waiter.ring, FAKE)
        request = request_for(tomogram_path, model_path, 7)
        client.want((request,))
        (failed,) = client.drain()
        assert isinstance(failed, Failed)
        assert "cannot be started (Resource temporarily unavailable)" in failed.sentence
        assert not failed.restarted
        client.want((replace(request, z=8),))
        assert client.drain() == []
        assert (client.busy, client.pid) == (False, None)
    assert set(log_folder().iterdir()) <= logs
    client.want((request,))
    client.restart()
    until(waiter, client, done_with(request))
    client.close()


def test_bands_that_come_fast_wake_now_and_then_and_what_follows_them_always(
    model_path, tmp_path, rng
):
    path = tmp_path / "large.mrc"
    with mrcfile.new(path) as mrc:
        mrc.set_data(rng.normal(5, 2, (1, 1500, 300)).astype(np.float32))
        mrc.voxel_size = 10.0
    waiter, rings = ReplyWaiter(), []

    def ring():
        rings.append(1)
        waiter.ring()

    client = PredictionClient(ring, FAKE)
    request = request_for(path, model_path, 0)
    try:
        client.want((request,))
        came = until(waiter, client, done_with(request))
    finally:
        client.close()
    bands = sum(isinstance(reply, Band) for reply in came)
    others = len(came) - bands
    # The first of them, and at most one more every 80 ms; beside the others, the worker's acknowledgement.
    assert bands > 20
    assert len(rings) < others + bands
    assert assembled(came, request, (1500, 300)).min() > 0
