"""Slices that are larger than the graphics card's textures can be: squares of voxels become one texel each.

Only what is drawn is thinned. Tools, predictions and files have every voxel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from scseg.base.rect import Rect
from scseg.preview.predictions import UNKNOWN

if TYPE_CHECKING:
    from numpy.typing import NDArray


def thinning(shape: tuple[int, ...], largest: int) -> int:
    """Return how many voxels along y and x become one texel, where a texture has `largest` of these."""
    return max(1, -(-max(shape) // largest))


def in_texels(voxels: Rect, step: int) -> Rect:
    """Return the texels that show some voxels, in whole or in part."""
    return Rect(voxels.y0 // step, voxels.x0 // step, -(-voxels.y1 // step), -(-voxels.x1 // step))


def in_voxels(texels: Rect, step: int) -> Rect:
    """Return the voxels that some texels show, also beyond the slice."""
    return Rect(*(each * step for each in texels))


def mean(values: NDArray[Any], step: int) -> NDArray[Any]:
    """Return the means of squares of `step` x `step` grey values (y, x)."""
    return np.asarray(_squares(values, step).mean(axis=(1, 3)))


def known_mean(values: NDArray[Any], step: int) -> NDArray[Any]:
    """Return the means of squares of a prediction (y, x), UNKNOWN where a part of the square is."""
    squares = _squares(values, step)
    return np.where(squares.min(axis=(1, 3)) < 0, UNKNOWN, squares.mean(axis=(1, 3)))


def most(labels: NDArray[Any], step: int) -> NDArray[Any]:
    """Return the largest label of squares of a mask (y, x), so that no line is too thin to be seen."""
    return np.asarray(_squares(labels, step).max(axis=(1, 3)))


def spread(values: NDArray[Any], step: int, shape: tuple[int, ...]) -> NDArray[Any]:
    """Return an array of `shape` (y, x) with each of the thinned values in its square."""
    if step == 1:
        return values
    rows, columns = shape
    return values.repeat(step, axis=0)[:rows].repeat(step, axis=1)[:, :columns]


def _squares(values: NDArray[Any], step: int) -> NDArray[Any]:
    """Return values as (square, y in it, square, x in it); the outermost ones go on beyond the slice."""
    rows, columns = values.shape
    whole = np.pad(values, ((0, -rows % step), (0, -columns % step)), mode="edge")
    return whole.reshape(whole.shape[0] // step, step, whole.shape[1] // step, step)
