"""Standard output that is closed, full or read by nobody: no traceback, and an exit code that tells."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.fakes.models import write_model

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a shell of Unix is needed")

SCSEG = f'"{sys.executable}" -m scseg'
FAKED = f'"{sys.executable}" -m tests.fakes.program'
COMMANDS = ("info t.mrc", "--help")


@pytest.fixture
def shell(files, monkeypatch):
    """Return a function that runs a line of `sh`, and returns its code, and what it told."""
    path = os.pathsep.join(part for part in sys.path if part)
    monkeypatch.setenv("PYTHONPATH", path)

    def run(line):
        done = subprocess.run(
            ["sh", "-c", line], cwd=files, capture_output=True, text=True, check=False, timeout=120
        )
        assert "Traceback" not in done.stdout + done.stderr
        assert "Exception ignored" not in done.stderr
        return done.returncode, done.stdout, done.stderr

    return run


@pytest.mark.parametrize("command", COMMANDS)
def test_a_full_disk_is_told(shell, command):
    code, _, err = shell(f"{SCSEG} {command} >/dev/full")
    assert (code, err) == (1, "Cannot write to standard output: No space left on device.\n")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_reader_that_is_gone_is_told_by_the_code_alone(shell, command):
    # The code of the program, not of what reads it; that has ended before the program begins to write.
    line = f"{{ sleep 0.2; {SCSEG} {command}; echo $? >code; }} | true; cat code"
    assert shell(line) == (0, "141\n", "")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("where", [">&-", "2>&-", "<&- >&- 2>&-", "2>/dev/full"])
def test_streams_that_are_not_there_are_not_missed(shell, command, where):
    code, out, err = shell(f"{SCSEG} {command} {where}")
    assert (code, err) == (0, "")
    assert bool(out) == (">&- 2" not in where and where != ">&-")


@pytest.mark.parametrize(("command", "expected"), [("info nowhere.mrc", 1), ("segment t.mrc", 2)])
def test_the_code_of_a_failure_stays(shell, command, expected):
    for where in (">/dev/full", ">&- 2>&-", "2>/dev/full"):
        assert shell(f"{SCSEG} {command} {where}")[0] == expected


@pytest.mark.parametrize(("where", "expected"), [(">&- 2>&-", 0), (">/dev/full", 1)])
def test_work_is_done_to_its_end_and_no_file_gets_what_is_printed(shell, files, where, expected):
    model = write_model(files)
    for folder, streams in (("usual", ""), ("out", where)):
        code, _, _ = shell(f"{FAKED} segment t.mrc --model {model.name} -o {folder} {streams}")
    assert code == expected
    volume, record = sorted((files / "out").iterdir())
    assert (volume.suffix, record.suffix) == (".mrc", ".json")
    for written in (volume, record):
        assert written.read_bytes() == (files / "usual" / written.name).read_bytes()
