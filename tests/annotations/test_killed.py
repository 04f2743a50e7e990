"""A process that is killed while somebody draws: what was called saved is there, and next to all the rest.

SCSEG_KILLS says how often; each time the drawing goes on where the file left off.
"""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from scseg.annotations.storage.opening import open_annotation
from tests.annotations.scribbler import PIXELS, SHAPE, place_of

KILLS = int(os.environ.get("SCSEG_KILLS", "3"))
GRACE_SECONDS = 0.25
ROOT = Path(__file__).parents[2]


class Scribbler:
    """The drawing process, and what it has said so far."""

    def __init__(self, tomogram, first):
        command = [sys.executable, "-m", "tests.annotations.scribbler", str(tomogram), str(first)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        self.lines = []
        self.drawing = threading.Event()
        self.listener = threading.Thread(target=self._listen)
        self.listener.start()

    def _listen(self):
        for line in self.process.stdout:
            # The kill may come in the middle of a line.
            if line.endswith("\n"):
                self.lines.append(line.split())
            if line.startswith("saved"):
                self.drawing.set()
        self.drawing.set()

    def kill(self):
        """Kill it and return when."""
        moment = time.monotonic()
        self.process.kill()
        self.process.wait()
        self.listener.join()
        self.process.stdout.close()
        return moment

    def saved(self):
        """Return how many strokes, from number 0 on, it called saved."""
        return max(int(line[1]) for line in self.lines if line[0] == "saved")

    def drawn_before(self, moment):
        """Return how many strokes, from number 0 on, it had drawn at a moment."""
        drawn = [line for line in self.lines if line[0] == "drawn" and float(line[2]) < moment]
        return max((int(line[1]) + 1 for line in drawn), default=0)


def strokes_in(contents):
    """Return how many strokes there are, once sure that they are the first ones and whole."""
    count = sum(int(mask.values().sum()) for mask in contents.masks.values()) // PIXELS
    for number in range(count):
        z, region = place_of(number)
        assert contents.mask("m", z)[region.slices].all(), f"stroke {number} of {count} is missing"
    return count


@pytest.mark.timeout(60 * KILLS)
def test_what_was_called_saved_survives_a_kill(tmp_path):
    tomogram = tmp_path / "t.mrc"
    there = 0
    for kill in range(KILLS):
        scribbler = Scribbler(tomogram, there)
        assert scribbler.drawing.wait(60)
        time.sleep(random.uniform(0, 1.0))
        moment = scribbler.kill()
        opened = open_annotation(tomogram, SHAPE)
        assert opened.messages == ()
        before, there = there, strokes_in(opened.annotation.contents)
        opened.close()
        database = sqlite3.connect(opened.path)
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        database.close()
        assert there > before, f"kill {kill}: nothing new"
        assert there >= scribbler.saved()
        assert there >= scribbler.drawn_before(moment - GRACE_SECONDS)
