"""Exports that are killed in the middle: the next one goes on, with the bytes of one that was not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from scseg.interactions.group import Group, save_group
from scseg.interactions.rules import InteractionSettings, Rule
from tests.export.exports import write_named_model, write_tomogram

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no signals to kill with")
DEPTH = 40
RULES = {
    "a.scnm": InteractionSettings(absorb=True, rules=(Rule("avoid", "b.scnm", 4.5, 0.95),)),
    "b.scnm": InteractionSettings(emit=True),
}


@pytest.fixture
def files(tmp_path):
    write_tomogram(tmp_path / "t.mrc", shape=(DEPTH, 200, 200))
    write_named_model(tmp_path / "a.scnm", "Membrane")
    write_named_model(tmp_path / "b.scnm", "inverse")
    save_group(Group(RULES, rules_3d=True), tmp_path / "g.scnmgroup")
    return tmp_path


def started(files, folder):
    command = [sys.executable, "-m", "tests.fakes.program", "segment", "t.mrc"]
    command += ["--group", "g.scnmgroup", "--type", "float32", "-o", folder]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path.cwd()), *sys.path])}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, cwd=files, env=environment, **pipes)


def volumes(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def until(found):
    deadline = time.monotonic() + 60
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def largest_partial(folder):
    return max((path.stat().st_size for path in folder.glob(".*.scseg-part")), default=0)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_export_goes_on_with_the_same_bytes(files, tmp_path, monkeypatch, number):
    counted = tmp_path / "count"
    counted.touch()
    monkeypatch.setenv("SCSEG_FAKE_COUNT", str(counted))
    assert started(files, "whole").communicate(timeout=120) is not None
    cost = counted.stat().st_size
    expected = volumes(files / "whole")
    assert len(expected) == 4

    program = started(files, "out")
    until(lambda: largest_partial(files / "out") > 15 * 200 * 200 * 4)
    workers = psutil.Process(program.pid).children(recursive=True)
    os.kill(program.pid, number)
    _, err = program.communicate()
    assert ("the same command goes on with it" in err) == (number == signal.SIGTERM)
    psutil.wait_procs(workers, timeout=30)
    left = {path.name for path in (files / "out").iterdir()}
    assert not left & expected.keys()
    assert sum(name.endswith(".scseg-part") for name in left) == 2

    counted.write_bytes(b"")
    program = started(files, "out")
    _, err = program.communicate(timeout=120)
    assert program.returncode == 0, err
    assert volumes(files / "out") == expected
    assert counted.stat().st_size < cost * 0.8
