"""A step of the brush must cost little more than writing its pixels.

Run with `python -m benchmarks.bench_drawing`. Each step and the bare write take turns along one wandering
path over a slice of 4096 x 4096, so that both find memory and processor in the same state.
"""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

import numpy as np

from scseg.drawing.brush import paint

if TYPE_CHECKING:
    from collections.abc import Callable

    from scseg.drawing.region import Point

    Step = Callable[[Point], object]

SIDE = 4096
RADIUS = 40.0
STEPS = 3000
CLICK_LIMIT = 3.0
MOVES = {
    "a click": (0.0, 0.0),
    "a move of 6 pixels": (3.3, 5.1),
    "a move of 500 pixels": (300.7, 400.2),
}


def main() -> None:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    steps: list[Step] = [bare_write()]
    for down, across in MOVES.values():
        steps.append(lambda p, d=down, a=across: paint(mask, p, (p[0] + d, p[1] + a), RADIUS, 1))
    bare, *costs = medians(steps, wandering_path())
    print(f"bare write of the disc, radius {RADIUS:.0f}: {bare * 1e6:.1f} us")
    for name, cost in zip(MOVES, costs, strict=True):
        limit = f", at most {CLICK_LIMIT}" if name == "a click" else ""
        print(f"{name}: {cost * 1e6:.1f} us, {cost / bare:.2f} x the bare write{limit}")


def bare_write() -> Step:
    """Return a step that writes a ready-made disc where it is told."""
    mask = np.zeros((SIDE, SIDE), np.bool_)
    reach = int(RADIUS) - 1
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc = y * y + x * x < RADIUS**2

    def write(place: Point) -> None:
        top, left = int(place[0]) - reach, int(place[1]) - reach
        mask[top : top + len(disc), left : left + len(disc)][disc] = True

    return write


def wandering_path() -> list[Point]:
    steps = np.random.default_rng(0).normal(0.0, 5.0, (STEPS, 2))
    places = np.abs(np.cumsum(steps, axis=0) + SIDE / 2) % (SIDE - 600) + 60
    return [(y, x) for y, x in places.tolist()]


def medians(steps: list[Step], path: list[Point]) -> list[float]:
    """Return the median time of each step, in seconds."""
    times: list[list[float]] = [[] for _ in steps]
    for place in path:
        for step, spent in zip(steps, times, strict=True):
            start = time.perf_counter()
            step(place)
            spent.append(time.perf_counter() - start)
    return [statistics.median(spent) for spent in times]


if __name__ == "__main__":
    main()
