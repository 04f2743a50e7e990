"""A step of the brush must cost little more than writing its pixels.

Run with `python -m benchmarks.bench_drawing`. All steps take turns along one wandering path over a slice of
4096 x 4096, so that they find memory and processor in the same state.
"""

from __future__ import annotations

import itertools
import statistics
import time
from typing import TYPE_CHECKING

import numpy as np

from scseg.drawing.brush import paint

if TYPE_CHECKING:
    from collections.abc import Callable

    from scseg.drawing.region import Point

    Step = Callable[[Point, Point], object]

SIDE = 4096
RADIUS = 40.0
STEPS = 3000
LONG = (300.0, 400.0)
LIMIT = 3.0


def main() -> None:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    steps = [
        bare_write((0.0, 0.0)),
        lambda here, _: paint(mask, here, here, RADIUS, 1),
        lambda here, there: paint(mask, here, there, RADIUS, 1),
        bare_write(LONG),
        lambda here, _: paint(mask, here, (here[0] + LONG[0], here[1] + LONG[1]), RADIUS, 1),
    ]
    disc, click, move, long_disc, long_move = medians(steps, wandering_path())
    print(f"bare write of the disc, radius {RADIUS:.0f}: {disc * 1e6:.1f} us")
    print(f"click: {click * 1e6:.1f} us, {click / disc:.2f} x the bare write (limit {LIMIT})")
    print(
        f"move of some 6 pixels: {move * 1e6:.1f} us, {move / disc:.2f} x the same bare write (limit {LIMIT})"
    )
    print(
        f"move of 500 pixels: {long_move * 1e6:.0f} us, "
        f"{long_move / long_disc:.2f} x a bare write of what it covers"
    )


def bare_write(move: Point) -> Step:
    """Return a step that writes a ready-made stencil, that of one step of the brush, where it is told."""
    reach = int(RADIUS)
    stencil = np.zeros([2 * reach + 1 + int(d) for d in move], np.uint8)
    region = paint(stencil, (reach, reach), (reach + move[0], reach + move[1]), RADIUS, 1)
    inside = stencil[region.slices] == 1
    mask = np.zeros((SIDE, SIDE), np.bool_)

    def write(here: Point, _: Point) -> None:
        top, left = int(here[0]) - reach, int(here[1]) - reach
        mask[top : top + inside.shape[0], left : left + inside.shape[1]][inside] = True

    return write


def wandering_path() -> list[Point]:
    """Return places of the pointer about 6 pixels apart, away from the slice's edges."""
    steps = np.random.default_rng(0).normal(0.0, 5.0, (STEPS, 2))
    places = 1500 + np.abs(np.cumsum(steps, axis=0))
    return [(y, x) for y, x in places.tolist()]


def medians(steps: list[Step], path: list[Point]) -> list[float]:
    """Return the median time of each step, in seconds."""
    times: list[list[float]] = [[] for _ in steps]
    for here, there in itertools.pairwise(path):
        for step, spent in zip(steps, times, strict=True):
            start = time.perf_counter()
            step(here, there)
            spent.append(time.perf_counter() - start)
    return [statistics.median(spent) for spent in times]


if __name__ == "__main__":
    main()
