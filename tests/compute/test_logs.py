"""Logs of workers: gone with their owner, or with the next one where it was killed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from scseg.base.files.locks import HeldError
from scseg.base.folders import log_folder
from scseg.compute.logs import Log, lock_path, logs, remove

HOLD = """
import time
from scseg.compute.logs import Log
print(Log().path, flush=True)
time.sleep(600)
"""


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    monkeypatch.setenv("SCSEG_HOME", str(tmp_path))


def names():
    return [path.name for path in log_folder().iterdir()]


def test_a_log_and_its_lock_are_gone_when_it_is_closed():
    log = Log()
    log.path.write_text("printed")
    assert sorted(names()) == sorted((log.path.name, lock_path(log.path).name))
    log.close()
    log.close()
    assert names() == []


def test_the_next_removes_what_a_killed_owner_has_left_and_nothing_else(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", HOLD], stdout=subprocess.PIPE, text=True
    ) as process:
        left = process.stdout.readline().strip()
        mine = log_folder() / "worker-mine.txt"
        mine.write_text("of the user")
        target = tmp_path / "target.txt"
        target.write_text("of the user")
        (log_folder() / "worker-link.log").symlink_to(target)
        first = Log()
        assert left in map(str, logs(log_folder()))
        with pytest.raises(HeldError):
            remove(next(path for path in logs(log_folder()) if str(path) == left))
        process.kill()
    second = Log()
    assert left not in map(str, logs(log_folder()))
    assert first.path.is_file()
    assert (mine.read_text(), target.read_text()) == ("of the user", "of the user")
    first.close()
    second.close()
    assert sorted(names()) == ["worker-link.log", "worker-mine.txt"]
