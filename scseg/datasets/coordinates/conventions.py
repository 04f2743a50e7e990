"""Where programs put the middle of a voxel: each formula between their numbers and voxels from 0.

Here a voxel's middle lies on whole numbers, the first one's on 0. Arrays of positions are (n, 3): in voxels
(z, y, x), in files (x, y, z). N is the number of voxels along an axis, A their size, b the binning of the
tomogram against its tilt series.

| program | in the file | |
| --- | --- | --- |
| RELION 5 | (X - N / 2) A | A from the middle; N / 2 is not rounded, also where N is odd |
| RELION 4 | b X | pixels of the tilt series |
| Warp | X | pixels of the tomogram |
| IMOD | X + 0.5, Y + 0.5, Z | the corner of the first voxel, but the middle of the first section |
| Dynamo | X + 0.5 | the corner of the first voxel |
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.datasets.coordinates.grid import Grid

    Points = NDArray[np.float64]

_IMOD = np.array([0.5, 0.5, 0.0])
_DYNAMO = 0.5


def to_relion5(positions: Points, grid: Grid) -> Points:
    """Return positions in A from the middle of the tomogram."""
    centred = (positions - np.asarray(grid.shape) / 2) * np.asarray(grid.size)
    return np.asarray(centred[:, ::-1])


def from_relion5(centred: Points, grid: Grid) -> Points:
    return np.asarray(centred[:, ::-1] / np.asarray(grid.size) + np.asarray(grid.shape) / 2)


def to_pixels(positions: Points, binning: float = 1.0) -> Points:
    """Return positions in pixels of a tilt series that has been binned to the tomogram."""
    return positions[:, ::-1] * binning


def from_pixels(pixels: Points, binning: float = 1.0) -> Points:
    return pixels[:, ::-1] / binning


def to_imod(positions: Points) -> Points:
    return np.asarray(positions[:, ::-1] + _IMOD)


def from_imod(points: Points) -> Points:
    return np.asarray((points - _IMOD)[:, ::-1])


def from_dynamo(points: Points) -> Points:
    return points[:, ::-1] - _DYNAMO


def relion_angles(directions: Points) -> Points:
    """Return tilt and psi in degrees, (n, 2), that turn the axis z of a particle into directions (z, y, x).

    It is what RELION's matrix does with them at rot = 0: (-cos psi sin tilt, sin psi sin tilt, cos tilt).
    """
    z, y, x = directions.T
    tilt = np.degrees(np.arccos(np.clip(z, -1, 1)))
    return np.stack([tilt, np.degrees(np.arctan2(y, -x))], axis=1)


def relion_matrices(angles: Points) -> Points:
    """Return RELION's matrices, (n, 3, 3) for (x, y, z), of rot, tilt and psi in degrees, (n, 3)."""
    (sp, st, sc), (cp, ct, cc) = np.sin(np.radians(angles.T)), np.cos(np.radians(angles.T))
    rows = [
        [cc * ct * cp - sc * sp, cc * ct * sp + sc * cp, -cc * st],
        [-sc * ct * cp - cc * sp, -sc * ct * sp + cc * cp, sc * st],
        [st * cp, st * sp, ct],
    ]
    return np.moveaxis(np.array(rows), 2, 0)
