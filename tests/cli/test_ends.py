"""Commands that are interrupted while their worker hangs, and that of a worker that dies: run as users do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from scseg.base.folders import log_folder
from scseg.models.files import open_model
from tests.cli.commands import extracted
from tests.fakes.models import write_model
from tests.fakes.processes import suspend

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no signals to stop with")

STOPPED = "Stopped; nothing unfinished was written."


@pytest.fixture(autouse=True)
def _no_log_is_left():
    before = set(log_folder().iterdir())
    yield
    assert set(log_folder().iterdir()) <= before


@pytest.fixture
def start():
    """Return a function that starts the program with the fake worker."""
    started = []

    def start(*arguments):
        command = [sys.executable, "-m", "tests.fakes.program", *map(str, arguments)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        started.append(subprocess.Popen(command, start_new_session=True, **pipes))
        return started[-1]

    yield start
    for program in started:
        program.kill()
        program.communicate()


def until(found):
    """Wait until there is something, and return it."""
    deadline = time.monotonic() + 60
    while not (it := found()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return it


def worker_of(program):
    """Return the worker, once it has left the program's group and heeds Ctrl+C no more."""

    def found():
        for child in psutil.Process(program.pid).children():
            if os.getpgid(child.pid) == child.pid:
                return child
        return None

    return until(found)


def ended(program):
    """Return what a program has told, once it has ended; nothing of it may be left."""
    out, err = program.communicate(timeout=60)
    assert "Traceback" not in err
    return program.returncode, out, err.strip().splitlines()[-1]


@pytest.fixture
def segmenting(files, start, monkeypatch):
    """A segmentation whose network never answers."""
    monkeypatch.setenv("SCSEG_FAKE_GATE", str(files / "closed"))
    model = write_model(files)
    return start("segment", files / "t.mrc", "--model", model, "-o", files / "out")


@pytest.mark.parametrize("stopped", [True, False], ids=["stopped", "hanging"])
@pytest.mark.parametrize("presses", [1, 4])
def test_ctrl_c_ends_a_segmentation_whose_worker_does_not_answer(
    segmenting, files, stopped, presses
):
    worker = worker_of(segmenting)
    if stopped:
        suspend(worker)
    for _ in range(presses):
        os.killpg(segmenting.pid, signal.SIGINT)
        time.sleep(0.02)  # else the system makes one of them
    code, out, last = ended(segmenting)
    assert (code, out, last) == (130, "", STOPPED)
    assert not psutil.pid_exists(worker.pid)
    assert list((files / "out").iterdir()) == []


@pytest.mark.parametrize("presses", [1, 2])
def test_ctrl_c_ends_a_training_that_hangs_and_names_what_is_kept(capsys, files, start, presses):
    extracted(capsys, files)
    program = start(
        "train", files / "set.scnt", "--name", "slow", "--epochs", 10_000, "--batch-size", 2,
        "-o", files / "models",
    )  # fmt: skip
    # When the second is there, the program was told of the first.
    until(lambda: list((files / "models").glob("*/epoch_000[2-9].scnm")))
    worker = worker_of(program)
    suspend(worker)
    for _ in range(presses):
        os.killpg(program.pid, signal.SIGINT)
        time.sleep(0.02)
    code, out, last = ended(program)
    assert out == ""
    assert not psutil.pid_exists(worker.pid)
    if presses == 1:
        assert code == 1
        assert "The training stopped: it did not answer, and was ended." in last
        assert open_model(Path(last.split(" is in ")[1].rstrip(".")))
    else:
        assert (code, last) == (130, STOPPED)


def test_the_last_sentence_is_that_of_the_last_death(files, start):
    model = write_model(files, name="dies")
    code, out, last = ended(
        start("segment", files / "t.mrc", "--model", model, "-o", files / "out")
    )
    assert (code, out) == (1, "")
    assert last == (
        f"Slice 0 of {files / 't.mrc'} cannot be predicted: the prediction process stopped twice at it: "
        "it ended with code 7."
    )
