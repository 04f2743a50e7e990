"""Importing and exporting boxes and masks as files of other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scseg.annotations.edits import MaskEdit, Step
from scseg.annotations.packed_masks import pack
from scseg.base.errors import ScsegError
from scseg.base.files.writing import atomic_write
from scseg.base.labels import FEATURE
from scseg.base.progress import Report, silent
from scseg.datasets.formats.mrc_writer import VolumeWriter, write_slice
from scseg.datasets.tomogram import open_tomogram

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from scseg.annotations.contents import Contents
    from scseg.annotations.steps import Box
    from scseg.datasets.tomogram import Tomogram


def write_boxes(path: Path, boxes: Iterable[Box]) -> None:
    """Write the centres of boxes, (z, y, x), as lines `x y z`, in voxels from 0.

    Raises:
        ScsegError: the file cannot be written.
    """
    text = "".join(f"{x} {y} {z}\n" for z, y, x in boxes)
    atomic_write(path, text.encode("ascii"))


def write_slice_mask(path: Path, like: Tomogram, contents: Contents, feature: str, z: int) -> None:
    """Write the mask of a feature (its id) on slice z as a single image: 1 the feature, 0 all else.

    Raises:
        ScsegError: the file cannot be written.
    """
    label = _label(contents, feature)
    write_slice(path, like, z, _exported(contents, feature, z), "mask", label)


def write_volume_mask(
    path: Path, like: Tomogram, contents: Contents, feature: str, report: Report = silent
) -> None:
    """Write the masks of a feature (its id) on all slices of a tomogram as one volume of 0 and 1.

    Raises:
        ScsegError: the file cannot be written.
        CancelledError: from `report`; nothing is written.
    """
    depth = like.shape[0]
    with VolumeWriter(path, like, range(depth), "mask", _label(contents, feature)) as writer:
        for z in range(depth):
            report(z / depth, f"slice {z + 1} of {depth}")
            writer.write(_exported(contents, feature, z))


def import_volume(
    path: Path, contents: Contents, feature: str, report: Report = silent
) -> Step | None:
    """Return the step that adds a mask volume of any program to a feature (its id); None if it adds nothing.

    Voxels that are 0.5 or more away from 0 are of the feature. What is drawn already stays, save that
    ignored pixels become the feature where the volume says so.

    Raises:
        ScsegError: the file cannot be read, or has another shape than the tomogram.
        CancelledError: from `report`.
    """
    volume = open_tomogram(path)
    if volume.shape != contents.shape:
        raise ScsegError(
            f"{path} has shape {volume.shape} (z, y, x) but the tomogram has {contents.shape}: "
            "choose the mask of this tomogram."
        )
    edits = []
    for z in range(contents.shape[0]):
        report(z / contents.shape[0], f"slice {z + 1} of {contents.shape[0]}")
        edit = _added(contents, feature, z, np.abs(volume.slice(z)) >= 0.5)
        if edit is not None:
            edits.append(edit)
    return Step(tuple(edits), f"import {path.name}", edits[0].z) if edits else None


def _added(contents: Contents, feature: str, z: int, inside: NDArray[np.bool_]) -> MaskEdit | None:
    if not inside.any():
        return None
    values = contents.mask(feature, z)
    values[inside] = FEATURE
    before, after = contents.masks.get((feature, z)), pack(values)
    return None if after == before else MaskEdit(feature=feature, z=z, before=before, after=after)


def _exported(contents: Contents, feature: str, z: int) -> NDArray[np.float32]:
    values: NDArray[np.float32] = (contents.mask(feature, z) == FEATURE).astype(np.float32)
    return values


def _label(contents: Contents, feature: str) -> str:
    return f"scseg: annotation of {contents.feature(feature).name}"
