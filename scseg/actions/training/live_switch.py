"""The switch of learning while one draws, of a model or of a feature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.actions.annotation import changes
from scseg.actions.models import model_list
from scseg.actions.training import live, runs
from scseg.annotations.live_material import wrong_name
from scseg.state.live_learning import learner_of
from scseg.state.models import Display, Model

if TYPE_CHECKING:
    from scseg.annotations.feature import Feature
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram


def learns_live(model: Model) -> bool:
    return model.run is not None and model.run.live is not None


def switch_model(session: Session, model: Model) -> None:
    """Let a model learn live, or no more."""
    if learns_live(model):
        runs.stop(model)
    else:
        live.begin(session, model)


def switch_feature(session: Session, feature: Feature) -> None:
    """Let a feature be learnt while it is drawn, or no more; by the model of its name, or by a new one."""
    learner = learner_of(session, feature.name)
    if learner is not None:
        runs.stop(learner)
        return
    model = _model_of(session, feature)
    live.begin(session, model)
    session.notify("info", f"{model.display.name} is learnt while you draw: its mask follows.")


def obstacle_of(session: Session, feature: Feature) -> str:
    """Return why a feature cannot be learnt live now; nothing where it can, or where it is."""
    if learner_of(session, feature.name) is not None:
        return ""
    opened = session.active
    if opened is not None and (other := says_wrong_of(opened, feature)):
        return f"It says where {other} is not, and is learnt with that."
    if opened is not None and opened.apix is None:
        return "The pixel size of the tomogram is unknown: give it in Datasets."
    return ""


def says_wrong_of(opened: OpenTomogram, feature: Feature) -> str:
    """Return the name of the feature of which this one says where it is not; empty if of none."""
    others = (each.name for each in opened.features if wrong_name(each.name) == feature.name)
    return next(others, "")


def can_switch(session: Session) -> bool:
    feature = changes.chosen_feature(session)
    return feature is not None and not obstacle_of(session, feature)


def switch_chosen(session: Session) -> None:
    """Switch the feature that tools draw."""
    feature = changes.chosen_feature(session)
    if feature is not None:
        switch_feature(session, feature)


def chosen_is_learnt(session: Session) -> bool:
    feature = changes.chosen_feature(session)
    return feature is not None and learner_of(session, feature.name) is not None


def _model_of(session: Session, feature: Feature) -> Model:
    """Return the latest model of a feature's name that can learn live, or a new one."""
    for model in reversed(session.models):
        if model.display.name == feature.name and not live.obstacle(session, model):
            return model
    model = Model(Display(feature.name, feature.colour))
    model_list.change(session, [*session.models, model], f"add {feature.name}")
    return model
