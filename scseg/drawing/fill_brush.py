"""The fill brush: of what a round brush covers, only the pixels that look like what one points at.

A pixel is alike when its grey value differs from the target's by no more than a tolerance, which is wider
on the side where what stands out stands out more: the darkest pixels of a dark membrane belong to it.
Differences mean the same wherever zero lies, so data around zero is treated as any other. Of the alike
pixels, those are painted that are joined to the pointer's path within the brush, side by side, with the
pinholes that they enclose.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scseg.drawing.brush import paint, stroke_region, under_path
from scseg.drawing.region import NOTHING, Area

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.base.rect import Rect
    from scseg.drawing.region import Point


SPREADS = 5.15
"""Standard deviations between the half percent darkest and brightest pixels of a normal distribution."""

FURTHER = 3.0
"""By so many tolerances more, a pixel may stand out farther than what stands out by a standard deviation."""

PINHOLE = 4
"""The most pixels of a hole that noise has left."""


@dataclass(frozen=True)
class FillBrush:
    """A radius in pixels, and the grey values that are painted, from `darkest` to `brightest`."""

    radius: float
    darkest: float
    brightest: float


def alike_greys(
    grey: float, limits: tuple[float, float], sensitivity: float
) -> tuple[float, float]:
    """Return the darkest and the brightest value that are like `grey` on an image.

    `limits` are its half percent darkest and brightest values. What stands out from their middle by a
    standard deviation has the whole wider tolerance, what is as grey as most pixels has none.
    """
    spread = (limits[1] - limits[0]) / SPREADS
    standing_out = grey - (limits[0] + limits[1]) / 2
    near = far = tolerance(sensitivity, spread)
    if spread > 0:
        far = near * (1 + FURTHER * min(abs(standing_out) / spread, 1.0))
    return (grey - far, grey + near) if standing_out < 0 else (grey - near, grey + far)


def tolerance(sensitivity: float, spread: float) -> float:
    """Return how far a grey value may lie from the target's: spread x (1 - s) / s.

    So the brush paints all below it at sensitivity 0, within one `spread` at 0.5, and at 1 only what
    equals the target. `spread` is the image's own, best a robust standard deviation.
    """
    return math.inf if sensitivity <= 0 else spread * (1.0 - min(sensitivity, 1.0)) / sensitivity


def alike_under_path(
    image: NDArray[np.generic], start: Point, end: Point, brush: FillBrush
) -> Area:
    """Return what a fill brush paints on an image (y, x) on its way from start to end.

    Where the path runs only over pixels that are not alike, this is nothing: a stroke along a feature
    does not spill where the hand leaves it.
    """
    region = stroke_region(image.shape, start, end, brush.radius)
    if region.empty:
        return NOTHING
    greys = image[region.slices].astype(np.float64)
    alike = ((brush.darkest <= greys) & (greys <= brush.brightest)).view(np.uint8)
    alike &= _covered(region, start, end, brush.radius)
    joined = _joined(alike, under_path(region, start, end))
    return Area(region, joined | _pinholes(joined))


def _covered(region: Rect, start: Point, end: Point, radius: float) -> NDArray[np.uint8]:
    """Return 1 for each pixel of a region that the round brush covers."""
    covered = np.zeros(region.shape, np.uint8)
    here, there = ((p[0] - region.y0, p[1] - region.x0) for p in (start, end))
    paint(covered, here, there, radius, 1)
    return covered


def _joined(pixels: NDArray[np.uint8], seeds: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the pixels that are joined, side by side, to one that is a seed."""
    count, labels = cv2.connectedComponents(pixels, connectivity=4)
    wanted = np.zeros(count, np.bool_)
    wanted[labels[seeds]] = True
    wanted[0] = False  # the label of what is not among the pixels
    return np.asarray(wanted[labels])


def _pinholes(pixels: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the small holes that pixels enclose; they may do so by their corners."""
    # With a frame around, all that is not enclosed is one: that of the frame's first pixel.
    outside = np.pad(~pixels, 1, constant_values=True).view(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(outside, connectivity=4)
    small = stats[:, cv2.CC_STAT_AREA] <= PINHOLE
    small[[0, labels[0, 0]]] = False  # what is painted, and what is outside
    return np.asarray(small[labels[1:-1, 1:-1]])
