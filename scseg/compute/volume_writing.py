"""Volumes of models that act together, written slice by slice, each with its record."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from scseg.base.progress import Report, sub_report
from scseg.compute.volume_records import check_record_place, write_record
from scseg.datasets.mrc_writer import VolumeWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from scseg.compute.segmentation_jobs import JointSegmentation, SegmentationJob
    from scseg.compute.volume_records import Record
    from scseg.interactions.volume_interactions import Slice

    Slices = Callable[[JointSegmentation, Report], Iterator[tuple[int, Slice]]]
    """Gives the values (y, x) of each wanted slice, by the models that are written."""


def write_volumes(
    ensemble: JointSegmentation,
    records: Mapping[str, Record],
    folder: Path,
    slices: Slices,
    report: Report,
) -> list[Path]:
    """Write what `slices` gives, each model into a volume of its own with its record; return the paths.

    What a killed process has left of the same volumes goes on.

    Raises:
        ScsegError: from `slices`, or a file cannot be written; older ones are intact.
        CancelledError: from `report`; nothing is left, unless the work is suspended.
    """
    paths = {model: folder / ensemble.jobs[model].volume_name() for model in ensemble.written}
    for path in paths.values():
        check_record_place(path)
    count = len(ensemble.first.slices)
    with contextlib.ExitStack() as stack:
        writers = [
            stack.enter_context(_writer(ensemble.jobs[model], path, records[model]))
            for model, path in paths.items()
        ]
        done = min(writer.found for writer in writers)
        for writer in writers:
            writer.go_on_after(done)
        left = sub_report(report, done / count, 1.0)
        for _, values in slices(ensemble.after(done), left) if done < count else ():
            for model, writer in zip(paths, writers, strict=True):
                writer.write(values[model])
    for model, path in paths.items():
        write_record(path, records[model])
    return list(paths.values())


def lacking(
    ensemble: JointSegmentation, records: Mapping[str, Record], folder: Path
) -> JointSegmentation | None:
    """Return what is left to do where some volumes are there already, as they would be made; or None.

    The records of those that are there are written where they are missing.

    Raises:
        ScsegError: a file cannot be read or written.
    """
    left = []
    for model in ensemble.written:
        path = folder / ensemble.jobs[model].volume_name()
        if _writer(ensemble.jobs[model], path, records[model]).is_there():
            write_record(path, records[model])
        else:
            left.append(model)
    return ensemble.with_written(left) if left else None


def _writer(job: SegmentationJob, path: Path, record: Record) -> VolumeWriter:
    return VolumeWriter(
        path,
        job.tomogram,
        job.slices,
        job.kind,
        job.label,
        job.threshold,
        digest=str(record["digest"]),
    )
