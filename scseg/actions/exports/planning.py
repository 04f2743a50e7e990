"""The next export as it is planned: of which tomograms, by which models, what of them, into which folder."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from scseg.actions.models import files
from scseg.base.rect import Rect
from scseg.compute.segmentation_jobs import JointSegmentation, SegmentationJob, volume_name
from scseg.datasets.resampling import step_between
from scseg.export.settings import ExportSettings, TomogramWord
from scseg.interactions.rules import models_needed, without_resting_rules
from scseg.models.compatibility import check_slice
from scseg.state.active_models import is_active

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scseg.annotations.crop import Crop
    from scseg.state.exports import ExportPlan
    from scseg.state.models import Model
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

USUAL_FOLDER = "predictions"


def set_plan(session: Session, plan: ExportPlan) -> None:
    session.exports.plan = replace(plan, averaging=max(1, min(plan.averaging, 8)))


def trained(session: Session) -> list[Model]:
    """Return the models that have learnt something."""
    return [model for model in session.models if model.weights is not None]


def is_written(session: Session, model: Model) -> bool:
    """Tell whether a model is to be written: as the user has said, else where it is active."""
    return session.exports.plan.models.get(model.id, model.display.active)


def tick_model(session: Session, model: Model) -> None:
    """Write what a model finds, or leave it out: it then acts on the others all the same."""
    plan = session.exports.plan
    chosen = {**plan.models, model.id: not is_written(session, model)}
    session.exports.plan = replace(plan, models=chosen)


def written_models(session: Session) -> list[Model]:
    return [model for model in trained(session) if is_written(session, model)]


def is_ticked(session: Session, opened: OpenTomogram) -> bool:
    return opened.ref.path not in session.exports.plan.left_out


def tick(session: Session, opened: OpenTomogram) -> None:
    """Export a tomogram, or leave it out."""
    plan = session.exports.plan
    session.exports.plan = replace(plan, left_out=plan.left_out ^ {opened.ref.path})


def tick_only(session: Session, opened: Sequence[OpenTomogram]) -> None:
    """Export these tomograms and no others that are open."""
    out = {each.ref.path for each in session.tomograms if each not in opened}
    session.exports.plan = replace(session.exports.plan, left_out=frozenset(out))


def ticked(session: Session) -> list[OpenTomogram]:
    return [opened for opened in session.tomograms if is_ticked(session, opened)]


def set_slices(opened: OpenTomogram, first: int, last: int) -> None:
    """Export the slices from `first` to `last` alone."""
    end = opened.shape[0] - 1
    first, last = max(0, min(first, end)), max(0, min(last, end))
    first, last = min(first, last), max(first, last)
    opened.export_slices = None if (first, last) == (0, end) else (first, last)


def slices(session: Session, opened: OpenTomogram) -> range:
    """Return the slices that are exported: those that were chosen, else of the crop, else all."""
    if opened.export_slices is not None:
        first, last = opened.export_slices
        return range(first, last + 1)
    crop = _crop(session, opened)
    return range(opened.shape[0]) if crop is None else range(crop.z0, crop.z1)


def region(session: Session, opened: OpenTomogram) -> Rect | None:
    """Return the part of each slice that is exported; None is all of it."""
    crop = _crop(session, opened)
    if crop is None or crop.rect == Rect.whole(opened.shape[1:]):
        return None
    return crop.rect


def _crop(session: Session, opened: OpenTomogram) -> Crop | None:
    crop = opened.crop
    if crop is None or not crop.enabled or not session.exports.plan.within_crop:
        return None
    return crop.clipped(opened.shape)


def folder(session: Session) -> Path:
    """Return where volumes are written: where the user has said, else beside the first tomogram."""
    if said := session.exports.plan.folder:
        # Absolute, for the next start may be elsewhere; not by pathlib, which raises at an unknown `~name`.
        return Path(os.path.expanduser(said)).absolute()  # noqa: PTH111
    first = next(iter(ticked(session)), None)
    return (first.tomogram.path.parent if first is not None else Path.cwd()) / USUAL_FOLDER


def acting_models(session: Session, opened: OpenTomogram) -> list[Model]:
    """Return the models that are applied to a tomogram: those written, and the active ones that act on them.

    What is shown makes no difference, as on the slices.
    """
    written = written_models(session)
    there = [each for each in trained(session) if each in written or is_active(each, opened)]
    acting = without_resting_rules({model.id: model.interaction for model in there})
    needed = models_needed([model.id for model in written], acting)
    return [model for model in there if model.id in needed]


def planned(session: Session, opened: OpenTomogram) -> JointSegmentation:
    """Return what is to be done of a tomogram, as it is planned now; looks at no file.

    Raises:
        ScsegError: a model cannot be applied to it.
    """
    models = acting_models(session, opened)
    acting = without_resting_rules({model.id: model.interaction for model in models})
    jobs = {model.id: _job(session, opened, model) for model in models}
    jobs = {model: replace(job, interaction=acting[model]) for model, job in jobs.items()}
    return JointSegmentation(jobs, tuple(model.id for model in written_models(session)))


def _job(session: Session, opened: OpenTomogram, model: Model) -> SegmentationJob:
    if model.weights is None:
        raise ValueError("a model that has learnt nothing is not exported")
    plan, part = session.exports.plan, region(session, opened)
    description = files.described(model.weights.description, model.display)
    if opened.apix is not None:
        step = step_between(opened.apix, description.apix)
        check_slice(description, opened.shape[1:], step, plan.mode)
    return SegmentationJob(
        tomogram=opened.as_told,
        tomogram_ref=opened.ref,
        model=description,
        model_ref=model.weights.ref,
        slices=slices(session, opened),
        overlap=description.display.overlap,
        kind=plan.kind,
        mode=plan.mode,
        averaging=plan.averaging,
        region=part,
        rules_3d=session.settings.rules_in_3d,
        precision=session.settings.precision,
    )


def obstacle(session: Session) -> str:
    """Return why nothing can be exported now; nothing where it can."""
    missing = (
        (session.tomograms, "Open a tomogram."),
        (ticked(session), "Tick the tomograms to export."),
        (trained(session), "No model has learnt anything yet: train one, or load one (Ctrl+L)."),
        (written_models(session), "Tick the models to export."),
    )
    for there, remedy in missing:
        if not there:
            return remedy
    for opened in ticked(session):
        if opened.apix is None:
            return f"The pixel size of {opened.name} is unknown: give it in Datasets, or untick it."
        if opened.vanished:
            return f"The file of {opened.name} is gone: relink it in Datasets, or untick it."
    return ""


def counted(session: Session) -> int:
    """Return how many volumes would be written."""
    return len(ticked(session)) * len(written_models(session))


def settings(session: Session, opened: OpenTomogram) -> ExportSettings:
    """Return how a tomogram is exported, as it is planned now."""
    chosen, plan = slices(session, opened), session.exports.plan
    return ExportSettings(
        slices=None if len(chosen) == opened.shape[0] else tuple(chosen),
        crop=region(session, opened),
        mode=plan.mode,
        averaging=plan.averaging,
        precision=session.settings.precision,
        kind=plan.kind,
        word=TomogramWord(opened.ref.apix, opened.apix_z, opened.ref.signed),
    )


def in_the_way(session: Session) -> list[str]:
    """Return the names of volumes that the queue holds, and the planned export would replace by others."""
    queue = [each for each in session.exports.queue if each.status in ("waiting", "done")]
    held = {
        (Path(each.folder) / volume_name(Path(each.tomogram), model.name)): each.settings
        for each in queue
        for model in each.models
    }
    if not held:
        return []
    models, into = written_models(session), folder(session)
    found = []
    for opened in ticked(session):
        names = [volume_name(opened.tomogram.path, model.display.name) for model in models]
        there = [name for name in names if into / name in held]
        if there:
            new = settings(session, opened)
            found += [name for name in there if held[into / name] != new]
    return found


def state(session: Session) -> object:
    """Return a value that changes whenever the estimate of the planned export may."""
    return (
        session.exports.plan,
        folder(session),
        session.settings.precision,
        session.settings.rules_in_3d,
        tuple((each.id, each.ref, each.interaction, each.display) for each in trained(session)),
        tuple(
            (each.ref, each.voxel_size, each.export_slices, each.crop) for each in ticked(session)
        ),
    )
