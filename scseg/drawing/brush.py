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

from scseg.base.rect import Rect

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.drawing.region import Point

    Rows = NDArray[np.float64]

_THIN = math.sqrt(0.5)
"""A wider brush covers every pixel that its path runs through: no centre is farther away than this."""
_LEVEL = 1e-8
"""A line that falls by less, in radii, is level."""
_TRACE = 1e-10
"""A pixel so near to the edge is on it, whatever rounding says, and so outside."""
_NARROW = 256
"""Up to this width, one write of all runs of pixels is quicker than one write for each row."""


def paint(mask: NDArray[np.uint8], start: Point, end: Point, radius: float, value: int) -> Rect:
    """Set in a mask (y, x), in place, what a brush covers on its way from start to end.

    These are the pixels whose centre is less than `radius` from the line, and those under the line
    itself, so that the thinnest brush draws a line and a click sets at least one pixel. Only the region
    returned is touched.
    """
    near = _near(mask.shape, start, end, radius)
    if not near.empty:
        _fill(mask[near.slices], _ends(near, start, end, radius), value)
    if radius > _THIN:
        return near
    region = stroke_region(mask.shape, start, end, radius)
    mask[region.slices][under_path(region, start, end)] = value
    return region


def stroke_region(shape: tuple[int, ...], start: Point, end: Point, radius: float) -> Rect:
    """Return a box that holds all that `paint` sets in a slice of `shape` (y, x); it may be empty."""
    return _near(shape, start, end, radius if radius > _THIN else _THIN)


def under_path(region: Rect, start: Point, end: Point) -> NDArray[np.bool_]:
    """Return the pixels of a region under a line, one for each step along its longer axis.

    They are joined at least by their corners: bool (height, width).
    """
    steps = math.ceil(max(abs(end[0] - start[0]), abs(end[1] - start[1])))
    y = np.floor(np.linspace(start[0], end[0], steps + 1) + 0.5).astype(np.intp) - region.y0
    x = np.floor(np.linspace(start[1], end[1], steps + 1) + 0.5).astype(np.intp) - region.x0
    seen = (y >= 0) & (y < region.height) & (x >= 0) & (x < region.width)
    inside = np.zeros(region.shape, np.bool_)
    inside[y[seen], x[seen]] = True
    return inside


def _near(shape: tuple[int, ...], start: Point, end: Point, radius: float) -> Rect:
    """Return the rows and columns of a slice that are nearer to a line than the radius."""
    y0, y1 = _reach(start[0], end[0], radius, shape[0])
    x0, x1 = _reach(start[1], end[1], radius, shape[1])
    return Rect(y0, x0, y1, x1)


def _reach(start: float, end: float, radius: float, length: int) -> tuple[int, int]:
    """Return the first pixel along an axis that is near, and the first one after them that is not."""
    low, high = (start, end) if start < end else (end, start)
    first, after = math.floor(low - radius) + 1, math.ceil(high + radius)
    first, after = first if first > 0 else 0, after if after < length else length
    return first, after if after > first else first


def _ends(region: Rect, start: Point, end: Point, radius: float) -> Rows:
    """Return the ends of the run in each row of a region: float (2, height).

    The left ones count from the column before the region, the right ones backwards from the one after it.
    """
    if start == end:
        half = _half_widths(_rows(region.height) - (end[0] - region.y0), radius)
        x = end[1] - region.x0 + 1.0
        ends = np.empty((2, region.height))
        np.subtract(x + _TRACE, half, ends[0])
        np.subtract(region.width + 1.0 - x + _TRACE, half, ends[1])
        return ends
    upper, lower = (start, end) if start < end else (end, start)
    return _stretched(region, upper, lower, radius)


def _stretched(region: Rect, start: Point, end: Point, radius: float) -> Rows:
    """Return the ends of all between two discs; `start` is not below `end`.

    Each is an end of a disc whose centre goes down the line with the rows, no farther than its ends: while
    it does, it is `lean` rows off, so that it touches the line that is tangent to both discs.
    """
    top, bottom = start[0] - region.y0, end[0] - region.y0
    left, right = start[1] - region.x0 + 1.0, region.width - start[1] + region.x0
    down, across = end[0] - start[0], end[1] - start[1]
    lean = slope = 0.0
    if down > _LEVEL * radius:
        lean, slope = radius * (across / math.hypot(down, across)), across / down
    elif across < 0:
        left += across
    else:
        right -= across
    rows = _rows(region.height)
    ends = np.empty((2, region.height))
    lefts, rights = ends
    np.subtract(rows, lean, lefts)
    np.add(rows, lean, rights)
    np.minimum(np.maximum(ends, top, out=ends), bottom, out=ends)
    half = _half_widths(rows - ends, radius)
    lefts *= slope
    lefts += left - top * slope + _TRACE
    rights *= -slope
    rights += right + top * slope + _TRACE
    ends -= half
    return ends


def _half_widths(rows: Rows, radius: float) -> Rows:
    """Return half the widths of a disc, in place, so many rows from its centre."""
    rows *= rows
    np.subtract(radius * radius, rows, rows)
    # Rounding may take the rows at the very ends a trace below zero.
    np.abs(rows, rows)
    return np.sqrt(rows, rows)


def _fill(view: NDArray[np.uint8], ends: Rows, value: int) -> None:
    """Set in each row the pixels between its ends, which count as `_ends` tells."""
    width = view.shape[1]
    # Counted so, the ends are positive, but for those cut off, and rounding down is dropping decimals.
    before, after = inner = ends.astype(np.intp)
    if width <= _NARROW:
        from_start, to_stop = _columns(width)
        inside = from_start.take(before, 0, mode="clip")
        inside &= to_stop.take(after, 0, mode="clip")
        view[inside] = value
    else:
        inner.clip(0, width, out=inner)
        for row, begin, rest in zip(view, before.tolist(), after.tolist(), strict=True):
            row[begin : width - rest] = value


@functools.lru_cache(64)
def _rows(height: int) -> Rows:
    return np.arange(float(height))


@functools.lru_cache(64)
def _columns(width: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which of so many columns have k or more before them, and which after them: bool (k, width)."""
    from_start = ~np.tri(width + 1, width, -1, dtype=np.bool_)
    return from_start, np.ascontiguousarray(from_start[:, ::-1])
