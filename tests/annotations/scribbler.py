"""A user who draws without pause, for the test that kills this process.

Every stroke sets the pixels of its own number, so that a file tells which strokes it has. On its output
stand, as they come, `drawn NUMBER MOMENT` and `saved COUNT`, as the saver states it.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

from scseg.annotations import steps
from scseg.annotations.feature import Feature
from scseg.annotations.storage.opening import OpenAnnotation, open_annotation
from scseg.base.rect import Rect

SHAPE = (4, 256, 256)
PIXELS = 8


def place_of(number: int) -> tuple[int, Rect]:
    """Return the slice, and the region there, that stroke `number` sets."""
    z, rest = number % SHAPE[0], number // SHAPE[0]
    y, x = divmod(rest, SHAPE[2] // PIXELS)
    return z, Rect(y, x * PIXELS, y + 1, (x + 1) * PIXELS)


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def draw(opened: OpenAnnotation, number: int) -> None:
    z, region = place_of(number)
    stroke = opened.annotation.begin_stroke("m", z)
    stroke.values[region.slices] = 1
    stroke.touch(region)
    opened.keep(stroke.finish())
    say("drawn", number, time.monotonic())


def main() -> None:
    opened = open_annotation(Path(sys.argv[1]), SHAPE)
    assert not opened.messages
    contents = opened.annotation.contents
    if not contents.features:
        opened.apply(steps.add_feature(contents, Feature("M", (1, 0, 0), id="m")))
    base = opened.state.steps  # the step that adds the feature is no stroke
    number = int(sys.argv[2])
    first, told = number, 0
    while True:
        draw(opened, number)
        number += 1
        until = time.monotonic() + random.uniform(0, 0.03)
        while time.monotonic() < until:
            time.sleep(0.002)
            saved = opened.state.saved - base
            if saved > told:
                told = saved
                say("saved", first + saved)


if __name__ == "__main__":
    main()
