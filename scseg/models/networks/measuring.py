"""How networks run fastest on a graphics card: measured, because cards differ."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

import numpy as np

from scseg.models.out_of_memory import is_out_of_memory

if TYPE_CHECKING:
    from collections.abc import Callable

    from scseg.models.tiling.blending import Network

TILES = (16, 32, 64, 128)
_GAIN = 0.9
"""Less than a tenth is not worth larger batches, and may be chance."""


def seconds(run: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """Return how long something takes when it runs again; without end if memory is too small for it.

    The first time, it is compiled.
    """
    try:
        run()
        started = clock()
        run()
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        return math.inf
    return clock() - started


def is_faster(this: float, other: float) -> bool:
    """Tell whether one of two times (s) is shorter, by more than chance."""
    return this < _GAIN * other


def tiles_at_once(
    network: Network, box: int, depth: int, clock: Callable[[], float] = time.perf_counter
) -> int:
    """Return how many tiles of `box` pixels a network should get at once."""
    best, shortest = TILES[0], math.inf
    for count in TILES:
        images = np.zeros((count, box, box, depth), np.float32)
        of_each = seconds(lambda images=images: network(images), clock) / count  # type: ignore[misc]
        if not is_faster(of_each, shortest):
            break
        best, shortest = count, of_each
    return best
