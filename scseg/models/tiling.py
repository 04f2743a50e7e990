"""Slices in pieces of the size that a network takes, and back without a seam.

Tiles overlap by at least the overlap asked for, never leave the slice and leave no strip uncovered.
Where tiles overlap, their outputs are averaged with weights that fall towards a tile's edge, where a
network sees least around a pixel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    Network = Callable[[NDArray[np.float32]], NDArray[np.float32]]
    """Maps tiles float32 (batch, box, box, D) to predictions float32 (batch, box, box), 0..1."""

MAX_OVERLAP = 0.67


@dataclass(frozen=True)
class TileGrid:
    """Where the tiles of a slice start. `shape` (y, x) is the slice's, not smaller than a tile."""

    shape: tuple[int, int]
    box: int
    rows: tuple[int, ...]
    columns: tuple[int, ...]

    @property
    def corners(self) -> list[tuple[int, int]]:
        """Return the (y, x) of each tile's first pixel, row by row."""
        return [(y, x) for y in self.rows for x in self.columns]


def tile_starts(length: int, box: int, overlap: float) -> tuple[int, ...]:
    """Return where tiles of `box` pixels start along an axis of `length` >= box pixels.

    n = 1 + ceil((length - box) / (box (1 - overlap))) tiles, spread evenly and rounded.
    """
    # Rounding guards against one tile too many when the division is exact but for the last bit.
    count = 1 + int(np.ceil(round((length - box) / (box * (1.0 - overlap)), 9)))
    return tuple(np.round(np.linspace(0, length - box, count)).astype(int).tolist())


def tile_grid(shape: tuple[int, int], box: int, overlap: float) -> TileGrid:
    """Return the grid of a slice of `shape` (y, x), which is enlarged to one tile where it is smaller."""
    height, width = (max(length, box) for length in shape)
    return TileGrid(
        (height, width),
        box,
        tile_starts(height, box, overlap),
        tile_starts(width, box, overlap),
    )


def tile_weights(box: int) -> NDArray[np.float32]:
    """Return the weight of each pixel of a tile along one axis, (box,): 1 in the middle, never 0."""
    from_edge = np.minimum(np.arange(box), np.arange(box)[::-1]) + 1.0
    return np.asarray(from_edge / from_edge.max(), np.float32)


def predict_rows(
    image: NDArray[np.float32], grid: TileGrid, network: Network, batch_size: int
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Predict a slice, yielding after each batch the rows that it completed, from the top on.

    `image` is (D, y, x) of any size, `grid` that of its (y, x). Yields (first row, rows (n, x)), n
    often 0. The network always gets `batch_size` tiles, so that it is compiled once. Whoever stops
    iterating abandons the rest.
    """
    height, width = image.shape[1:]
    padded = _padded(image, grid.shape)
    blend = _Blend(grid)
    corners = grid.corners
    for first in range(0, len(corners), batch_size):
        batch = corners[first : first + batch_size]
        tiles = _cut(padded, batch, grid.box, batch_size)
        blend.add(batch, network(tiles))
        start, rows = blend.finished(first + len(batch))
        yield start, rows[: max(0, height - start), :width]


def predict_slice(
    image: NDArray[np.float32], grid: TileGrid, network: Network, batch_size: int
) -> NDArray[np.float32]:
    """Predict a whole slice: float32 (y, x) from `image` (D, y, x)."""
    return np.concatenate([rows for _, rows in predict_rows(image, grid, network, batch_size)])


class _Blend:
    """The weighted mean of tiles as they come, row of tiles by row of tiles."""

    def __init__(self, grid: TileGrid) -> None:
        self._grid = grid
        self._weights = np.multiply.outer(tile_weights(grid.box), tile_weights(grid.box))
        self._sum = np.zeros(grid.shape, np.float32)
        self._rows_done = 0
        self._weight_down = _summed_weights(grid.shape[0], grid.rows, grid.box)
        self._weight_across = _summed_weights(grid.shape[1], grid.columns, grid.box)

    def add(self, corners: list[tuple[int, int]], tiles: NDArray[np.float32]) -> None:
        box = self._grid.box
        for (y, x), tile in zip(corners, tiles, strict=False):
            self._sum[y : y + box, x : x + box] += self._weights * tile

    def finished(self, tiles_added: int) -> tuple[int, NDArray[np.float32]]:
        """Return the rows that no later tile touches and that were not returned before."""
        tile_rows = tiles_added // len(self._grid.columns)
        ends = [*self._grid.rows, self._grid.shape[0]]
        start = self._rows_done
        stop = ends[tile_rows]
        self._rows_done = stop
        weights = np.multiply.outer(self._weight_down[start:stop], self._weight_across)
        return start, np.asarray(self._sum[start:stop] / weights, np.float32)


def _summed_weights(length: int, starts: tuple[int, ...], box: int) -> NDArray[np.float32]:
    """Return along one axis the sum of the weights of all tiles over each pixel, (length,).

    The sum over tiles in two dimensions is the product of those along each axis.
    """
    total = np.zeros(length, np.float32)
    for start in starts:
        total[start : start + box] += tile_weights(box)
    return total


def _padded(image: NDArray[np.float32], shape: tuple[int, int]) -> NDArray[np.float32]:
    """Return the slice, mirrored at its lower ends up to `shape` (y, x)."""
    missing = [(0, 0)] + [(0, a - b) for a, b in zip(shape, image.shape[1:], strict=True)]
    return np.pad(image, missing, mode="reflect")


def _cut(
    image: NDArray[np.float32], corners: list[tuple[int, int]], box: int, batch_size: int
) -> NDArray[np.float32]:
    """Return tiles (batch_size, box, box, D); those beyond the corners are zero."""
    tiles = np.zeros((batch_size, box, box, image.shape[0]), np.float32)
    for tile, (y, x) in zip(tiles, corners, strict=False):
        tile[...] = np.moveaxis(image[:, y : y + box, x : x + box], 0, -1)
    return tiles
