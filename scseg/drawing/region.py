"""Where in a slice something was drawn: a box of pixels, and a set of pixels within such a box."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Point = tuple[float, float]
"""A position (y, x) in pixels; the centre of pixel (i, j) is (i, j)."""


# One is made for every move of the mouse, and a named tuple takes half the time of a dataclass.
class Region(NamedTuple):
    """A box of pixels: rows y to y + height, columns x to x + width, each end exclusive."""

    y: int
    x: int
    height: int
    width: int

    @classmethod
    def spanning(cls, low: tuple[int, int], high: tuple[int, int]) -> Region:
        """Return the box from pixel `low` up to, not including, pixel `high` (y, x)."""
        return cls(*low, max(high[0] - low[0], 0), max(high[1] - low[1], 0))

    @property
    def slices(self) -> tuple[slice, slice]:
        """Index an array (y, x) with it: `mask[region.slices]`."""
        return slice(self.y, self.y + self.height), slice(self.x, self.x + self.width)

    @property
    def empty(self) -> bool:
        return self.height == 0 or self.width == 0

    def clipped(self, shape: tuple[int, ...]) -> Region:
        """Return what lies in a slice of `shape` (y, x)."""
        y, x = max(self.y, 0), max(self.x, 0)
        bottom, right = min(self.y + self.height, shape[0]), min(self.x + self.width, shape[1])
        return Region.spanning((y, x), (bottom, right))

    def union(self, other: Region) -> Region:
        """Return the smallest box that holds both."""
        if self.empty or other.empty:
            return other if self.empty else self
        low = min(self.y, other.y), min(self.x, other.x)
        bottom = max(self.y + self.height, other.y + other.height)
        right = max(self.x + self.width, other.x + other.width)
        return Region.spanning(low, (bottom, right))


@dataclass(frozen=True, eq=False, slots=True)
class Area:
    """A set of pixels: those of `region` where `inside`, bool (height, width), holds."""

    region: Region
    inside: NDArray[np.bool_]

    def paint(self, mask: NDArray[np.uint8], value: int) -> Region:
        """Set the area's pixels in a mask (y, x), in place, and return the region."""
        mask[self.region.slices][self.inside] = value
        return self.region


NOTHING = Area(Region(0, 0, 0, 0), np.zeros((0, 0), np.bool_))
