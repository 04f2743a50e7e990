"""The middle of a filament, section after section, also where a face of the volume cuts it lengthwise.

What is left of a round section has its middle off the axis; how far, follows from how much of it is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Points = NDArray[np.float64]

_NEAR = 0.75
"""Voxels belong to the section that is nearest, if it is within so many diameters."""
_LEAST = 0.2
"""Sections of which less is left tell nothing."""
_USUAL = 90
"""The percentile of the sections' sizes that is that of a whole one."""
SECTIONS = 2
"""To a diameter."""


@dataclass(frozen=True, eq=False)
class Tube:
    """The voxels of one object made of filaments.

    Attributes:
        mask: bool (z, y, x), the box around it.
        voxels: int64 (n, 3), where it is true.
        faces: for each axis, whether the box begins and ends with the volume.
        diameter: of a filament, in the unit of `voxel_size`.
        voxel_size: float64, (z, y, x).
    """

    mask: NDArray[np.bool_]
    voxels: NDArray[np.int64]
    faces: list[tuple[bool, bool]]
    diameter: float
    voxel_size: Points

    def middles(self, sections: list[tuple[Points, Points]]) -> list[Points]:
        """Return for each line the middles of its sections, (n, 3); those at the ends are left out.

        Args:
            sections: of each line the points and directions, `SECTIONS` to a diameter.
        """
        if not sections:
            return []
        points = np.concatenate([points for points, _ in sections])
        along = np.concatenate([directions for _, directions in sections])
        nearest, near = self._nearest(points)
        counts = np.bincount(nearest[near], minlength=len(points))
        places = (self.voxels * self.voxel_size)[near]
        sums = [np.bincount(nearest[near], axis, len(points)) for axis in places.T]
        middles = np.stack(sums, axis=1) / np.maximum(counts, 1)[:, None]
        middles -= self._off_axis(counts, along, self._cut_by(nearest, len(points)))
        parts = np.split(np.arange(len(points)), np.cumsum([len(p) for p, _ in sections])[:-1])
        most = np.percentile(counts, _USUAL)
        return [middles[part][1:-1][counts[part][1:-1] > _LEAST * most] for part in parts]

    def _nearest(self, points: Points) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return the section that each voxel is nearest to, and whether it is near."""
        from scipy.spatial import KDTree  # noqa: PLC0415 - nothing else should wait for it

        far, nearest = KDTree(points).query(
            self.voxels * self.voxel_size, distance_upper_bound=_NEAR * self.diameter
        )
        return nearest, np.isfinite(far)

    def _cut_by(self, nearest: NDArray[np.int64], count: int) -> Points:
        """Return the inward normal of the face that cuts each section, (n, 3); zero where none does."""
        normals = np.zeros((count, 3))
        most = np.zeros(count, np.int64)
        for axis, ends in enumerate(self.faces):
            for at_face, last, inward in zip(ends, (0, -1), (1.0, -1.0), strict=True):
                if not at_face:
                    continue
                touching = self.voxels[:, axis] == last % self.mask.shape[axis]
                touching &= nearest < count
                numbers = np.bincount(nearest[touching], minlength=count)
                normals[numbers > most] = inward * np.eye(3)[axis]
                most = np.maximum(most, numbers)
        return normals

    def _off_axis(self, counts: NDArray[np.int64], along: Points, normals: Points) -> Points:
        """Return how far the middles of what is left of sections are from the axis, (n, 3)."""
        # Of a speck, most sections may hold no voxel at all.
        whole = max(1.0, float(np.percentile(counts, _USUAL)))
        volume = whole * float(np.prod(self.voxel_size))
        radius = np.sqrt(volume / (np.pi * self.diameter / SECTIONS))
        sideways = normals - (normals * along).sum(axis=1, keepdims=True) * along
        sideways /= np.maximum(np.linalg.norm(sideways, axis=1, keepdims=True), 1e-12)
        left, shifts = _segments()
        return np.asarray(sideways * radius * np.interp(counts / whole, left, shifts)[:, None])


def _segments() -> tuple[Points, Points]:
    """Return parts of a disc that a cut leaves, ascending, and how far off their middles are, in radii."""
    cut = np.linspace(-0.98, 1, 199)
    area = np.pi - np.arccos(cut) + cut * np.sqrt(1 - cut**2)
    return area / np.pi, 2 / 3 * (1 - cut**2) ** 1.5 / area
