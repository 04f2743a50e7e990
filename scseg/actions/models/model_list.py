"""The list of models: adding, loading, removing, how they are drawn."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from scseg.actions import notices
from scseg.actions.annotation.known_names import known_looks
from scseg.actions.models import interactions
from scseg.actions.view import view
from scseg.annotations.feature import COLOURS, LONGEST_NAME
from scseg.compute.messages import ModelRef
from scseg.models.tiling import orientations
from scseg.state.models import Display, Model, TrainingPlan, Weights
from scseg.state.panel_layout import Stage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scseg.models.description import ModelDescription
    from scseg.state.session import Session

UNNAMED = "Model"

MOST_BEFORE = 3
"""The last epoch and the end of a training follow hard upon one another."""


def new(session: Session) -> Model:
    """Add a model that has learnt nothing yet."""
    taken = [model.display.colour for model in session.models]
    colour = min(COLOURS, key=taken.count)
    names = {model.display.name for model in session.models}
    number = next(n for n in range(1, len(names) + 2) if f"{UNNAMED} {n}" not in names)
    model = Model(Display(f"{UNNAMED} {number}", colour))
    change(session, [*session.models, model], f"add {model.display.name}")
    view.set_stage(session, Stage.MODELS)
    return model


def add(session: Session, path: Path, description: ModelDescription) -> Model:
    """Put a model into the window; one of the same file gets the new weights and keeps its settings.

    Nothing would be seen of that: it is told.
    """
    session.settings = session.settings.opened(path)
    ref = ModelRef(str(path), description.weights_sha256)
    for model in session.models:
        where = model.ref or model.unloaded
        if where is not None and where.path == ref.path and model.run is None:
            if model.ref is not None:
                _tell_open(session, model, same=model.ref == ref)
            model.weights, model.unloaded = Weights(ref, description), None
            model.plan = replace(model.plan, architecture=description.architecture)
            return model
    model = Model(display_of(description))
    load(session, model, path, description)
    change(session, [*session.models, model], f"load {model.display.name}")
    view.set_stage(session, Stage.MODELS)
    return model


def _tell_open(session: Session, model: Model, *, same: bool) -> None:
    """Tell why loading a model adds none to the list."""
    done = "" if same else ", and has now learnt what its file holds: that was saved anew"
    session.notify("info", f"The model {model.display.name} of this file is open already{done}.")
    view.set_stage(session, Stage.MODELS)


def load(
    session: Session, model: Model, path: Path, description: ModelDescription, *, kept: bool = True
) -> None:
    """Give a model of the window the weights, name and looks of a file."""
    if kept:
        session.settings = session.settings.opened(path)
    model.weights = Weights(ModelRef(str(path), description.weights_sha256), description, kept)
    model.unloaded = None
    model.display = display_of(description)
    model.plan = TrainingPlan(
        description.architecture, model.plan.training_set, description.training
    )
    model.epochs, model.last, model.best, model.before = (), None, None, ()


def replaceable(session: Session, model: Model) -> Model:
    """Return what can take other weights: a model, or another in its place where undo is to bring it back."""
    if all(each is None or each.kept for each in (model.weights, model.last, model.best)):
        return model
    fresh = Model(model.display, model.plan, interaction=model.interaction)
    interactions.commit(session)
    before = interactions.models_state(session.models)
    session.models[:] = [fresh if each is model else each for each in session.models]
    interactions.rename_partner(session, model.id, fresh.id)
    interactions.record_step(session, before, f"load over {model.display.name}")
    return fresh


def display_of(description: ModelDescription) -> Display:
    """Return the looks that a model was saved with."""
    return Display(
        description.name,
        description.colour,
        alpha=description.display.alpha,
        overlap=description.display.overlap,
        threshold=description.display.threshold,
    )


def remove(session: Session, model: Model) -> None:
    """Take a model out of the list, and the rules that others have with it; undo brings all back.

    One that is being trained stays.
    """
    if model.run is None:
        others = [each for each in session.models if each is not model]
        change(session, others, f"remove {model.display.name}")
        notices.tell_removed(session, model.display.name)


def change(session: Session, models: Sequence[Model], label: str) -> None:
    """Make these the list of models, as a step that can be undone; `label` tells what was done."""
    interactions.commit(session)
    before = interactions.models_state(session.models)
    added = [model for model in models if model not in session.models]
    session.added_model = added[-1] if added else session.added_model
    session.models[:] = models
    interactions.drop_rules_without_partner(session)
    interactions.record_step(session, before, label)


def set_display(model: Model, display: Display) -> None:
    model.display = replace(
        display,
        name=display.name[:LONGEST_NAME],
        alpha=_within(display.alpha, 0.0, 1.0),
        overlap=_within(display.overlap, 0.0, 0.67),
        threshold=_within(display.threshold, 0.0, 1.0),
        averaging=max(1, min(display.averaging, orientations.COUNT)),
    )


def is_unnamed(model: Model) -> bool:
    """Tell whether a model has the name that it came with."""
    return re.fullmatch(rf"{UNNAMED} \d+", model.display.name) is not None


def call_as_feature(session: Session, model: Model, name: str) -> None:
    """Give a model the name of a feature, and its colour."""
    colour = known_looks(session).get(name, model.display.colour)
    set_display(model, replace(model.display, name=name, colour=colour))


def show_weights(model: Model, weights: Weights) -> None:
    """Go on with other weights; those before are seen until these have predicted the slice."""
    if model.ref is not None:
        model.before = (model.ref, *model.before)[:MOST_BEFORE]
    model.weights = weights


def _within(value: float, lowest: float, highest: float) -> float:
    return max(lowest, min(value, highest))
