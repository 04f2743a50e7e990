"""`scseg segment --scheduler` that is ended in the middle: Ctrl+C leaves nothing, all else goes on later."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.cluster import in_soak, scheduler, until, worker
from tests.fakes.clustered import by_one_machine, files, use_fake_network, write_items, writer_of

pytestmark = [
    in_soak,
    pytest.mark.skipif(os.name == "nt", reason="Windows has no signals to end with"),
]
SHAPE = (40, 200, 200)
THIRD = 13 * 200 * 200


def started(folder, file):
    command = [sys.executable, "-m", "tests.fakes.program", "segment", "t0.mrc", "t1.mrc"]
    command += ["--group", "g.scnmgroup", "-o", "many", "--scheduler", str(file)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path.cwd()), *sys.path])}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, cwd=folder, env=environment, **pipes)


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 130), (signal.SIGKILL, -9)]
)
def test_a_command_that_is_ended(tmp_path, monkeypatch, number, code):
    use_fake_network(monkeypatch)
    items = write_items(tmp_path, SHAPE, 2)
    expected = by_one_machine(items, tmp_path / "one")
    folder = tmp_path / "many"
    with scheduler(tmp_path) as (file, _), worker(file):
        program = started(tmp_path, file)
        until(lambda: writer_of(folder, THIRD))
        os.kill(program.pid, number)
        _, err = program.communicate(timeout=60)
        assert program.returncode == code, err
        # The worker notices it, and lets go.
        until(lambda: not list(folder.glob(".*.scseg-lock")))
        left = [name for name in files(folder) if name not in expected]
        if number == signal.SIGINT:
            assert not left
        else:
            assert [name for name in left if name.endswith(".scseg-part")]
        assert ("the same command goes on with it" in err) == (number == signal.SIGTERM)
        program = started(tmp_path, file)
        _, err = program.communicate(timeout=120)
        assert program.returncode == 0, err
    assert files(folder) == expected
