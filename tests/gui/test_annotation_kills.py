"""The window killed at random while somebody draws: nothing that it called saved is lost, and little else.

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
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fakes.drawing_user import dots, place
from tests.gui.drawing import annotation, mask

pytestmark = pytest.mark.gui

KILLS = int(os.environ.get("SCSEG_KILLS", "3"))
ROOT = Path(__file__).parents[2]
SECONDS = 60.0
WITHIN = 0.25


@dataclass(frozen=True)
class Told:
    """What the killed process had told, as lists of times by kind, and when it was killed."""

    lines: dict[str, dict[int, float]]
    killed: float

    @property
    def saved(self) -> int:
        """How many strokes the status line called saved."""
        return max(self.lines["saved"])

    def busy(self, since: float) -> float:
        """Return for how many seconds since then the disk was at work on a transaction."""
        written = self.lines["written"]
        spans = [
            (max(begun, since), written.get(number, self.killed))
            for number, begun in self.lines["writing"].items()
        ]
        return sum(max(end - start, 0.0) for start, end in spans)


def killed_while_drawing(tomogram, log, strokes):
    """Let somebody draw at least so many dots, then kill at once."""
    command = [sys.executable, "-m", "tests.fakes.drawing_user", str(tomogram), str(log)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + SECONDS
        while not (log.exists() and f"drawn {strokes} " in log.read_text()):
            assert process.poll() is None, "the window ended by itself"
            assert time.monotonic() < deadline, "nobody draws"
            time.sleep(0.01)
        time.sleep(random.uniform(0.0, 0.4))
        killed = time.monotonic()
        process.send_signal(signal.SIGKILL)
    lines = {what: {} for what in ("drawn", "saved", "writing", "written")}
    for line in log.read_text().splitlines():
        what, number, when = line.split()
        lines[what][int(number)] = float(when)
    return Told(lines, killed)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("kill", range(KILLS))
def test_after_a_kill_all_is_there_but_the_last_moment(
    kill, open_window, tomogram, tmp_path, monkeypatch
):
    monkeypatch.setenv("SCSEG_HOME", str(tmp_path / "home"))
    random.seed(kill)
    told = killed_while_drawing(tomogram, tmp_path / "told.txt", random.randint(3, 25))
    assert 0 < told.saved <= dots()

    def steps(user):
        user.wait_for(lambda: annotation(user) is not None)
        user.ctx.yield_(3)
        assert not user.session.notices
        assert not user.imgui.is_popup_open("", user.imgui.PopupFlags_.any_popup)
        steps.mask = mask(user)

    open_window(steps, [tomogram])
    with closing(sqlite3.connect(f"{tomogram}.scna")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    missing = [n for n in range(dots()) if not steps.mask[place(n)[::-1]]]
    assert missing == list(range(missing[0], dots()))
    assert missing[0] >= told.saved
    # A disk may be slow, and the machine with it: what counts is for how long a stroke was not on its way.
    released = told.lines["drawn"]
    late = {
        n + 1: told.killed - released[n + 1] - told.busy(released[n + 1])
        for n in missing
        if n + 1 in released
    }
    assert all(seconds < WITHIN for seconds in late.values()), late
