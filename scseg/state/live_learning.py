"""Which models learn a feature while it is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scseg.state.models import Model
    from scseg.state.session import Session


def learner_of(session: Session, name: str) -> Model | None:
    """Return the model that learns the feature of a name live, if any."""
    for model in session.models:
        if model.run is not None and model.run.live is not None and model.run.live.name == name:
            return model
    return None
