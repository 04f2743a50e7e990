"""The objects of a mask: parts of it that hang together in three dimensions.

They are found once; which of them are kept is then a matter of a moment, so that a slider of the smallest
size can act on the slice in view at once (`Objects.kept`, `Objects.on_slice`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from scseg.base.progress import Report, silent, sub_report
from scseg.objects.splitting import split_touching

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.datasets.formats.volume import Triple

    Labels = NDArray[Any]
    """Whole numbers of any type, (z, y, x): 0 is background."""

CONNECTIVITY = 26
"""Voxels that touch in a corner belong together, or thin filaments would fall into pieces."""


@dataclass(frozen=True, eq=False)
class Objects:
    """All objects of a volume.

    Attributes:
        labels: (z, y, x), unsigned whole numbers: 0 for background, objects count from 1.
        voxels: int64 (n + 1,), how many voxels each label has.
        at_border: bool (n + 1,), which of them touch a face of the volume.
        voxel_size: A, (z, y, x).
        names: int64 (n + 1,), the numbers that the objects have in their file; None: the labels themselves.
    """

    labels: Labels
    voxels: NDArray[np.int64]
    at_border: NDArray[np.bool_]
    voxel_size: Triple
    names: NDArray[np.int64] | None = None

    @property
    def count(self) -> int:
        return len(self.voxels) - 1

    @property
    def volumes_nm3(self) -> NDArray[np.float64]:
        """The volume of each label, (n + 1,)."""
        return np.asarray(self.voxels * voxel_nm3(self.voxel_size), np.float64)

    def kept(self, smallest_nm3: float = 0.0, *, border: bool = True) -> NDArray[np.bool_]:
        """Return which labels stay, (n + 1,): those of a size, and with `border` those at the border."""
        kept = (self.voxels > 0) & (self.volumes_nm3 >= smallest_nm3 * (1 - 1e-9))
        if not border:
            kept &= ~self.at_border
        kept[0] = False
        return kept

    def on_slice(self, z: int, kept: NDArray[np.bool_]) -> Labels:
        """Return the labels of slice z, (y, x), of objects that are kept."""
        labels = self.labels[z]
        return np.where(kept[labels], labels, 0)

    def numbers(self, kept: NDArray[np.bool_]) -> NDArray[np.int32]:
        """Return the number that each label gets when those that are kept are counted from 1, (n + 1,)."""
        numbers = np.cumsum(kept).astype(np.int32)
        numbers[~kept] = 0
        return numbers


def voxel_nm3(voxel_size: Triple) -> float:
    """Return the volume of a voxel in nm^3, of its size in A."""
    z, y, x = voxel_size
    return z * y * x / 1000


def find_objects(
    mask: NDArray[np.bool_],
    voxel_size: Triple,
    *,
    fill_holes: bool = False,
    split: bool = False,
    report: Report = silent,
) -> Objects:
    """Find the objects of a mask, bool (z, y, x), which may be changed in place.

    Takes 2 or 4 bytes a voxel for the labels and as much again while it works; splitting takes some 20 bytes
    a voxel of the largest object's box.

    Args:
        mask: true inside.
        voxel_size: A, (z, y, x).
        fill_holes: first fill what is enclosed on all sides, in three dimensions.
        split: part objects that touch, where the neck between them is narrow.
        report: is called between the steps, and for each object that is split.

    Raises:
        CancelledError: from `report`.
    """
    import cc3d  # noqa: PLC0415 - nothing that does not need it should wait for it

    if fill_holes:
        import fill_voids  # noqa: PLC0415

        report(0.0, "Filling holes")
        # It works on arrays whose first axis is the fastest, and turns others round first.
        mask = fill_voids.fill(mask.T, in_place=True).T
    report(0.2, "Finding objects")
    labels = cc3d.connected_components(mask, connectivity=CONNECTIVITY)
    if split:
        labels = split_touching(labels, voxel_size, sub_report(report, 0.4, 0.9))
    report(0.9, "Counting")
    return objects_of(labels, voxel_size)


def objects_of(labels: Labels, voxel_size: Triple) -> Objects:
    """Return the objects of a volume of labels, (z, y, x), counted from 1 with few gaps."""
    voxels = np.zeros(int(labels.max()) + 1, np.int64)
    at_border = np.zeros(len(voxels), np.bool_)
    for part in labels:
        voxels += np.bincount(part[part > 0], minlength=len(voxels))
    voxels[0] = labels.size - voxels.sum()
    for end in (0, -1):
        for face in (labels[end], labels[:, end], labels[:, :, end]):
            at_border[np.unique(face)] = True
    return Objects(labels, voxels, at_border, voxel_size)


def named_objects(labels: NDArray[np.int32], voxel_size: Triple) -> Objects:
    """Return the objects of a volume of any labels, (z, y, x), not below 0; they are numbered anew in place.

    Takes 5 bytes for each label up to the highest one.
    """
    occurs = np.zeros(int(labels.max()) + 1, np.bool_)
    for part in labels:
        occurs[part] = True
    occurs[0] = False
    numbers = np.cumsum(occurs, dtype=np.int32)
    numbers[~occurs] = 0
    for part in labels:
        part[:] = numbers[part]
    names = np.concatenate([[0], np.flatnonzero(occurs)])
    return replace(objects_of(labels, voxel_size), names=names)
