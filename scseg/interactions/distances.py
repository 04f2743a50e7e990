"""How far each pixel is from what a model finds, and what lies within a radius of it."""

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
    """Return up to which distance in a slice pixels lie within `radius`, inclusive; None where none do.

    `apart` is how far that slice is from the one that distances are measured in. All are in px.
    """
    squared = radius * radius * (1.0 + _TOLERANCE) - apart * apart
    return math.sqrt(squared) if squared >= 0.0 else None


def allowed_by_rule(
    distances: NDArray[np.float32], radius: float, kind: RuleKind
) -> NDArray[np.bool_]:
    """Return where a rule of a radius (px) leaves a model as it is, in the slice of its partner."""
    limit = np.float32(largest_distance(radius) or 0.0)
    if kind == "avoid":
        return np.asarray(distances > limit)
    return np.asarray(distances <= limit)
