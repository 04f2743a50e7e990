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
_LEVEL = 1e-6
"""A line that falls by less, in pixels, touches no row between its ends."""
_NARROW = 256
"""Up to this width, one write of all runs of pixels is quicker than one write for each row."""


def paint(mask: NDArray[np.uint8], start: Point, end: Point, radius: float, value: int) -> Region:
    """Set in a mask (y, x), in place, what a brush covers on its way from start to end.

    These are the pixels whose centre is less than `radius` from the line, and those under the line
    itself, so that the thinnest brush draws a line and a click sets at least one pixel. Only the region
    returned is touched.
    """
    region = stroke_region(mask.shape, start, end, radius)
    if region.empty:
        return region
    view = mask[region.slices]
    ends = _disc if start == end else _stretched_disc
    if radius > _THIN:
        _fill(view, *ends(region, start, end, radius), value)
    else:
        with np.errstate(
            invalid="ignore"
        ):  # rows with a pixel under the line but none in the radius
            _fill(view, *ends(region, start, end, radius), value)
        view[under_path(region, start, end)] = value
    return region


def stroke_region(shape: tuple[int, ...], start: Point, end: Point, radius: float) -> Region:
    """Return a box that holds all that `paint` sets in a slice of `shape` (y, x); it may be empty."""
    top, height = _reach(start[0], end[0], radius, shape[0])
    left, width = _reach(start[1], end[1], radius, shape[1])
    return Region(top, left, height, width)


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


def _reach(start: float, end: float, radius: float, length: int) -> tuple[int, int]:
    """Return the first pixel along an axis that the brush can reach, and how many it can."""
    low, high = (start, end) if start < end else (end, start)
    reach = radius if radius > _THIN else _THIN  # the pixel under the pointer, too
    first, after = math.floor(low - reach) + 1, math.ceil(high + reach)
    first, after = first if first > 0 else 0, after if after < length else length
    return first, after - first if after > first else 0


def _disc(region: Region, centre: Point, _: Point, radius: float) -> tuple[Rows, Rows]:
    """Return where a disc begins and ends in each row of a region, relative to its x."""
    rows = np.arange(float(region.y), region.y + region.height) - centre[0]
    half = np.sqrt(radius * radius - rows * rows)
    x = centre[1] - region.x
    return x - half, x + half


def _stretched_disc(region: Region, start: Point, end: Point, radius: float) -> tuple[Rows, Rows]:
    """Return where two discs and all between them begin and end in each row of a region, relative to its x.

    A row ends where one of the discs does or, in between, where one of the two lines does that touch
    both discs.
    """
    (y0, x0), (y1, x1) = sorted([start, end])
    x0, down, across = x0 - region.x, y1 - y0, x1 - x0
    rows = np.arange(float(region.y), region.y + region.height) - y0
    below = rows - down
    with np.errstate(
        invalid="ignore"
    ):  # rows that a disc does not reach: NaN, which fmin passes over
        half0 = np.sqrt(radius * radius - rows * rows)
        half1 = np.sqrt(radius * radius - below * below)
    left = np.fmin(x0 - half0, x0 + across - half1)
    right = np.fmax(x0 + half0, x0 + across + half1)
    if down > _LEVEL:
        length = math.hypot(down, across)
        for ends, side in ((left, -radius), (right, radius)):
            first = y0 - region.y - side * across / length
            touched = slice(max(math.ceil(first), 0), max(math.floor(first + down) + 1, 0))
            ends[touched] = x0 + (across * rows[touched] + side * length) / down
    return left, right


def _fill(view: NDArray[np.uint8], left: Rows, right: Rows, value: int) -> None:
    """Set in each row the pixels between its ends, the ends excluded."""
    width = view.shape[1]
    starts = (left + 1.0).astype(np.intp)  # rounds negative numbers wrongly, but those are cut off
    stops = np.ceil(right).astype(np.intp)
    if width <= _NARROW:
        from_start, to_stop = _columns(width)
        inside = from_start.take(starts, 0, mode="clip")
        inside &= to_stop.take(stops, 0, mode="clip")
        view[inside] = value
    else:
        runs = starts.clip(0, width).tolist(), stops.clip(0, width).tolist()
        for row, begin, end in zip(view, *runs, strict=True):
            row[begin:end] = value


@functools.lru_cache(16)
def _columns(width: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which of so many columns are from column k on, and which before it: bool (k, width)."""
    before = np.tri(width + 1, width, -1, dtype=np.bool_)
    return ~before, before
