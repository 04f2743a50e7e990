"""The lasso: the pixels within a closed line, by the even-odd rule."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from scseg.base.rect import Rect
from scseg.drawing.region import NOTHING, Area

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from scseg.drawing.region import Point


def polygon_interior(shape: tuple[int, ...], corners: Sequence[Point]) -> Area:
    """Return the pixels of a slice of `shape` (y, x) whose centre lies within a polygon.

    A centre lies within when a line from it to the left crosses the polygon an odd number of times, so
    where the polygon crosses itself, what is enclosed twice is outside. Of a centre on the line itself,
    the pixel belongs to the lower and left sides only: polygons that share a side neither overlap
    there nor leave a gap. The last corner is joined to the first.
    """
    if len(corners) < 3:
        return NOTHING
    polygon = np.asarray(corners, np.float64)
    region = _bounds(polygon).clipped(shape)
    if region.empty:
        return NOTHING
    rows, columns = _crossings(polygon, region)
    # Each crossing turns over all pixels from it on; the odd ones remain inside.
    turned = np.zeros((region.height, region.width + 1), np.uint8)
    np.bitwise_xor.at(turned, (rows, columns), 1)
    return Area(region, np.bitwise_xor.accumulate(turned[:, :-1], axis=1).view(np.bool_))


def _bounds(polygon: NDArray[np.float64]) -> Rect:
    """Return the rectangle of the pixels whose centre may lie within."""
    low, high = polygon.min(axis=0), polygon.max(axis=0)
    y0, x0 = math.ceil(low[0]), math.ceil(low[1])
    return Rect(y0, x0, math.floor(high[0]) + 1, math.floor(high[1]) + 1)


def _crossings(
    polygon: NDArray[np.float64], region: Rect
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return, for each row that a side crosses, the row and its first pixel that is not left of the side.

    A side crosses the rows from its lower end up to, not including, its upper one. Rows and pixels are
    those of the region; what is crossed is computed in the slice's coordinates, so that two polygons
    round a common side in the same way.
    """
    bottom, left, top, right = region
    sides = np.stack([polygon, np.roll(polygon, -1, axis=0)], axis=1)
    # Of two polygons with a common side, both must compute it from the same end.
    upward = np.take_along_axis(sides, np.argsort(sides[:, :, :1], axis=1, kind="stable"), axis=1)
    (y0, x0), (y1, x1) = upward[:, 0].T, upward[:, 1].T
    first, after = (np.ceil(y).clip(bottom, top).astype(np.intp) for y in (y0, y1))
    counts = after - first
    side = np.repeat(np.arange(len(sides)), counts)
    rows = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts - first, counts)
    x = x0[side] + (rows - y0[side]) * (x1[side] - x0[side]) / (y1[side] - y0[side])
    return rows - bottom, np.ceil(x).clip(left, right).astype(np.intp) - left
