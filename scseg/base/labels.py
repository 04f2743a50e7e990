"""What the numbers in a label image mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BACKGROUND = 0
FEATURE = 1
IGNORE = 2
"""Not sure, or not annotated, or outside the image: training neither rewards nor punishes it."""


def contains_feature(labels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return for each label (N, y, x) whether the feature occurs in it, (N,)."""
    found: NDArray[np.bool_] = (labels == FEATURE).any(axis=(1, 2))
    return found
