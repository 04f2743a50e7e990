"""Learning while one draws: a run whose set is what is drawn and boxed, as it stands."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scseg.actions.annotation import changes
from scseg.actions.models import model_list
from scseg.state.models import LiveLearning, TrainingRun

if TYPE_CHECKING:
    from scseg.state.models import Model
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram


def feature_of(session: Session, model: Model) -> str:
    """Return the name of the feature that a model learns: its own, else the chosen one if it has no name."""
    name = model.display.name
    if name in _names(session).values():
        return name
    chosen = changes.chosen_feature(session)
    return chosen.name if chosen is not None and model_list.is_unnamed(model) else ""


def obstacle(session: Session, model: Model) -> str:
    """Return why a model cannot learn live now; nothing where it can."""
    if model.run is not None:
        return "It is being trained, or waits for its turn."
    if model.unloaded is not None:
        return f"{model.unloaded.path} is not loaded: load it first, or add a new model."
    name = feature_of(session, model)
    if not name:
        return f"No tomogram that is open has a feature {model.display.name}: add it, or rename the model."
    if any(opened.apix is None for opened in taught_by(session, name)):
        return "The pixel size of a tomogram is unknown: give it in Datasets."
    return ""


def begin(session: Session, model: Model) -> None:
    """Let a model learn what is drawn of its feature, until it is stopped."""
    if obstacle(session, model):
        return
    name = feature_of(session, model)
    if model.display.name != name:
        model_list.call_as_feature(session, model, name)
    numbers = [each.run.number for each in session.models if each.run is not None]
    model.run = TrainingRun(max(numbers, default=0) + 1, live=LiveLearning(name))


def follow_renaming(session: Session, model: Model) -> None:
    """Go on with a feature that is called otherwise now; the model is then called so, too."""
    run = model.run
    if run is None or run.live is None:
        return
    known, names = run.live, _names(session)
    there = frozenset(each for each, name in names.items() if name == known.name)
    renamed = sorted({names[each] for each in known.ids & names.keys()})
    if there:
        if there != known.ids:
            model.run = replace(run, live=replace(known, ids=there))
    elif renamed:
        if model.display.name == known.name:
            model_list.call_as_feature(session, model, renamed[0])
        model.run = replace(run, live=replace(known, name=renamed[0]))


def _names(session: Session) -> dict[str, str]:
    """Return the names of all features by their ids."""
    return {each.id: each.name for opened in session.tomograms for each in opened.features}


def taught_by(session: Session, name: str) -> list[OpenTomogram]:
    """Return the tomograms that have a feature of a name."""
    return [
        opened for opened in session.tomograms if any(each.name == name for each in opened.features)
    ]
