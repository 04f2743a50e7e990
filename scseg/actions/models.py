"""Loaded models: adding, removing, how they are drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scseg.actions import view
from scseg.compute.messages import ModelRef
from scseg.models import orientations
from scseg.open_models import Display, Model, Plan, Weights

if TYPE_CHECKING:
    from pathlib import Path

    from scseg.models.description import ModelDescription
    from scseg.session import Session


def add(session: Session, path: Path, description: ModelDescription) -> Model:
    """Put a model into the window; one of the same file gets the new weights and keeps its settings."""
    weights = Weights(ModelRef(str(path), description.weights_sha256), description)
    session.settings = session.settings.opened(path)
    for model in session.models:
        if model.ref is not None and model.ref.path == weights.ref.path:
            model.weights = weights
            return model
    display = Display(
        description.name,
        description.colour,
        alpha=description.display.alpha,
        overlap=description.display.overlap,
        threshold=description.display.threshold,
    )
    model = Model(display, Plan(description.architecture), weights)
    session.models.append(model)
    view.set_stage(session, "Models")
    return model


def remove(session: Session, model: Model) -> None:
    session.models.remove(model)


def set_display(model: Model, display: Display) -> None:
    model.display = replace(
        display,
        alpha=_within(display.alpha, 0.0, 1.0),
        overlap=_within(display.overlap, 0.0, 0.67),
        threshold=_within(display.threshold, 0.0, 1.0),
        averaging=max(1, min(display.averaging, orientations.COUNT)),
    )


def _within(value: float, lowest: float, highest: float) -> float:
    return max(lowest, min(value, highest))
