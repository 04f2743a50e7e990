"""What a reader finds in the file of a tomogram, before the user's word on it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scseg.datasets.formats.stored_voxels import StoredVoxels

Triple = tuple[float, float, float]

SMALLEST_VOXEL, LARGEST_VOXEL = 1e-3, 1e6
"""A voxel size outside these bounds, in A, is a damaged or meaningless number."""

_FAR_APART = 3
"""Times the pixel size: slices that are farther apart, or closer by as much, are told."""
OVERRIDE_Z = (
    "give the right one with --tomogram-apix-z, or in Datasets by a right-click on the tomogram"
)


@dataclass(frozen=True, eq=False)
class Volume:
    """Where the voxels are, with the places and sizes that the file gives.

    `voxel_size` is in A, (z, y, x), None where unknown; `origin` in A and `nstart` in pixels are (x, y, z),
    as in an MRC header.
    """

    stored: StoredVoxels
    voxel_size: Triple | None
    origin: Triple
    nstart: tuple[int, int, int]
    warnings: tuple[str, ...]


def plausible_voxel_size(size: Triple, slices: int) -> tuple[Triple | None, tuple[str, ...]]:
    """Return the voxel size in A, (z, y, x), as far as a file's numbers can be believed, and warnings."""
    z, y, x = size
    if is_placeholder(x):
        return None, ()
    if not all(is_voxel_size(size) or size == 0 for size in (z, y, x)):
        return None, (
            f"The file gives the voxel size {x:g} x {y:g} x {z:g} A; it counts as unknown.",
        )
    warnings = tuple(
        f"The file gives no voxel size along {axis}; that along x is taken."
        for axis, size in (("y", y), ("z", z))
        if size == 0
    )
    y, z = y or x, z or x
    if abs(x - y) > 0.01 * min(x, y):
        warnings += (
            f"The voxels are not square: {x:g} A along x, {y:g} A along y; that along x is used.",
        )
    if slices > 1 and not x / _FAR_APART <= z <= x * _FAR_APART:
        warnings += (
            f"The slices are {z:g} A apart where a pixel has {x:g} A. That is kept, as of serial sections; "
            f"if it is wrong, {OVERRIDE_Z}.",
        )
    return (_short(z), _short(y), _short(x)), warnings


def is_placeholder(size: float) -> bool:
    """Tell whether a voxel size, 0 or 1 A, is what programs write that do not know it."""
    return size == 0 or math.isclose(size, 1.0, rel_tol=1e-6)


def is_voxel_size(size: float) -> bool:
    """Tell whether a number can be a voxel size in A; false for what is not finite."""
    return SMALLEST_VOXEL <= size <= LARGEST_VOXEL


def _short(size: float) -> float:
    """Return the shortest decimal of a size that was held in single precision: 31.36, not 31.3600006."""
    return float(f"{size:.7g}")
