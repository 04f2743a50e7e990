"""Slices in tiles of the size that a network was trained on.

Tiles overlap by at least the overlap asked for, never leave the slice and leave no strip uncovered.
Where tiles overlap, their outputs are averaged with weights that fall towards a tile's edge, where a
network sees least around a pixel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scseg.models.tiling.windows import Axis, Grid

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_OVERLAP = 0.67


def tile_starts(length: int, box: int, overlap: float) -> tuple[int, ...]:
    """Return where tiles of `box` pixels start along an axis of `length` >= box pixels.

    n = 1 + ceil((length - box) / (box (1 - overlap))) tiles, spread evenly and rounded.
    """
    # Rounding guards against one tile too many when the division is exact but for the last bit.
    count = 1 + int(np.ceil(round((length - box) / (box * (1.0 - overlap)), 9)))
    return tuple(np.round(np.linspace(0, length - box, count)).astype(int).tolist())


def tile_weights(box: int) -> NDArray[np.float32]:
    """Return the weight of each pixel of a tile along one axis, (box,): 1 in the middle, never 0."""
    from_edge = np.minimum(np.arange(box), np.arange(box)[::-1]) + 1.0
    return np.asarray(from_edge / from_edge.max(), np.float32)


def tile_grid(shape: tuple[int, int], box: int, overlap: float) -> Grid:
    """Return the tiles of a slice of `shape` (y, x), which is enlarged to one tile where it is smaller."""
    height, width = (max(length, box) for length in shape)
    return Grid(_axis(height, box, overlap), _axis(width, box, overlap))


def _axis(length: int, box: int, overlap: float) -> Axis:
    starts = tile_starts(length, box, overlap)
    return Axis(length, starts, np.tile(tile_weights(box), (len(starts), 1)))
