"""Every call to the disk by which an annotation is saved fails once, and from then on: nothing saved is lost.

With SCSEG_MUTANTS, every call of every kind; else a sample.
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys

import pytest

from scseg.annotations.storage.reading import read_database
from scseg.annotations.storage.side_files import journal_path
from scseg.annotations.storage.writing import save_copy
from tests.annotations import failing_disk
from tests.annotations.side_files import cut_off_a_transaction

ALL = "SCSEG_MUTANTS" in os.environ
CALLS = {"pwrite64": 30, "fdatasync": 12, "fsync": 5, "unlink": 8, "rename": 3, "ftruncate": 3}
"""Each kind of call by which something is written, with a number that no attempt reaches."""
CASES = (
    list(itertools.product(CALLS, ("ENOSPC", "EIO"), ("once", "from then on")))
    if ALL
    else [
        ("pwrite64", "EIO", "once"),
        ("pwrite64", "ENOSPC", "from then on"),
        ("unlink", "EIO", "from then on"),
    ]
)


@pytest.fixture(scope="module")
def strace():
    """Make sure that system calls can be made to fail here."""
    command = ["strace", "-qq", "-e", "trace=none", "true"]
    if shutil.which("strace") is None or subprocess.run(command, check=False).returncode != 0:
        pytest.skip("there is no strace, or this user may not trace")


@pytest.fixture
def prepared(tmp_path):
    """A folder with what lies on the disk before each attempt."""
    path = tmp_path / "whole"
    save_copy(path, failing_disk.before())
    half = tmp_path / "half"
    shutil.copy(path, half)
    cut_off_a_transaction(half)
    journal_path(half).rename(tmp_path / "journal")
    return tmp_path


def places(call):
    """Return which calls of a kind are to fail, counted from 1."""
    return range(1, CALLS[call] + 1) if ALL else (1, 3, 7)


def fail(folder, call, error, how):
    first = f"{failing_disk.BURNT}{'' if how == 'once' else '+'}"
    injected = ["-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={first}"]
    program = [sys.executable, "-m", "tests.annotations.failing_disk"]
    numbers = ",".join(map(str, places(call)))
    command = ["strace", "-qq", "-f", "-o", "/dev/null", *injected, *program]
    subprocess.run([*command, str(folder), call, how, numbers], check=True)


def check(attempt, how):
    """Look at what an attempt has left; return what was told."""
    path, told = attempt / failing_disk.NAME, (attempt / "told").read_text()
    if how == "once":
        assert told == "saved", attempt
    else:
        assert told == "saved" or told.startswith(f"failed: Cannot write {path}: "), told
    if not path.exists():
        assert attempt.name.startswith("begin-"), attempt
        assert told != "saved"
        return told
    there, _ = read_database(path, failing_disk.SHAPE)
    assert there in (failing_disk.before(), failing_disk.after()), attempt
    assert there == failing_disk.after() or told != "saved", attempt
    return told


@pytest.mark.usefixtures("strace")
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("call", "error", "how"), CASES)
def test_a_call_that_fails_loses_nothing(prepared, call, error, how):
    fail(prepared, call, error, how)
    attempts = [each for each in prepared.iterdir() if each.is_dir()]
    assert len(attempts) == len(failing_disk.WAYS) * len(places(call))
    failed = {each.name for each in attempts if check(each, how) != "saved"}
    if how != "once" and call != "ftruncate":
        assert failed  # or nothing was made to fail
    if ALL:
        assert not any(name.endswith(f"-{CALLS[call]}") for name in failed)  # all calls were met
