"""What an export will take, before it starts."""

from __future__ import annotations

import math
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scseg.base.errors import ScsegError
from scseg.base.files.writing import write_errors_as_sentences
from scseg.base.formatting import format_bytes
from scseg.datasets.formats.mrc_header import HEADER_LENGTH
from scseg.datasets.volume_header import DTYPES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from scseg.compute.prediction_rates import PredictionRates
    from scseg.compute.segmentation_jobs import JointSegmentation, SegmentationJob


@dataclass(frozen=True)
class Estimate:
    """Of an export into a folder.

    Attributes:
        files: how many volumes or images are written.
        there: how many of them lie there already, made in this way or in another.
        nbytes: of all of them.
        needed: bytes that the disk must have free: an older file goes only when the new one is complete.
        free: bytes that it has.
        seconds: of the networks; None where a model was not seen at work yet.
    """

    files: int
    there: int
    nbytes: int
    needed: int
    free: int
    seconds: float | None


def estimated(
    plans: Iterable[JointSegmentation],
    folder: Path,
    rates: PredictionRates,
    *,
    separate: bool = False,
) -> Estimate:
    """Estimate an export into a folder, there or not; of each file there only the size is looked at.

    Raises:
        ScsegError: the folder cannot be reached.
    """
    files, there, total, taken, needed, seconds = 0, 0, 0, 0, 0, 0.0
    for plan in plans:
        seconds += math.nan if (known := rates.seconds(plan)) is None else known
        for path, size in _files(plan, folder, separate=separate):
            files, total = files + 1, total + size
            needed = max(needed, taken + size)
            old = path.stat().st_size if path.is_file() else None
            there += old is not None
            taken += size - (old or 0)
    there_already = next(
        each for each in (folder.absolute(), *folder.absolute().parents) if each.exists()
    )
    with write_errors_as_sentences(folder):
        free = shutil.disk_usage(there_already).free
    return Estimate(files, there, total, needed, free, None if math.isnan(seconds) else seconds)


def check_space(estimate: Estimate, folder: Path) -> None:
    """Refuse at once what would fill the disk after hours of work.

    Raises:
        ScsegError: it would.
    """
    if estimate.needed > estimate.free:
        raise ScsegError(
            f"The volumes take {format_bytes(estimate.needed)}, and {folder} has "
            f"{format_bytes(estimate.free)} free: free some space, choose a folder on another "
            "disk, or export fewer."
        )


def _files(plan: JointSegmentation, folder: Path, *, separate: bool) -> Iterable[tuple[Path, int]]:
    for job in (plan.jobs[model] for model in plan.written):
        if separate:
            for z in job.slices:
                yield folder / job.slice_name(z), _size(job, 1)
        else:
            yield folder / job.volume_name(), _size(job, len(job.slices))


def _size(job: SegmentationJob, slices: int) -> int:
    height, width = job.tomogram.shape[1:]
    return int(HEADER_LENGTH) + slices * height * width * DTYPES[job.kind].itemsize
