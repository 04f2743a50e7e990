"""The window killed at random while somebody draws: nothing that it called saved is lost.

SCSEG_KILLS says how often.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from scseg.annotations.opening import open_annotation
from tests.fakes.drawing_user import dots, place
from tests.gui.conftest import SHAPE

pytestmark = pytest.mark.gui

KILLS = int(os.environ.get("SCSEG_KILLS", "3"))
ROOT = Path(__file__).parents[2]
SECONDS = 60.0


def killed_while_drawing(tomogram, log, strokes):
    """Let somebody draw at least so many dots, then kill at once; return the lines that were told."""
    command = [sys.executable, "-m", "tests.fakes.drawing_user", str(tomogram), str(log)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + SECONDS
        while not (log.exists() and f"drawn {strokes}\n" in log.read_text()):
            assert process.poll() is None, "the window ended by itself"
            assert time.monotonic() < deadline, "nobody draws"
            time.sleep(0.01)
        time.sleep(random.uniform(0.0, 0.4))
        process.send_signal(signal.SIGKILL)
    return log.read_text().splitlines()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("kill", range(KILLS))
def test_what_was_called_saved_is_there_after_a_kill(kill, tomogram, tmp_path, monkeypatch):
    monkeypatch.setenv("SCSEG_HOME", str(tmp_path / "home"))
    random.seed(kill)
    told = killed_while_drawing(tomogram, tmp_path / "told.txt", random.randint(3, 25))
    saved = max(int(line.split()[1]) for line in told if line.startswith("saved"))
    assert 0 < saved <= dots()
    file = Path(f"{tomogram}.scna")
    again = open_annotation(tomogram, SHAPE)
    try:
        assert not again.read_only
        assert not again.messages
        contents = again.annotation.contents
        mask = contents.mask(contents.features[0].id, 6)
    finally:
        again.close()
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    missing = [number for number in range(saved) if not mask[place(number)[::-1]]]
    assert not missing
