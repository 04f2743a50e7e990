"""The last session brought back: its tomograms, its models, and what they had learnt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scseg.actions.exports import planning
from scseg.actions.models import model_list
from scseg.actions.tomograms import reopening
from scseg.actions.training import new_set
from scseg.models import unsaved_models
from scseg.state.models import Model, UnloadedWeights
from scseg.state.tomograms import MissingTomogram

if TYPE_CHECKING:
    from scseg.compute.messages import TomogramRef
    from scseg.datasets.tomogram import Tomogram
    from scseg.persistence.last_models import ModelRecord
    from scseg.persistence.last_session import LastSession
    from scseg.state.models import Weights
    from scseg.state.session import Session

WAITS = "waits to be opened"


def restore_session(session: Session, last: LastSession) -> None:
    """Go on with the last session; its tomograms stand in the list before they are open."""
    session.missing = [MissingTomogram(each, WAITS) for each in last.tomograms]
    session.overlays, session.tomogram_order, session.tool = last.overlays, last.listing, last.tool
    session.panels = last.panels
    new_set.set_plan(session, last.set_plan)
    planning.set_plan(session, last.export_plan)


def restore(
    session: Session, absent: MissingTomogram, tomogram: Tomogram, ref: TomogramRef
) -> None:
    """Open a tomogram of the last session, unless its row was closed in the meantime."""
    if absent in session.missing:
        opened = reopening.put_in_place(session, absent, tomogram, ref)
        session.active = session.active or opened


def restore_model(session: Session, kept: ModelRecord) -> Model:
    """Put a model of the last session into the list again; what it has learnt is to be read."""
    model = Model(kept.display, kept.plan)
    model.id, model.interaction = kept.id or model.id, kept.interaction
    if kept.path:
        model.unloaded = UnloadedWeights(kept.path, kept.kept)
    elif kept.training:
        model.unloaded = UnloadedWeights(str(unsaved_models.model_folder(model.id)), kept=False)
    model_list.set_display(model, kept.display)
    session.models.append(model)
    return model


@dataclass(frozen=True)
class RestoredWeights:
    """What a model had learnt, and what its latest run had left to choose from: both or none."""

    weights: Weights | None
    last: Weights | None = None
    best: Weights | None = None


def restore_weights(model: Model, learnt: RestoredWeights) -> None:
    """Give a model of the last session what it had learnt, unless it has other weights by now."""
    if model.weights is None:
        model.weights, model.unloaded = learnt.weights, None
        model.last, model.best = learnt.last, learnt.best
        if learnt.weights is not None:
            architecture = learnt.weights.description.architecture
            model.plan = replace(model.plan, architecture=architecture)


def tell_unsaved(session: Session, last: LastSession) -> None:
    """Tell of models that nobody has saved, where the session that they are of is not brought back."""
    names = [
        model.display.name
        for model in last.models
        if model.training or (model.path and not model.kept)
    ]
    if names:
        session.notify(
            "info",
            f"What was learnt in the last session is not saved yet: {', '.join(names)}. "
            "File / Bring back unsaved models shows it.",
        )
