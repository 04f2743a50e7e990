"""Loaded models: adding, removing, how they are drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scseg.actions import view
from scseg.compute.messages import ModelRef
from scseg.session import Display, LoadedModel

if TYPE_CHECKING:
    from pathlib import Path

    from scseg.models.description import ModelDescription
    from scseg.session import Session


def add(session: Session, path: Path, description: ModelDescription) -> LoadedModel:
    """Put a model into the window; one of the same file gets the new weights and keeps its settings."""
    ref = ModelRef(str(path), description.weights_sha256)
    session.settings = session.settings.opened(path)
    for model in session.models:
        if model.ref.path == ref.path:
            model.ref, model.description = ref, description
            return model
    display = Display(
        description.name,
        description.colour,
        alpha=description.display.alpha,
        overlap=description.display.overlap,
        threshold=description.display.threshold,
    )
    model = LoadedModel(ref, description, display)
    session.models.append(model)
    view.set_stage(session, "Models")
    return model


def remove(session: Session, model: LoadedModel) -> None:
    session.models.remove(model)


def set_display(model: LoadedModel, display: Display) -> None:
    model.display = replace(
        display,
        alpha=_within(display.alpha, 0.0, 1.0),
        overlap=_within(display.overlap, 0.0, 0.67),
        threshold=_within(display.threshold, 0.0, 1.0),
    )


def _within(value: float, lowest: float, highest: float) -> float:
    return max(lowest, min(value, highest))
