"""How far a model can be trusted: held against a training set, or against what is annotated here."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scseg.actions.models import checks
from scseg.annotations import training_boxes
from scseg.base.progress import sub_report
from scseg.compute.checking import CheckOptions, check_model
from scseg.datasets.tomogram import open_tomogram
from scseg.datasets.training_sets.extraction import SetParameters, extract
from scseg.datasets.training_sets.training_set import save_training_set
from scseg.state.checks import CheckedModel
from scseg.state.requests import FilesToOpen, Work

if TYPE_CHECKING:
    from collections.abc import Callable

    from scseg.annotations.contents import Contents
    from scseg.annotations.feature import Feature
    from scseg.annotations.training_boxes import Choices
    from scseg.base.progress import Report
    from scseg.compute.checking import ModelCheck
    from scseg.compute.messages import TomogramRef
    from scseg.state.models import Model
    from scseg.state.requests import Workflow
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram


@dataclass(frozen=True, eq=False)
class _Annotated:
    """Boxes of a tomogram, as it is annotated now, and how they are to be cut out."""

    ref: TomogramRef
    contents: Contents
    choices: Choices
    parameters: SetParameters


def obstacle(model: Model) -> str:
    """Return why a model cannot be checked now; nothing where it can."""
    if model.checking:
        return "It is being checked: wait for that, or cancel it beside its bar."
    if model.run is not None:
        return "Not while the model is being trained."
    if model.weights is None:
        return "The model has learnt nothing yet."
    return ""


def check_set(session: Session, model: Model, path: Path) -> None:
    """Hold a model against the boxes of a training set (.scnt)."""
    if model.weights is not None and not obstacle(model):
        options = CheckOptions(precision=session.settings.precision)
        run = partial(check_model, Path(model.weights.ref.path), path, options)
        sha256 = model.weights.ref.weights_sha256
        checked = partial(CheckedModel, weights_sha256=sha256, of=path.name)
        _begin(session, model, checked, run)


def choose_set(session: Session, model: Model) -> None:
    """Ask for the training set that a model is held against."""
    session.requests.append(_choose_set(session, model))


def _choose_set(session: Session, model: Model) -> Workflow:
    title = f"Training set to check {model.display.name} with"
    chosen: tuple[Path, ...] = yield FilesToOpen("training set", title)
    check_set(session, model, chosen[0])


def feature_obstacle(opened: OpenTomogram, feature: Feature) -> str:
    """Return why the boxes of a feature cannot be used now; nothing where they can."""
    if opened.annotation is None:
        return "Its annotation is still being opened."
    if opened.apix is None:
        return "Give the pixel size of this tomogram first."
    return "" if opened.annotation.boxes(feature.id) else "There are no boxes of it here."


def check_feature(session: Session, model: Model, opened: OpenTomogram, feature: Feature) -> None:
    """Hold a model against the boxes of a feature, as they are annotated now.

    Boxes of features that are negatives of the next training set are background here, too.
    """
    weights = model.weights
    if weights is None or opened.annotation is None:
        return
    if obstacle(model) or feature_obstacle(opened, feature):
        return
    negatives = [
        name
        for name, choice in session.set_plan.choices.items()
        if choice == -1 and name != feature.name
    ]
    choices: Choices = {**dict.fromkeys(negatives, -1), feature.name: 1}
    trained = weights.description
    parameters = SetParameters(
        trained.box_size, trained.apix, (feature.name,), tuple(negatives), trained.depth
    )
    annotation = opened.annotation
    cut_from = _Annotated(opened.ref, annotation.contents.snapshot(), choices, parameters)
    options = CheckOptions(precision=session.settings.precision)
    run = partial(_checked_annotation, Path(weights.ref.path), cut_from, options)
    checked = partial(
        CheckedModel,
        weights_sha256=weights.ref.weights_sha256,
        of=f"{feature.name} in {opened.name}",
        tomogram=opened.ref,
        drawn=(annotation, annotation.revision),
    )
    _begin(session, model, checked, run)


def _checked_annotation(
    model: Path, annotated: _Annotated, options: CheckOptions, report: Report
) -> ModelCheck:
    """Cut out the boxes for this alone, and predict them; the tomogram is opened for this thread."""
    ref = annotated.ref
    opening = sub_report(report, 0.0, 0.1)
    tomogram = open_tomogram(Path(ref.path), apix=ref.apix, signed=ref.signed, report=opening)
    cut_from = training_boxes.annotated_tomogram(tomogram, annotated.contents, annotated.choices)
    boxes = extract([cut_from], annotated.parameters, sub_report(report, 0.1, 0.3))
    with tempfile.TemporaryDirectory(prefix="scseg-check-") as folder:
        path = Path(folder) / "boxes.scnt"
        save_training_set(boxes, path)
        return check_model(model, path, options, sub_report(report, 0.3, 1.0))


def _begin(
    session: Session,
    model: Model,
    checked: Callable[[ModelCheck], CheckedModel],
    run: Callable[[Report], ModelCheck],
) -> None:
    model.checking = True
    session.requests.append(_check(session, model, checked, run))


def _check(
    session: Session,
    model: Model,
    checked: Callable[[ModelCheck], CheckedModel],
    run: Callable[[Report], ModelCheck],
) -> Workflow:
    try:
        model.checked = checked((yield Work(f"Checking {model.display.name}", run)))
    finally:
        model.checking = False
    if model in session.models and checks.current(model) is None:
        session.notify("info", f"{model.display.name} has learnt on meanwhile: check it again.")
