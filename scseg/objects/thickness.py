"""How thick an object is: from its surface straight inwards to where one comes out again.

Most ways go right across: those at the ends of a tube or the rims of a slab are in the shortest and longest
quarters, and do not count. Steps of the mask, which the surface follows in part, lengthen some and shorten
others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.objects.surfaces import Surface

    Points = NDArray[np.float64]

_WAYS = 1000
_STEP = 0.25
"""Of a voxel, on the way through."""
_EVENING = 2.0
"""Standard deviation of the filter, in voxels, after which no steps turn the normals of a surface."""


def thickness_of(mask: NDArray[np.bool_], surface: Surface, voxel_size: Points) -> float:
    """Return the thickness of an object, in the unit of the voxel size; 0 where there is no surface.

    Args:
        mask: bool (z, y, x).
        surface: of the mask.
        voxel_size: (z, y, x).
    """
    from scipy.ndimage import gaussian_filter, map_coordinates  # noqa: PLC0415

    if not len(surface.points):
        return 0.0
    starts = surface.points
    if len(starts) > _WAYS:
        starts = np.random.default_rng(0).permutation(starts)[:_WAYS]
    even = gaussian_filter(
        mask.astype(np.float32), _EVENING * voxel_size.max() / voxel_size, mode="nearest"
    )
    slopes = [
        map_coordinates(slope, (starts / voxel_size).T, order=1, mode="nearest")
        for slope in np.gradient(even, *voxel_size)
    ]
    inward = np.stack(slopes, axis=1).astype(np.float64)
    inward /= np.maximum(np.linalg.norm(inward, axis=1, keepdims=True), 1e-12)
    ways = np.sort(_ways_through(surface, starts, inward, voxel_size))
    usual = ways[len(ways) // 4 : len(ways) - len(ways) // 4]
    return float(usual.mean()) if len(usual) else 0.0


def _ways_through(surface: Surface, starts: Points, inward: Points, voxel_size: Points) -> Points:
    """Return how long the ways through an object are; those that leave the array are left out."""
    from scipy.ndimage import map_coordinates  # noqa: PLC0415

    step = _STEP * float(voxel_size.min())
    shape = np.asarray(surface.smooth.shape)
    under_way = np.arange(len(starts))
    before = np.full(len(starts), np.inf)
    found = []
    for number in range(2, 2 + int(np.linalg.norm(shape * voxel_size) / step)):
        places = (starts[under_way] + number * step * inward[under_way]) / voxel_size
        inside = ((places >= 0) & (places <= shape - 1)).all(axis=1)
        height = map_coordinates(surface.smooth, places.T, order=1, mode="nearest")
        height = height.astype(np.float64) - surface.level
        out = inside & (height < 0)
        last = before[under_way]
        # A way that is out at its first step grazed the surface.
        crossed = out & np.isfinite(last)
        part = last[crossed] / np.maximum(last[crossed] - height[crossed], 1e-12)
        found.append((number - 1 + part) * step)
        before[under_way] = height
        under_way = under_way[inside & ~out]
        if not len(under_way):
            break
    return np.concatenate(found) if found else np.empty(0)
