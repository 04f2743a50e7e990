"""The surface of an object as triangles, and what follows from it: area, and mean curvature.

A mask of voxels is all steps. So it is smoothed a little, and cut at the level at which the surface encloses
as many voxels as the mask has: thin things do not get thinner, nor balls smaller. Where a face of the volume
cuts an object there is no surface.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Points = NDArray[np.float64]

SMOOTHING = 0.8
"""Standard deviation of the filter, in voxels."""
_FLAT, _HALVINGS = 1e-3, 16
PADDING = 4
"""So many voxels around an object are looked at."""


@dataclass(frozen=True, eq=False)
class Surface:
    """Triangles around an object.

    Attributes:
        points: float64 (n, 3), (z, y, x) from the middle of voxel 0, in the unit of the voxel size.
        triangles: int (m, 3), numbers of points; seen from outside they all turn the same way.
        smooth: float32 (z, y, x), the mask after the filter; the surface is where it has the value `level`.
    """

    points: Points
    triangles: NDArray[np.int64]
    smooth: NDArray[np.float32]
    level: float

    @property
    def area(self) -> float:
        return float(self._areas().sum())

    @property
    def mean_curvature(self) -> float:
        """The mean over the surface of the mean curvature, 1 / unit: 1 / r for a ball, 1 / 2r for a tube.

        Edges bend outwards (above 0) or inwards; the sum over them is Steiner's for polyhedra.
        """
        area = self.area
        if area == 0:
            return 0.0
        first, second, lengths, along = self._inner_edges()
        normals = self._normals()
        turned = np.einsum("ij,ij->i", np.cross(normals[first], normals[second]), along)
        angles = np.arctan2(turned, np.einsum("ij,ij->i", normals[first], normals[second]))
        return -float((lengths * angles).sum() / 2 / area)

    def _corners(self) -> Points:
        return self.points[self.triangles]

    def _crosses(self) -> Points:
        a, b, c = np.moveaxis(self._corners(), 1, 0)
        return np.cross(b - a, c - a)

    def _areas(self) -> Points:
        return np.asarray(np.linalg.norm(self._crosses(), axis=1) / 2)

    def _normals(self) -> Points:
        crosses = self._crosses()
        lengths = np.linalg.norm(crosses, axis=1, keepdims=True)
        return np.asarray(crosses / np.maximum(lengths, 1e-300))

    def _inner_edges(self) -> tuple[NDArray[np.int64], NDArray[np.int64], Points, Points]:
        """Return for each edge between two triangles these two, its length and its direction in the first."""
        edges = self.triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
        owners = np.repeat(np.arange(len(self.triangles)), 3)
        codes = np.sort(edges, axis=1) @ np.array([len(self.points), 1])
        order = np.argsort(codes, kind="stable")
        same = codes[order][1:] == codes[order][:-1]
        here, there = order[:-1][same], order[1:][same]
        spans = self.points[edges[here, 1]] - self.points[edges[here, 0]]
        lengths = np.linalg.norm(spans, axis=1)
        along = spans / np.maximum(lengths, 1e-300)[:, None]
        return owners[here], owners[there], lengths, along


def surface_of(mask: NDArray[np.bool_], voxel_size: Points) -> Surface:
    """Return the surface of an object, bool (z, y, x); at the ends of the array it is open.

    Args:
        mask: the object, with `PADDING` voxels around it, fewer where the volume ends.
        voxel_size: (z, y, x).
    """
    from scipy.ndimage import gaussian_filter  # noqa: PLC0415 - nothing else should wait for these
    from skimage.measure import marching_cubes  # noqa: PLC0415

    if min(mask.shape) < 2:
        return Surface(np.empty((0, 3)), np.empty((0, 3), np.int64), mask.astype(np.float32), 0.5)
    smooth = gaussian_filter(mask.astype(np.float32), SMOOTHING, mode="nearest")
    level = _level(smooth, int(mask.sum()))
    if not smooth.min() < level < smooth.max():
        return Surface(np.empty((0, 3)), np.empty((0, 3), np.int64), smooth, level)
    points, triangles, _, _ = marching_cubes(
        smooth, level, spacing=tuple(voxel_size), gradient_direction="descent"
    )
    return Surface(points.astype(np.float64), triangles.astype(np.int64), smooth, level)


def _level(smooth: NDArray[np.float32], count: int) -> float:
    """Return the level above which the volume is that of `count` voxels.

    A voxel that the surface goes through counts in part, by how far from it the surface is.
    """
    slope = np.sqrt(sum(np.square(part) for part in np.gradient(smooth)))
    near = (smooth > _FLAT) & (smooth < 1 - _FLAT)
    values, slopes = smooth[near], 2 * np.maximum(slope[near], _FLAT)
    inside = np.count_nonzero(smooth >= 1 - _FLAT)
    low, high = _FLAT, 1 - _FLAT
    for _ in range(_HALVINGS):
        level = (low + high) / 2
        volume = inside + np.clip(0.5 + (values - level) / slopes, 0, 1).sum(dtype=np.float64)
        low, high = (level, high) if volume > count else (low, level)
    return (low + high) / 2
