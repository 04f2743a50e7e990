"""How many cores are used: what the user says, else what the system lends."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from scseg.base.cores import VARIABLE, usable_cores
from scseg.base.errors import ScsegError

TOLD = "from scseg.base.cores import usable_cores; print(usable_cores())"


def test_the_user_decides(monkeypatch):
    monkeypatch.setenv(VARIABLE, "3")
    assert usable_cores() == 3


@pytest.mark.parametrize("said", ["0", "-1", "1.5", "many", "³"])
def test_what_is_no_number_of_cores_is_told(monkeypatch, said):
    monkeypatch.setenv(VARIABLE, said)
    with pytest.raises(ScsegError, match="1 or more"):
        usable_cores()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lends cores to a process")
def test_what_a_batch_system_lends_is_not_exceeded(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    one = min(os.sched_getaffinity(0))
    done = subprocess.run(
        [sys.executable, "-c", f"import os; os.sched_setaffinity(0, {{{one}}}); {TOLD}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "1\n"
