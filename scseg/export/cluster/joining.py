"""Slabs of a tomogram, predicted by several workers, joined into volumes with the bytes of one machine."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from scseg.compute.volume_writing import write_volumes
from scseg.datasets.tomogram import open_tomogram

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from scseg.base.progress import Report
    from scseg.compute.segmentation_jobs import JointSegmentation
    from scseg.compute.volume_records import Record
    from scseg.datasets.tomogram import Tomogram
    from scseg.export.cluster.tasks import ClusterTask
    from scseg.interactions.volume_interactions import Slice


def joined(
    plan: JointSegmentation, records: Mapping[str, Record], task: ClusterTask, report: Report
) -> tuple[Path, ...]:
    """Write the volumes of a plan from slabs of float32, which hold just what networks and rules said.

    Raises:
        ScsegError: a slab cannot be read, or a volume cannot be written.
        CancelledError: from `report`.
    """
    slices = partial(_slices, task.parts)
    return tuple(write_volumes(plan, records, task.folder, slices, report))


def _slices(
    parts: Sequence[Path], plan: JointSegmentation, report: Report
) -> Iterator[tuple[int, Slice]]:
    """Yield the slices of a plan, the last of those in all parts."""
    names = {model: plan.jobs[model].volume_name() for model in plan.written}
    slabs = [{model: open_tomogram(part / name) for model, name in names.items()} for part in parts]
    places = [(slab, z) for slab in slabs for z in range(_depth(slab))]
    count = len(plan.first.slices)
    for done, z in enumerate(plan.first.slices):
        report(done / count, f"joining slice {done + 1} of {count}")
        slab, at = places[len(places) - count + done]
        yield z, {model: np.asarray(each.slice(at), np.float32) for model, each in slab.items()}


def _depth(slab: Mapping[str, Tomogram]) -> int:
    return int(next(iter(slab.values())).shape[0])
