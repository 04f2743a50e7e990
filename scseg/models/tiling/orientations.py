"""The eight ways in which a square image can lie: quarter turns, each also mirrored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

COUNT = 8


def orient(image: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Return a view of `image` (…, y, x) in one of 8 orientations; 0 is the image as it is."""
    mirrored = image[..., ::-1] if orientation >= 4 else image
    return np.rot90(mirrored, orientation % 4, axes=(-2, -1))


def orient_back(image: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Return a view of `image` (…, y, x) turned back: the inverse of `orient`."""
    turned = np.rot90(image, -(orientation % 4), axes=(-2, -1))
    return turned[..., ::-1] if orientation >= 4 else turned
