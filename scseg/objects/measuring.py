"""Measuring objects: volume, surface, length, thickness, curvature, and the way to another feature.

Where a face of the volume cuts an object, it has no surface.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scseg.base.files.writing import atomic_write
from scseg.base.progress import Report, silent
from scseg.objects.boxes import LabelBoxes
from scseg.objects.centres import centres
from scseg.objects.centring import Tube
from scseg.objects.lengths import length_of_object
from scseg.objects.surfaces import PADDING, surface_of
from scseg.objects.thickness import thickness_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from scipy.spatial import KDTree

    from scseg.objects.components import Objects

    Points = NDArray[np.float64]
    Box = tuple[slice, slice, slice]

COLUMNS = (
    "volume",
    "label",
    "volume_nm3",
    "area_nm2",
    "length_nm",
    "thickness_nm",
    "mean_curvature_per_nm",
    "x",
    "y",
    "z",
    "at_border",
    "nearest_nm",
)
_A_PER_NM = 10.0


@dataclass(frozen=True)
class Measured:
    """What is measured of an object.

    Attributes:
        label: its number.
        volume_nm3, area_nm2, length_nm, thickness_nm: of it.
        mean_curvature_per_nm: the mean over its surface, above 0 where it bulges.
        x, y, z: its centre of mass, in voxels from 0.
        at_border: whether a face of the volume cuts it.
        nearest_nm: how far the surface of another feature is, 0 where both have a voxel in common; None where
            no other was given, or it is empty.
    """

    label: int
    volume_nm3: float
    area_nm2: float
    length_nm: float
    thickness_nm: float
    mean_curvature_per_nm: float
    x: float
    y: float
    z: float
    at_border: bool
    nearest_nm: float | None = None


class OtherFeature:
    """A feature that distances are measured to.

    Args:
        mask: bool (z, y, x).
        voxel_size: A, (z, y, x).
    """

    def __init__(self, mask: NDArray[np.bool_], voxel_size: Sequence[float]) -> None:
        self.mask = mask
        size = np.asarray(voxel_size) / _A_PER_NM
        self.points = surface_of(mask, size).points
        self._tree: KDTree | None = None

    def distance(self, points: Points) -> float | None:
        """Return how far the nearest of some points, (n, 3) in nm, is from the surface; None without any."""
        from scipy.spatial import KDTree  # noqa: PLC0415 - nothing else should wait for it

        if not len(self.points) or not len(points):
            return None
        if self._tree is None:
            self._tree = KDTree(self.points)
        return float(self._tree.query(points)[0].min())


def measure(
    objects: Objects,
    kept: NDArray[np.bool_],
    other: OtherFeature | None = None,
    report: Report = silent,
) -> Iterator[Measured]:
    """Yield the measurements of the objects that are kept, one after the other.

    Takes some 50 bytes a voxel of an object's box.

    Raises:
        CancelledError: from `report`, which is called for each object.
    """
    middles = centres(objects)
    boxes = LabelBoxes(objects.labels)
    wanted = np.flatnonzero(kept)
    for number, label in enumerate(wanted.tolist()):
        report(number / len(wanted), f"Measuring object {number + 1} of {len(wanted)}")
        z, y, x = middles[label].tolist()
        yield _measured(objects, label, boxes.around(label, PADDING), (x, y, z), other)


def write_table(path: Path, rows: Sequence[tuple[str, Measured]]) -> None:
    """Write a table of measurements as CSV; each row comes with the name of its volume.

    Raises:
        ScsegError: the file cannot be written.
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    columns = COLUMNS if any(row.nearest_nm is not None for _, row in rows) else COLUMNS[:-1]
    writer.writerow(columns)
    for volume, row in rows:
        writer.writerow([volume, *(_word(getattr(row, name)) for name in columns[1:])])
    atomic_write(path, file.getvalue().encode("utf-8", "surrogateescape"))


def _measured(
    objects: Objects,
    label: int,
    box: Box,
    xyz: tuple[float, float, float],
    other: OtherFeature | None,
) -> Measured:
    size = np.asarray(objects.voxel_size) / _A_PER_NM
    mask = np.ascontiguousarray(objects.labels[box] == label)
    surface = surface_of(mask, size)
    thickness = thickness_of(mask, surface, size)
    faces = [
        (side.start == 0, side.stop == n) for side, n in zip(box, objects.labels.shape, strict=True)
    ]
    tube = Tube(mask, np.argwhere(mask), faces, thickness, size)
    nearest = None
    if other is not None:
        corner = np.array([side.start for side in box]) * size
        touching = bool((other.mask[box] & mask).any())
        nearest = 0.0 if touching else other.distance(surface.points + corner)
    return Measured(
        label=label if objects.names is None else int(objects.names[label]),
        volume_nm3=float(objects.volumes_nm3[label]),
        area_nm2=surface.area,
        length_nm=length_of_object(tube),
        thickness_nm=thickness,
        mean_curvature_per_nm=surface.mean_curvature,
        x=xyz[0],
        y=xyz[1],
        z=xyz[2],
        at_border=bool(objects.at_border[label]),
        nearest_nm=nearest,
    )


def _word(value: float | None) -> str:
    """Return a value of the table: six digits are more than a mask can tell."""
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, bool | int) else f"{value:.6g}"
