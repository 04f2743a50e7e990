"""The bucket: all that a closed contour encloses."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scseg.base.rect import Rect
from scseg.drawing.region import NOTHING, Area

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.drawing.region import Point

_FOUND = 255


def enclosed_area(mask: NDArray[np.uint8], position: Point) -> Area | None:
    """Return the unlabelled pixels of a mask (y, x) around a position that any labels enclose.

    Pixels belong together side by side, not by their corners, so the thinnest line is a contour. None
    where they reach the edge of the slice: the contour is open. Nothing where the position is labelled.
    """
    row, column = (math.floor(p + 0.5) for p in position)
    height, width = mask.shape
    if not (0 <= row < height and 0 <= column < width):
        return None
    if mask[row, column]:
        return NOTHING
    flooded = np.zeros((height + 2, width + 2), np.uint8)  # OpenCV wants a frame around it
    how = 4 | cv2.FLOODFILL_MASK_ONLY | (_FOUND << 8)
    # A copy, because OpenCV refuses arrays that may not be written, though it writes to the frame only.
    _, _, _, (x, y, across, down) = cv2.floodFill(mask.copy(), flooded, (column, row), 0, flags=how)
    if x == 0 or y == 0 or x + across == width or y + down == height:
        return None
    region = Rect(y, x, y + down, x + across)
    return Area(region, flooded[1:-1, 1:-1][region.slices] == _FOUND)
