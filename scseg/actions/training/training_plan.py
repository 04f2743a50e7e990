"""What the next training of a model is to be: its network, its training set, its parameters."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from scseg.actions.models import model_list
from scseg.actions.view import view
from scseg.base.errors import ScsegError
from scseg.datasets.training_sets.summary import TrainingSetSummary, summarise
from scseg.datasets.training_sets.training_set import load_training_set
from scseg.models import compatibility
from scseg.models.architectures.table import ARCHITECTURES
from scseg.state.panel_layout import Stage
from scseg.state.requests import FilesToOpen, Work

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scseg.base.progress import Report
    from scseg.models.description import ModelDescription, TrainingParameters
    from scseg.state.models import Model, TrainingPlan
    from scseg.state.requests import Workflow
    from scseg.state.session import Session


def set_architecture(session: Session, model: Model, name: str) -> None:
    """Choose the network of a model that has learnt nothing yet, if it can take the boxes of its set."""
    if model.run is not None or model.weights is not None:
        return
    plan = replace(model.plan, architecture=name)
    try:
        _check(plan, None)
    except ScsegError as error:
        session.notify("error", str(error))
    else:
        model.plan = plan


def set_parameters(model: Model, parameters: TrainingParameters) -> None:
    if model.run is None:
        model.plan = replace(model.plan, parameters=parameters)


def choose_set(session: Session, model: Model) -> None:
    """Ask for the training set of a model."""
    session.requests.append(_choose_set(session, model))


def _choose_set(session: Session, model: Model) -> Workflow:
    title = f"Choose the training set of {model.display.name}"
    chosen: tuple[Path, ...] = yield FilesToOpen("training set", title)
    yield from read_set(session, model, chosen[0])


def read_set(session: Session, model: Model, path: Path) -> Workflow:
    """Read a training set, then give it to a model."""
    found: TrainingSetSummary = yield Work(f"Reading {path.name}", partial(_read, path.absolute()))
    take_set(session, model, found)


def take_set(session: Session, model: Model, found: TrainingSetSummary) -> None:
    """Give a model its training set; one that nobody has named yet gets the name of the feature.

    Raises:
        ScsegError: the model cannot learn from it, because of its box size, depth or pixel size.
    """
    if model.run is not None:
        raise ScsegError(f"{model.display.name} is being trained: stop that first.")
    plan = replace(model.plan, training_set=found)
    _check(plan, model.description)
    model.plan = plan
    if found.features and model_list.is_unnamed(model):
        model_list.call_as_feature(session, model, " + ".join(found.features))


def offer_set(session: Session, found: TrainingSetSummary) -> None:
    """Give a training set to the models that know it, else to the model of its feature, or to a new one.

    One that was added without a name takes it, too, and the user is told. Another empty model never does.
    Under the name of the set that a model knows may now be one that it cannot learn from; it is told so
    when it is to be trained.
    """
    free = [model for model in session.models if model.run is None]
    known = []
    for model in free:
        if _set_path(model) == found.path:
            model.plan = replace(model.plan, training_set=found)
            known += [] if misfit(model) else [model]
    for model in known or [_taker(session, free, found)]:
        take_set(session, model, found)
    view.set_stage(session, Stage.MODELS)


def _taker(session: Session, free: Sequence[Model], found: TrainingSetSummary) -> Model:
    """Return the model of the set's feature that can learn from it, one without a name, or a new one."""
    name = " + ".join(found.features)
    for model in reversed(free):
        named = replace(model.plan, training_set=found)
        if model.display.name == name and not _trouble(named, model.description):
            if before := _set_path(model):
                sentence = f"{name} learns from {found.path} now, no more from {before}."
                session.notify("info", sentence)
            return model
    unnamed = [each for each in free if each.weights is None and each.plan.training_set is None]
    unnamed = [each for each in unnamed if model_list.is_unnamed(each)]
    if not unnamed:
        session.notify("info", f"The training set comes with a new model: {name}.")
        return model_list.new(session)
    session.notify(
        "info", f"{unnamed[-1].display.name} takes the training set, and is called {name} now."
    )
    return unnamed[-1]


def misfit(model: Model) -> str:
    """Return why a model cannot learn from its set, as far as that is known before; nothing where it can."""
    return _trouble(model.plan, model.description)


def _trouble(plan: TrainingPlan, trained: ModelDescription | None) -> str:
    try:
        _check(plan, trained)
    except ScsegError as error:
        return str(error)
    return ""


def _check(plan: TrainingPlan, trained: ModelDescription | None) -> None:
    """Make sure that a plan can be carried out, as far as is known before the process for it starts.

    Raises:
        ScsegError: the network cannot take the boxes, or the model has learnt from others.
    """
    found = plan.training_set
    architecture = ARCHITECTURES.get(plan.architecture)
    if found is not None and architecture is not None:
        compatibility.check_box_size(architecture.name, architecture.divisor, found.box_size)
    if found is not None and trained is not None:
        compatibility.check_can_continue(trained, plan.architecture, found)


def _set_path(model: Model) -> str:
    return model.plan.training_set.path if model.plan.training_set is not None else ""


def _read(path: Path, _: Report) -> TrainingSetSummary:
    return summarise(load_training_set(path), path)
