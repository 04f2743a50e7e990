"""Huge tomograms cut into slabs of slices, for as many workers as there are slabs."""

from __future__ import annotations

import contextlib
import math
import re
import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scseg.base.files.folders_to_write import made_folder
from scseg.base.files.temporary_files import hidden_name
from scseg.base.files.writing import write_errors_as_sentences, write_lock
from scseg.compute.volume_records import volume_records

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scseg.compute.segmentation_jobs import JointSegmentation
    from scseg.export.cluster.dispatch import Work
    from scseg.export.cluster.tasks import ClusterTask

_HUGE = 1 << 30
"""Voxels; some eight tomograms of 928 x 960 x 150."""
_SLAB = 1 << 28
_ENDING = ".scseg-slabs"
_KEY_LENGTH = 16


@dataclass
class Slabs:
    """The parts of an item, and what joins them.

    Attributes:
        folder: for the parts, hidden beside the volumes.
        parts: tasks that are not done yet.
        join: the last task.
        held: keeps others from making slabs of the same volumes, until it is closed.
    """

    folder: Path
    parts: list[Work]
    join: Work
    held: contextlib.ExitStack


def cut(plan: JointSegmentation, slab: int | None) -> list[Sequence[int]]:
    """Return the slices of the slabs of a plan: `slab` in each, or of a huge one so many as are of use."""
    slices = plan.first.slices
    if slab is None:
        area = math.prod(plan.first.tomogram.shape[1:])
        slab = len(slices) if area * len(slices) <= _HUGE else max(1, _SLAB // area)
    return [slices[start : start + slab] for start in range(0, len(slices), slab)]


def slabs_of(plan: JointSegmentation, whole: Work, chunks: Sequence[Sequence[int]]) -> Slabs:
    """Return the tasks of slabs, with folders made for them; what a client that was killed has left goes on.

    Raises:
        BusyError: others make slabs of the same volumes, in this way or another.
        ScsegError: a folder cannot be made, or the tomogram cannot be read.
    """
    task = whole.task
    volume = task.folder / plan.jobs[plan.written[0]].volume_name()
    with contextlib.ExitStack() as held:
        with write_errors_as_sentences(volume):
            held.enter_context(write_lock(volume.with_name(volume.name + _ENDING), called=volume))
        folder = _folder(plan, task)
        parts = _parts(plan, whole, folder, chunks)
        join = replace(
            whole, task=replace(task, parts=tuple(part.task.folder for part in parts)), weight=0
        )
        return Slabs(folder, parts, join, held.pop_all())


def _parts(
    plan: JointSegmentation, whole: Work, folder: Path, chunks: Sequence[Sequence[int]]
) -> list[Work]:
    """Return the tasks of slabs, with a folder made for each."""
    task = whole.task
    parts = []
    for chunk in chunks:
        name = f"{chunk[0]}-{chunk[-1]}"
        part = replace(plan, jobs={
            model: replace(job, slices=chunk, kind="float32") for model, job in plan.jobs.items()
        })  # fmt: skip
        records = volume_records(part, task.way.engine)
        part_task = replace(
            task,
            folder=made_folder(folder / name),
            settings=replace(task.settings, slices=tuple(chunk), kind="float32"),
            digests={model: str(record["digest"]) for model, record in records.items()},
        )
        weight = whole.weight * len(chunk) // len(plan.first.slices)
        parts.append(
            replace(whole, name=f"{whole.name}, slices {name}", task=part_task, weight=weight)
        )
    return parts


def remove_slabs(folder: Path) -> None:
    """Remove the parts of an item.

    Raises:
        ScsegError: this cannot be.
    """
    with write_errors_as_sentences(folder):
        if folder.is_dir() and not folder.is_symlink():
            shutil.rmtree(folder)


def _folder(plan: JointSegmentation, task: ClusterTask) -> Path:
    """Return the folder for the parts of just these volumes; those of others of that name are removed."""
    model = plan.written[0]
    start = hidden_name(task.folder / plan.jobs[model].volume_name())
    folder = task.folder / f"{start}.{task.digests[model][:_KEY_LENGTH]}{_ENDING}"
    pattern = re.compile(rf"{re.escape(start)}\.[0-9a-f]{{{_KEY_LENGTH}}}{re.escape(_ENDING)}")
    with write_errors_as_sentences(folder):
        found = [each for each in task.folder.iterdir() if pattern.fullmatch(each.name)]
    for there in found:
        if there != folder:
            remove_slabs(there)
    return folder
