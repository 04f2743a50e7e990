"""Where the windows lie through which a network sees a slice, and what each counts for.

A grid is made for a whole slice, and a part of the slice selects the windows that count for it: what is
predicted there does not depend on the part.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Axis:
    """Windows along an axis of `length`: `starts` ascend, `weights` (windows, size) are never negative.

    Of each window the pixels with weight are in one piece, and later windows never begin or end before it.
    """

    length: int
    starts: tuple[int, ...]
    weights: NDArray[np.float32]

    @property
    def size(self) -> int:
        return int(self.weights.shape[1])

    @cached_property
    def counts_for(self) -> tuple[tuple[int, int], ...]:
        """The range of pixels that each window counts for."""
        ranges = []
        for start, weights in zip(self.starts, self.weights, strict=True):
            (inside,) = np.nonzero(weights)
            ranges.append((start + int(inside[0]), start + int(inside[-1]) + 1))
        return tuple(ranges)

    def touching(self, low: int, high: int) -> list[int]:
        """Return the windows that count for a pixel from `low` up to, and without, `high`."""
        return [i for i, (a, b) in enumerate(self.counts_for) if a < high and b > low]

    def total(self, low: int, high: int) -> NDArray[np.float32]:
        """Return the sum of all windows' weights over these pixels."""
        total = np.zeros(self.length, np.float32)
        for start, weights in zip(self.starts, self.weights, strict=True):
            total[start : start + self.size] += weights
        return total[low:high]


@dataclass(frozen=True, eq=False)
class Grid:
    """The windows of a slice, whose weights are the products of those along the axes.

    A slice that is smaller than the grid is mirrored at its lower ends.
    """

    rows: Axis
    columns: Axis

    @property
    def shape(self) -> tuple[int, int]:
        """The (y, x) that the windows cover together."""
        return self.rows.length, self.columns.length

    @property
    def corners(self) -> list[tuple[int, int]]:
        """Return the (y, x) of each window's first pixel, row by row."""
        return [(y, x) for y in self.rows.starts for x in self.columns.starts]
