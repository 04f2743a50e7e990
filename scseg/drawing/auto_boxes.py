"""Boxes without the chore of placing each: along what was drawn on a slice, and where nothing was.

Boxes are given by their centres, an array (n, 2) of y, x. A box of b pixels at c covers c - b // 2 up to,
not including, c - b // 2 + b.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from scseg.drawing.brush import paint, stroke_region

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from scseg.base.rect import Rect

    Pixels = NDArray[np.bool_]
    Centres = NDArray[np.int64]

_COVERED, _BESIDE, _MIDDLE = 0, 1, 2
_DRAWS = 256


def boxes_along(drawn: Pixels, spacing: float, present: Centres) -> Centres:
    """Return boxes on the pixels that were drawn (y, x), beside those already present.

    No two are closer than `spacing` pixels, be they new or present, and no drawn pixel is as far as that
    from all of them. They go along the middle of what was drawn, each as close to the last as may
    be; where it is wide, more stand beside.
    """
    uncovered = np.where(_middle(drawn), _MIDDLE, drawn).astype(np.uint8)
    for y, x in present.tolist():
        paint(uncovered, (y, x), (y, x), spacing, _COVERED)
    found = [*_walked(uncovered, _MIDDLE, spacing), *_walked(uncovered, _BESIDE, spacing)]
    return np.array(found, np.int64).reshape(-1, 2)


def moved_in(drawn: Pixels, box: int) -> Pixels:
    """Return what was drawn (y, x) with what is near an edge moved from it, until a box around it is inside.

    So a box on any of it holds a drawn pixel, and none sticks out where the slice has room for it.
    """
    moved = np.zeros_like(drawn)
    moved[
        tuple(
            pixels if length < box else np.clip(pixels, box // 2, length - box + box // 2)
            for pixels, length in zip(np.nonzero(drawn), drawn.shape, strict=True)
        )
    ] = True
    return moved


def negative_boxes(occupied: Pixels, view: Rect, box: int, count: int, seed: int) -> Centres:
    """Return boxes at random in the view, of which none holds an occupied pixel (y, x) or overlaps another.

    They are `count`, or fewer when there is no room for more. One seed, one result.
    """
    random = np.random.default_rng(seed)
    view = view.clipped(occupied.shape)
    free = _free_corners(occupied[view.slices], box)
    corners: list[tuple[int, int]] = []
    while len(corners) < count and free.any():
        drawn = random.choice(np.flatnonzero(free), _DRAWS)
        for y, x in zip(*(axis.tolist() for axis in np.divmod(drawn, free.shape[1])), strict=True):
            if free[y, x] and len(corners) < count:
                corners.append((y, x))
                free[max(y - box + 1, 0) : y + box, max(x - box + 1, 0) : x + box] = False
    origin = np.array([view.y0, view.x0]) + box // 2
    return np.asarray(np.array(corners, np.int64).reshape(-1, 2) + origin)


def occupied_with(boxes: Centres, box: int, occupied: Pixels) -> Pixels:
    """Return the occupied pixels (y, x) together with those of boxes: new ones will not overlap them."""
    occupied = occupied.copy()
    for y, x in (boxes - box // 2).tolist():
        occupied[max(y, 0) : max(y + box, 0), max(x, 0) : max(x + box, 0)] = True
    return occupied


def _middle(drawn: Pixels) -> Pixels:
    """Return the ridge of what was drawn: its pixels that no neighbour exceeds in depth."""
    framed = np.pad(drawn.view(np.uint8), 1)
    depth = cv2.distanceTransform(framed, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    highest = cv2.dilate(depth, np.ones((3, 3), np.uint8))
    return np.asarray(drawn & (depth >= highest)[1:-1, 1:-1])


def _walked(uncovered: NDArray[np.uint8], level: int, spacing: float) -> Iterator[tuple[int, int]]:
    """Yield uncovered pixels of at least a level, covering what is around each, until none is left."""
    for row, pixels in enumerate(uncovered):
        while (pixels >= level).any():
            here: tuple[int, int] | None = (row, int((pixels >= level).argmax()))
            while here:
                yield here
                paint(uncovered, here, here, spacing, _COVERED)
                here = _nearest(uncovered, level, here, 2.0 * spacing)


def _nearest(
    uncovered: NDArray[np.uint8], level: int, here: tuple[int, int], reach: float
) -> tuple[int, int] | None:
    """Return the nearest uncovered pixel of at least a level, if there is one in the square around."""
    around = stroke_region(uncovered.shape, here, here, reach)
    rows, columns = np.nonzero(uncovered[around.slices] >= level)
    if len(rows) == 0:
        return None
    rows, columns = rows + around.y0, columns + around.x0
    nearest = ((rows - here[0]) ** 2 + (columns - here[1]) ** 2).argmin()
    return int(rows[nearest]), int(columns[nearest])


def _free_corners(occupied: Pixels, box: int) -> Pixels:
    """Return where the first pixel of a box may lie, so that all of it is inside and holds nothing."""
    height, width = occupied.shape
    if min(height, width) < box:
        return np.zeros((0, 0), np.bool_)
    total = cv2.integral(np.ascontiguousarray(occupied).view(np.uint8))
    held = total[box:, box:] - total[:-box, box:] - total[box:, :-box] + total[:-box, :-box]
    return np.asarray(held == 0)
