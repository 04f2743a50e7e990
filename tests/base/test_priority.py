"""A process that gives way does so, by what the system says of it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

NICENESS = """
import os, sys
os.nice(int(sys.argv[1]))
from scseg.base.machine import give_way
give_way()
give_way()
print(os.nice(0))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no niceness")
@pytest.mark.parametrize("before", [0, 4, 15])
def test_it_is_nice_but_never_less_than_before(before):
    command = [sys.executable, "-c", NICENESS, str(before)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(done.stdout) == max(10, min(os.nice(0) + before, 19))
