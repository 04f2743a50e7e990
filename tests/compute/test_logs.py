"""Logs of workers: gone with their owner, or with the next one where it was killed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from scseg.base.files.locks import LockHeldError
from scseg.base.folders import log_folder
from scseg.compute.logs import WorkerLog, list_logs, lock_path, remove_log

HOLD = """
import time
from scseg.compute.logs import WorkerLog
print(WorkerLog().path, flush=True)
time.sleep(600)
"""


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    monkeypatch.setenv("SCSEG_HOME", str(tmp_path))


def names():
    return [path.name for path in log_folder().iterdir()]


def test_a_log_and_its_lock_are_gone_when_it_is_closed():
    log = WorkerLog()
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
        first = WorkerLog()
        assert left in map(str, list_logs(log_folder()))
        with pytest.raises(LockHeldError):
            remove_log(next(path for path in list_logs(log_folder()) if str(path) == left))
        process.kill()
    second = WorkerLog()
    assert left not in map(str, list_logs(log_folder()))
    assert first.path.is_file()
    assert (mine.read_text(), target.read_text()) == ("of the user", "of the user")
    first.close()
    second.close()
    assert sorted(names()) == ["worker-link.log", "worker-mine.txt"]
