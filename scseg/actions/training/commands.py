"""The commands that make training sets and train."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.actions.action import Action
from scseg.actions.training import generating, live_switch, new_set, runs
from scseg.actions.view import view
from scseg.state.panel_layout import Stage

if TYPE_CHECKING:
    from scseg.state.models import Model
    from scseg.state.session import Session


def _can_generate(session: Session) -> bool:
    return not new_set.obstacle(session)


def _generate(session: Session) -> None:
    view.set_stage(session, Stage.MODELS)
    generating.generate(session)


def _trainable(session: Session) -> list[Model]:
    return [model for model in session.models if not runs.obstacle(model)]


def _can_train(session: Session) -> bool:
    return bool(_trainable(session))


def _train(session: Session) -> None:
    """Train the one model that can be trained; of several, the user says which."""
    view.set_stage(session, Stage.MODELS)
    trainable = _trainable(session)
    if len(trainable) == 1:
        runs.begin(session, trainable[0])
    else:
        names = ", ".join(model.display.name for model in trainable)
        session.notify("info", f"Click train in the tab Training of one of these: {names}.")


TRAINING = (
    Action(
        "learn-live",
        "Learn while drawing",
        "Let a model learn the chosen feature while it is drawn: its mask follows what you draw and erase.",
        live_switch.switch_chosen,
        ("Shift+L",),
        menu="Edit",
        section=1,
        enabled=live_switch.can_switch,
        checked=live_switch.chosen_is_learnt,
        words="live online interactive train network follow mask",
    ),
    Action(
        "generate-set",
        "Generate training set…",
        "Cut out the boxes of the features that are chosen on the stage Models, for a network to learn from.",
        _generate,
        menu="Edit",
        section=1,
        enabled=_can_generate,
        words="train learn extract samples scnt make",
    ),
    Action(
        "train",
        "Train the model",
        "Let the model learn from its training set.",
        _train,
        menu="Edit",
        section=1,
        enabled=_can_train,
        words="learn network start training fit",
    ),
)
