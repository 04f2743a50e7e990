"""Whole slices in a few large cells, with the same result as in one piece.

The output of a network at a pixel depends on the pixels up to its receptive radius around, and on the pixel's
position modulo the network's divisor. Each cell is predicted with at least that much around it, from an
origin that is a multiple of the divisor; so nothing is averaged, and hardly anything predicted twice. Cells
bound the memory, and between them work can be interrupted.
"""

from __future__ import annotations

import itertools
from functools import lru_cache

import numpy as np

from scseg.models.tiling.windows import Axis, Grid

MOST_PIXELS = 1 << 17
"""Of one cell with what is around it: 0.15 s and 100 MB for VGGNet on two cores."""


@lru_cache(maxsize=16)
def cell_grid(shape: tuple[int, int], divisor: int, receptive_radius: int) -> Grid:
    """Return the cells of a slice of `shape` (y, x), which is enlarged to a multiple of the divisor.

    All cells have one size: that with which the least is predicted in all.
    """
    height, width = (_multiple(length, divisor) for length in shape)
    context = _multiple(receptive_radius, divisor)
    sizes = (_sizes(length, divisor, context) for length in (height, width))
    # Where a network reaches far, smaller cells would be mostly context.
    most = max(MOST_PIXELS, (4 * context) ** 2)
    fitting = [(a, b) for a, b in itertools.product(*sizes) if a[0] * b[0] <= most]
    (rows, _), (columns, _) = min(fitting, key=lambda each: each[0][1] * each[1][1])
    return Grid(
        _axis(height, rows, divisor, context),
        _axis(width, columns, divisor, context),
    )


def _multiple(length: int, divisor: int) -> int:
    return -(-length // divisor) * divisor


def _sizes(length: int, divisor: int, context: int) -> list[tuple[int, int]]:
    """Return the sizes that cells may have along an axis, each with the pixels that all see together."""
    sizes = [(length, length)]
    for count in range(2, length // divisor):
        size = _multiple(-(-(length + (count - 1) * 2 * context) // count), divisor)
        sizes.append((size, count * size))
        if size <= 3 * context:
            break
    return sizes


def _axis(length: int, size: int, divisor: int, context: int) -> Axis:
    count = 1
    if size < length:
        count += -(-(length - size) // (size - 2 * context))
    starts = [(length - size) * i // max(count - 1, 1) // divisor * divisor for i in range(count)]
    # Each cell counts until the next one has seen enough before.
    ends = [start + context for start in starts[1:]] + [length]
    weights = np.zeros((count, size), np.float32)
    for row, start, low, high in zip(weights, starts, [0, *ends], ends, strict=False):
        row[low - start : high - start] = 1.0
    return Axis(length, tuple(starts), weights)
