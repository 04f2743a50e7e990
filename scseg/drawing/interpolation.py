"""Interpolating masks between two annotated slices, by the distances to what was drawn on them.

The mean of the two signed distances loses whatever moves by more than its own thickness from one slice
to the other, as membranes do that do not stand upright. So what was drawn is followed as well: each of
its pixels goes straight to the nearest one that was drawn on the other slice, and is met on its way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scseg.base.labels import BACKGROUND, FEATURE, IGNORE
from scseg.base.rect import Rect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Pixels = NDArray[np.bool_]

_STEEPEST = 4.0
"""Pixels per slice. What would have to move faster is taken for something else, and not followed."""


def interpolate_masks(
    first: NDArray[np.uint8], last: NDArray[np.uint8], count: int
) -> Iterator[NDArray[np.uint8]]:
    """Yield the masks (y, x) of the `count` slices between two, in order, from `first` on.

    Each label is interpolated by itself; the feature lies above what is to be ignored. What both slices
    have in common is in all masks; of a label that only one of them has, there is nothing in between.
    Costs four distance transforms of the box around each label, then a few look-ups for each slice.
    """
    moving = [_Moving.of(first == label, last == label) for label in (IGNORE, FEATURE)]
    for i in range(1, count + 1):
        mask = np.full_like(first, BACKGROUND)
        for label, each in zip((IGNORE, FEATURE), moving, strict=True):
            if each:
                pixels = each.at(i / (count + 1), _STEEPEST * (count + 1))
                mask[each.region.slices][pixels] = label
        yield mask


@dataclass(frozen=True, eq=False)
class _Moving:
    """What is drawn on two slices, cut to the region that holds both."""

    region: Rect
    first: _Shape
    last: _Shape

    @classmethod
    def of(cls, first: Pixels, last: Pixels) -> _Moving | None:
        """Return None unless there is something on both slices."""
        if not (first.any() and last.any()):
            return None
        x, y, width, height = cv2.boundingRect((first | last).view(np.uint8))
        region = Rect(y, x, y + height, x + width)
        return cls(region, _Shape.of(first[region.slices]), _Shape.of(last[region.slices]))

    def at(self, t: float, farthest: float) -> Pixels:
        """Return what is there at 0 < t < 1 of the way, if nothing goes farther than so many pixels."""
        first, last = self.first, self.last
        mean = (1.0 - t) * first.signed_distance + t * last.signed_distance < 0
        followed = last.approaching(first, t, farthest) | first.approaching(last, 1.0 - t, farthest)
        return mean | _closed(followed)


@dataclass(frozen=True, eq=False)
class _Shape:
    """A set of pixels (y, x); of each pixel the distance to the set, and its nearest pixel (2, y, x)."""

    pixels: Pixels
    distance: NDArray[np.float64]
    nearest: NDArray[np.int32]
    signed_distance: NDArray[np.float64]

    @classmethod
    def of(cls, pixels: Pixels) -> _Shape:
        # Here, because SciPy's import is a third of the program's start.
        from scipy import ndimage  # noqa: PLC0415

        distance, nearest = ndimage.distance_transform_edt(~pixels, return_indices=True)
        # The region's edge is not the shape's: one more row of pixels tells the distance to it.
        depth = ndimage.distance_transform_edt(np.pad(pixels, 1))[1:-1, 1:-1]
        signed = np.where(pixels, 0.5 - depth, distance - 0.5)
        return cls(pixels, distance, nearest, signed)

    def approaching(self, other: _Shape, t: float, farthest: float) -> Pixels:
        """Return where this shape's pixels are when t of their way to the other is still to go."""
        here = np.indices(self.pixels.shape)
        y, x = (other.nearest + (here - other.nearest) / t).astype(np.float32)
        came = cv2.remap(self.pixels.astype(np.float32), x, y, cv2.INTER_LINEAR)
        way = cv2.remap(other.distance.astype(np.float32), x, y, cv2.INTER_LINEAR)
        # Seen from where it came, another pixel may be nearer than the one that this line leads to.
        straight = way > other.distance / t - 1.5
        return np.asarray((came >= 0.5) & straight & (way <= farthest))


def _closed(pixels: Pixels) -> Pixels:
    """Return pixels with the gaps of one pixel filled that rounding leaves: six neighbours are set."""
    around = cv2.boxFilter(
        pixels.view(np.uint8), -1, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT
    )
    return np.asarray(pixels | (around >= 6))
