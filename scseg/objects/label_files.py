"""Volumes of labels on the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.base.progress import Report, silent
from scseg.datasets.mrc_writer import VolumeWriter
from scseg.datasets.volume_header import label_kind
from scseg.datasets.written_volume import objects_label

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from scseg.datasets.tomogram import Tomogram
    from scseg.objects.components import Objects


def write_objects(
    path: Path,
    like: Tomogram,
    objects: Objects,
    kept: NDArray[np.bool_],
    report: Report = silent,
) -> None:
    """Write the objects that are kept as a volume of labels, counted from 1.

    Args:
        path: the MRC file.
        like: the volume that they were found in: the labels lie where it lies.
        objects: of that volume.
        kept: bool (n + 1,), by label.
        report: is called for each slice.

    Raises:
        ScsegError: the file cannot be written, or there are more objects than it can number.
        CancelledError: from `report`; nothing is written.
    """
    numbers = objects.numbers(kept)
    kind = label_kind(int(kept.sum()))
    depth = len(objects.labels)
    with VolumeWriter(path, like, range(depth), kind, objects_label(like.path.name)) as writer:
        for z, labels in enumerate(objects.labels):
            report(z / depth, f"Writing slice {z + 1} of {depth}")
            writer.write(numbers[labels])
