"""Importing and exporting boxes and masks as files of other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scseg.annotations.edits import MaskEdit, Step
from scseg.annotations.feature_names import name_of
from scseg.annotations.packed_masks import pack
from scseg.base.files.writing import atomic_write
from scseg.base.labels import BACKGROUND, FEATURE, IGNORE
from scseg.base.progress import Report, silent, sub_report
from scseg.datasets.mask_values import survey
from scseg.datasets.mask_volume import check_shape
from scseg.datasets.mrc_writer import VolumeWriter, write_slice
from scseg.datasets.tomogram import open_tomogram

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from scseg.annotations.contents import Contents
    from scseg.annotations.steps import Box
    from scseg.datasets.mask_values import MaskValues
    from scseg.datasets.mask_volume import MaskVolume
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


def look_at_volume(
    path: Path, shape: tuple[int, int, int], report: Report = silent
) -> tuple[Tomogram, MaskValues]:
    """Open a mask volume of any program for a tomogram of a shape, and find out which values it holds.

    Raises:
        ScsegError: the file cannot be read, or has another shape than the tomogram.
        CancelledError: from `report`.
    """
    volume = open_tomogram(path, report=sub_report(report, 0.0, 0.5))
    check_shape(volume, shape, "the tomogram")
    return volume, survey(volume, sub_report(report, 0.5, 1.0))


def import_volume(
    mask: MaskVolume, contents: Contents, feature: str, report: Report = silent
) -> Step | None:
    """Return the step that adds a mask volume to a feature (its id); None if it adds nothing.

    What is drawn already stays, save that ignored pixels become the feature where the volume says so. What
    the volume ignores is ignored where nothing is drawn.

    Raises:
        ScsegError: the file is gone or is another one by now.
        CancelledError: from `report`.
    """
    edits = []
    for z in range(contents.shape[0]):
        report(z / contents.shape[0], f"slice {z + 1} of {contents.shape[0]}")
        edit = _added(contents, feature, z, mask.labels(z))
        if edit is not None:
            edits.append(edit)
    title = f"import {mask.volume.path.name}"
    return Step(tuple(edits), title, edits[0].z) if edits else None


def _added(contents: Contents, feature: str, z: int, labels: NDArray[np.uint8]) -> MaskEdit | None:
    if not labels.any():
        return None
    values = contents.mask(feature, z)
    values[labels == FEATURE] = FEATURE
    values[(labels == IGNORE) & (values == BACKGROUND)] = IGNORE
    before, after = contents.masks.get((feature, z)), pack(values)
    return None if after == before else MaskEdit(feature=feature, z=z, before=before, after=after)


def _exported(contents: Contents, feature: str, z: int) -> NDArray[np.float32]:
    values: NDArray[np.float32] = (contents.mask(feature, z) == FEATURE).astype(np.float32)
    return values


def _label(contents: Contents, feature: str) -> str:
    return f"scseg: annotation of {name_of(contents, feature)}"
