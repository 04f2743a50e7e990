"""What a model finds on a slice, as an image that lies where its tomogram lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.actions import writing
from scseg.actions.models import files
from scseg.base.rect import Rect
from scseg.compute.segmentation_jobs import SegmentationJob
from scseg.datasets.mrc_writer import write_slice
from scseg.models.precision import resolved
from scseg.preview import needed_slices

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from scseg.base.progress import Report
    from scseg.compute.messages import SliceRequest
    from scseg.datasets.volume_header import VoxelKind
    from scseg.state.models import Model
    from scseg.state.session import Session


def save(
    session: Session,
    model: Model,
    asked: SliceRequest,
    values: NDArray[np.float32],
    kind: VoxelKind,
) -> None:
    """Ask for a name, then write what is left of a model's prediction: float32 (y, x), 0..1, or its mask.

    `asked` is what the values answer.
    """
    job = _job(session, model, asked, kind)
    if job is None:
        return

    def write(path: Path, _: Report) -> None:
        like, threshold = job.tomogram, job.threshold
        write_slice(path, like, asked.z, values, kind, job.label, threshold=threshold)

    proposed = job.tomogram.path.with_name(job.slice_name(asked.z))
    title = f"Save what {model.display.name} finds on slice {asked.z + 1}"
    writing.ask(session, title, proposed, write)


def _job(
    session: Session, model: Model, asked: SliceRequest, kind: VoxelKind
) -> SegmentationJob | None:
    """Return how the values came about, as the line in the file's header tells it."""
    opened = session.tomogram_of(asked.tomogram)
    if opened is None or model.description is None:
        return None
    region, whole = needed_slices.shown_part(opened), Rect.whole(opened.shape[1:])
    return SegmentationJob(
        tomogram=opened.as_told,
        tomogram_ref=asked.tomogram,
        model=files.described(model.description, model.display),
        model_ref=asked.model,
        slices=(asked.z,),
        overlap=asked.overlap,
        kind=kind,
        mode=asked.mode,
        averaging=asked.averaging,
        region=None if region == whole else region,
        interaction=needed_slices.interactions(session, opened).get(model.id, model.interaction),
        precision=resolved(asked.precision, session.fast_precision),
    )
