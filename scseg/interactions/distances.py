"""Distances of pixels to what a model finds, and the pixels that a rule of some radius leaves."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.interactions.rules import RuleKind

_TOLERANCE = 1e-6
"""Of a squared radius, so that rounding leaves no pixel out that lies exactly on the circle."""


def distance_map(found: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return the exact Euclidean distance (px) to the nearest pixel of `found` (y, x); inf without any.

    By Felzenszwalb and Huttenlocher, Theory of Computing 8 (2012), as OpenCV has it.
    """
    if not found.any():
        # OpenCV has no infinity to return.
        return np.full(found.shape, np.inf, np.float32)
    elsewhere = np.logical_not(found).view(np.uint8)
    return np.asarray(cv2.distanceTransform(elsewhere, cv2.DIST_L2, cv2.DIST_MASK_PRECISE))


def largest_distance(radius: float, apart: float = 0.0) -> float | None:
    """Return the largest distance within a slice, inclusive, that is inside of a sphere; None if none is.

    `radius` is that of the sphere, `apart` the distance of the slice from its centre; all are in pixels.
    """
    squared = radius * radius * (1.0 + _TOLERANCE) - apart * apart
    return math.sqrt(squared) if squared >= 0.0 else None


def allowed_by_rule(
    distances: NDArray[np.float32], radius: float, kind: RuleKind
) -> NDArray[np.bool_]:
    """Return the pixels that a rule leaves to a model, bool (y, x).

    `distances` are those to what the partner finds in the same slice, `radius` that of the rule; in pixels.
    """
    limit = np.float32(largest_distance(radius) or 0.0)
    if kind == "avoid":
        return np.asarray(distances > limit)
    return np.asarray(distances <= limit)
