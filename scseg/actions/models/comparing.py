"""Two models compared: on the slice in view, and by Dice on the slices where a feature is drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from scseg.base.labels import FEATURE, IGNORE
from scseg.interactions.rules import models_needed
from scseg.interactions.slice_interactions import SliceInteractions
from scseg.preview import needed_slices
from scseg.state.active_models import is_active
from scseg.state.comparison import Comparison, SliceDice, SlicesDice
from scseg.state.requests import Work
from scseg.state.slice_batch import SliceBatch

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from scseg.annotations.contents import Contents
    from scseg.annotations.feature import Feature
    from scseg.base.progress import Report
    from scseg.base.rect import Rect
    from scseg.compute.messages import SliceRequest
    from scseg.interactions.rules import SettingsByModel
    from scseg.state.models import Model
    from scseg.state.requests import Workflow
    from scseg.state.session import Session
    from scseg.state.slice_batch import Arrays
    from scseg.state.tomograms import OpenTomogram


@dataclass(frozen=True, eq=False)
class _Measuring:
    """How both masks come about on any slice, and what they are compared with; `part` is the crop.

    `thresholds` go by the ids of the models, the first one first.
    """

    thresholds: Mapping[str, float]
    interactions: SettingsByModel
    apix: float
    part: Rect
    contents: Contents
    feature: str

    def dice(self, z: int, arrays: Arrays) -> SliceDice:
        """Return how well both do on a slice, in the crop and where nothing is ignored."""
        inside = self.part.slices
        labels = self.contents.mask(self.feature, z)[inside]
        acting = SliceInteractions(arrays, self.interactions)
        scores = []
        for model, threshold in self.thresholds.items():
            found = arrays[model] >= np.float32(threshold)
            kept = acting.allowed(model, self.interactions[model].rules, self.apix)
            if kept is not None:
                found &= kept
            scores.append(_dice(found[inside], labels))
        return SliceDice(z, *scores)


def others(session: Session, model: Model) -> list[Model]:
    """Return the models that one can be compared with."""
    return [each for each in session.models if each is not model and each.ref is not None]


def obstacle(model: Model) -> str:
    """Return why a model cannot be compared; nothing where it can."""
    return "The model has learnt nothing yet." if model.ref is None else ""


def start(session: Session, first: Model, second: Model) -> None:
    """Compare two models on the slice."""
    session.comparison = Comparison(first.id, second.id)


def stop(session: Session) -> None:
    session.comparison = None


def compared(session: Session) -> tuple[Model, Model] | None:
    """Return the models that are compared; None if there are none, or one of them is not there."""
    comparison = session.comparison
    if comparison is None:
        return None
    by_id = {model.id: model for model in session.models}
    first, second = by_id.get(comparison.first), by_id.get(comparison.second)
    return None if first is None or second is None else (first, second)


def names(session: Session, models: tuple[Model, Model]) -> tuple[str, str]:
    """Return what two models are called; those of one name by their places in the list, too."""
    first, second = (model.display.name for model in models)
    if first != second:
        return first, second
    places = (session.models.index(model) + 1 for model in models)
    return f"{first}, model {next(places)}", f"{second}, model {next(places)}"


def hindrance(session: Session) -> str:
    """Return why nothing of the comparison is seen on the slice; nothing where it is."""
    models = compared(session)
    if models is None:
        return ""
    for model, name in zip(models, names(session, models), strict=True):
        if not is_active(model, session.active) or not model.display.show:
            return f"Tick active and show of {name}: both masks are needed."
    return ""


def measuring_obstacle(session: Session, opened: OpenTomogram, feature: Feature) -> str:
    """Return why the Dice with a feature cannot be found out; nothing where it can."""
    if hindrance(session):
        return hindrance(session)
    if opened.apix is None:
        return "Give the pixel size of this tomogram first."
    if session.slice_batches:
        return "Slices are being predicted: wait for that, or cancel it beside its bar."
    return (
        "" if _slices(opened, feature) else "Nothing of it is drawn, at least not inside the crop."
    )


def measure(session: Session, opened: OpenTomogram, feature: Feature) -> None:
    """Find out the Dice of both models on all slices where a feature is drawn."""
    models, annotation = compared(session), opened.annotation
    if models is None or annotation is None or opened.apix is None:
        return
    if measuring_obstacle(session, opened, feature):
        return
    acting = needed_slices.interactions(session, opened)
    wanted = models_needed([model.id for model in models], acting)
    requests = {z: _asked(session, opened, wanted, z) for z in _slices(opened, feature)}
    measuring = _Measuring(
        {model.id: model.display.threshold for model in models},
        {each: acting[each] for each in wanted},
        opened.apix,
        needed_slices.shown_part(opened),
        annotation.contents.snapshot(),
        feature.id,
    )
    batch = SliceBatch(opened.ref, requests)
    session.slice_batches.append(batch)
    of = _state(session, opened, models)
    drawn = annotation, annotation.revision
    nothing = SlicesDice(opened.ref, feature.name, of, drawn, ())
    run = partial(_measured, batch, measuring)
    work = Work(f"Comparing models with {feature.name}", run)
    session.requests.append(_measure(session, nothing, work))
    _set_measuring(session, measuring=True)


def _measure(session: Session, nothing: SlicesDice, work: Work[tuple[SliceDice, ...]]) -> Workflow:
    ids = _ids(session)
    try:
        found: tuple[SliceDice, ...] = yield work
        if session.comparison is not None and _ids(session) == ids:
            session.comparison = replace(
                session.comparison, measured=replace(nothing, slices=found)
            )
    finally:
        _set_measuring(session, measuring=False)


def _measured(batch: SliceBatch, measuring: _Measuring, report: Report) -> tuple[SliceDice, ...]:
    return tuple(measuring.dice(z, arrays) for z, arrays in batch.predictions(report))


def is_stale(session: Session, measured: SlicesDice) -> bool:
    """Tell whether masks or annotation may have changed since."""
    opened, models = session.tomogram_of(measured.tomogram), compared(session)
    if opened is None or models is None:
        return models is None
    annotation = opened.annotation
    if annotation is None or (annotation, annotation.revision) != measured.drawn:
        return True
    return _state(session, opened, models) != measured.of


def _state(session: Session, opened: OpenTomogram, models: tuple[Model, Model]) -> object:
    """Return all that the masks of two models depend on; None where one of them is not active."""
    acting = needed_slices.interactions(session, opened)
    ids = [model.id for model in models]
    if not acting.keys() >= set(ids):
        return None
    wanted = models_needed(ids, acting)
    part, slices = needed_slices.shown_part(opened), needed_slices.shown_slices(opened)
    thresholds = [model.display.threshold for model in models]
    settings = {each: acting[each] for each in wanted}
    return thresholds, settings, part, slices, _asked(session, opened, wanted, slices[0])


def _asked(
    session: Session, opened: OpenTomogram, models: Iterable[str], z: int
) -> dict[str, SliceRequest]:
    """Return what is asked for a slice of models, by their ids."""
    asked = needed_slices.requests_of_slice(session, opened, z)
    return {each: asked[each] for each in models}


def _ids(session: Session) -> tuple[str, str] | None:
    comparison = session.comparison
    return None if comparison is None else (comparison.first, comparison.second)


def _set_measuring(session: Session, *, measuring: bool) -> None:
    if session.comparison is not None:
        session.comparison = replace(session.comparison, measuring=measuring)


def _slices(opened: OpenTomogram, feature: Feature) -> list[int]:
    """Return the slices on which a feature is drawn, of those that are predicted."""
    drawn = () if opened.annotation is None else opened.annotation.slices(feature.id)
    predicted = needed_slices.shown_slices(opened)
    return [z for z in drawn if z in predicted]


def _dice(found: NDArray[np.bool_], labels: NDArray[np.uint8]) -> float:
    found, feature = found & (labels != IGNORE), labels == FEATURE
    total = int(found.sum()) + int(feature.sum())
    return 2.0 * int((found & feature).sum()) / total if total else float("nan")
