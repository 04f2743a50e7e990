"""The round brush: exactly the pixels whose centre is less than the radius from the pointer's path.

A step of the path is the straight line between two places of the pointer, so a stroke has no gaps
however fast it is drawn. What a step covers is convex: in each row one run of pixels, whose ends follow
from the radius in closed form. So a long step costs little more than writing its pixels.
"""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING

import numpy as np

from scseg.drawing.region import Region

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.drawing.region import Point

    Rows = NDArray[np.float64]

_THIN = math.sqrt(0.5)
"""A wider brush covers every pixel that its path runs through: no centre is farther away than this."""
_LEVEL = 1e-8
"""A line that falls by less, in radii, touches no row between its ends."""
_NARROW = 256
"""Up to this width, one write of all runs of pixels is quicker than one write for each row."""


def paint(mask: NDArray[np.uint8], start: Point, end: Point, radius: float, value: int) -> Region:
    """Set in a mask (y, x), in place, what a brush covers on its way from start to end.

    These are the pixels whose centre is less than `radius` from the line, and those under the line
    itself, so that the thinnest brush draws a line and a click sets at least one pixel. Only the region
    returned is touched.
    """
    near = _near(mask.shape, start, end, radius)
    if not near.empty:
        _fill(mask[near.slices], *_ends(near, start, end, radius), value)
    if radius > _THIN:
        return near
    region = stroke_region(mask.shape, start, end, radius)
    mask[region.slices][under_path(region, start, end)] = value
    return region


def stroke_region(shape: tuple[int, ...], start: Point, end: Point, radius: float) -> Region:
    """Return a box that holds all that `paint` sets in a slice of `shape` (y, x); it may be empty."""
    return _near(shape, start, end, radius if radius > _THIN else _THIN)


def under_path(region: Region, start: Point, end: Point) -> NDArray[np.bool_]:
    """Return the pixels of a region under a line, one for each step along its longer axis.

    They are joined at least by their corners: bool (height, width).
    """
    steps = math.ceil(max(abs(end[0] - start[0]), abs(end[1] - start[1])))
    y = np.floor(np.linspace(start[0], end[0], steps + 1) + 0.5).astype(np.intp) - region.y
    x = np.floor(np.linspace(start[1], end[1], steps + 1) + 0.5).astype(np.intp) - region.x
    seen = (y >= 0) & (y < region.height) & (x >= 0) & (x < region.width)
    inside = np.zeros((region.height, region.width), np.bool_)
    inside[y[seen], x[seen]] = True
    return inside


def _near(shape: tuple[int, ...], start: Point, end: Point, radius: float) -> Region:
    """Return the rows and columns of a slice that are nearer to a line than the radius."""
    top, height = _reach(start[0], end[0], radius, shape[0])
    left, width = _reach(start[1], end[1], radius, shape[1])
    return Region(top, left, height, width)


def _reach(start: float, end: float, radius: float, length: int) -> tuple[int, int]:
    """Return the first pixel along an axis that is near, and how many are."""
    low, high = (start, end) if start < end else (end, start)
    first, after = math.floor(low - radius) + 1, math.ceil(high + radius)
    first, after = first if first > 0 else 0, after if after < length else length
    return first, after - first if after > first else 0


def _ends(region: Region, start: Point, end: Point, radius: float) -> tuple[Rows, Rows]:
    """Return the ends of the run in each row of a region, counted from the column before it."""
    if start == end:
        return _disc(region, start, radius)
    upper, lower = (start, end) if start < end else (end, start)
    return _stretched_disc(region, upper, lower, radius)


def _disc(region: Region, centre: Point, radius: float) -> tuple[Rows, Rows]:
    rows = np.arange(float(region.y), region.y + region.height) - centre[0]
    half = np.sqrt(radius * radius - rows * rows)
    x = centre[1] - region.x + 1.0
    return x - half, x + half


def _stretched_disc(region: Region, start: Point, end: Point, radius: float) -> tuple[Rows, Rows]:
    """Return the ends of two discs and all between them; `start` is not below `end`.

    They are those of one of the discs or, in between, those of the two lines that touch both discs.
    """
    (y0, x0), (y1, x1) = start, end
    # In rows that a disc does not reach its ends are NaN, which fmin and fmax pass over.
    with np.errstate(invalid="ignore"):
        left0, right0 = _disc(region, start, radius)
        left1, right1 = _disc(region, end, radius)
    left, right = np.fmin(left0, left1), np.fmax(right0, right1)
    down, across = y1 - y0, x1 - x0
    if down > _LEVEL * radius:
        length = math.hypot(down, across)
        rows = np.arange(float(region.y), region.y + region.height) - y0
        for ends, side in ((left, -radius), (right, radius)):
            first = y0 - region.y - side * across / length
            touched = slice(max(math.ceil(first), 0), max(math.floor(first + down) + 1, 0))
            ends[touched] = (across * rows[touched] + side * length) / down + (x0 - region.x + 1.0)
    return left, right


def _fill(view: NDArray[np.uint8], left: Rows, right: Rows, value: int) -> None:
    """Set in each row the pixels between its ends, which count from the column before the view."""
    width = view.shape[1]
    # Counted so, the ends are positive, but for those cut off, and rounding down is dropping decimals.
    starts, stops = left.astype(np.intp), np.ceil(right).astype(np.intp)
    if width <= _NARROW:
        from_start, to_stop = _columns(width)
        inside = from_start.take(starts, 0, mode="clip")
        inside &= to_stop.take(stops, 0, mode="clip")
        view[inside] = value
    else:
        runs = starts.clip(0, width).tolist(), (stops - 1).clip(0, width).tolist()
        for row, begin, end in zip(view, *runs, strict=True):
            row[begin:end] = value


@functools.lru_cache(64)
def _columns(width: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which of so many columns are from column k on, and which before k - 1: bool (k, width)."""
    from_start = ~np.tri(width + 1, width, -1, dtype=np.bool_)
    to_stop = np.tri(width + 2, width, -2, dtype=np.bool_)
    return from_start, to_stop
