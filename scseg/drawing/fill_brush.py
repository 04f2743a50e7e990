"""The fill brush: of what a round brush covers, only the pixels that look like what one points at.

A pixel is alike when its grey value differs from the target's by no more than a tolerance. Differences
mean the same wherever zero lies, so data around zero is treated as any other. Of the alike pixels,
those are painted that are joined to the pointer's path within the brush, side by side.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from scseg.drawing.brush import paint, stroke_region, under_path
from scseg.drawing.region import NOTHING, Area, Region

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.drawing.region import Point


@dataclass(frozen=True)
class FillBrush:
    """A radius in pixels, and the grey values `grey` - `tolerance` to `grey` + `tolerance`."""

    radius: float
    grey: float
    tolerance: float


def grey_under(image: NDArray[np.generic], position: Point) -> float:
    """Return the value of the pixel under a position; outside of the image (y, x), of the nearest."""
    row, column = (
        min(max(math.floor(p + 0.5), 0), length - 1)
        for p, length in zip(position, image.shape, strict=True)
    )
    return float(image[row, column])


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
    difference = np.abs(image[region.slices].astype(np.float64) - brush.grey)
    alike = (difference <= brush.tolerance).view(np.uint8)
    alike &= _covered(region, start, end, brush.radius)
    return Area(region, _joined(alike, under_path(region, start, end)))


def _covered(region: Region, start: Point, end: Point, radius: float) -> NDArray[np.uint8]:
    """Return 1 for each pixel of a region that the round brush covers."""
    covered = np.zeros((region.height, region.width), np.uint8)
    here, there = ((p[0] - region.y, p[1] - region.x) for p in (start, end))
    paint(covered, here, there, radius, 1)
    return covered


def _joined(pixels: NDArray[np.uint8], seeds: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the pixels that are joined, side by side, to one that is a seed."""
    count, labels = cv2.connectedComponents(pixels, connectivity=4)
    wanted = np.zeros(count, np.bool_)
    wanted[labels[seeds]] = True
    wanted[0] = False  # the label of what is not among the pixels
    return np.asarray(wanted[labels])
