"""Where in a slice something was drawn: a position, and a set of pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scseg.base.rect import Rect

if TYPE_CHECKING:
    from numpy.typing import NDArray

Point = tuple[float, float]
"""A position (y, x) in pixels; the centre of pixel (i, j) is (i, j)."""


@dataclass(frozen=True, eq=False, slots=True)
class Area:
    """A set of pixels: those of `region` where `inside`, bool (height, width), holds."""

    region: Rect
    inside: NDArray[np.bool_]

    def paint(self, mask: NDArray[np.uint8], value: int) -> Rect:
        """Set the area's pixels in a mask (y, x), in place, and return the region."""
        mask[self.region.slices][self.inside] = value
        return self.region


NOTHING = Area(Rect(0, 0, 0, 0), np.zeros((0, 0), np.bool_))
