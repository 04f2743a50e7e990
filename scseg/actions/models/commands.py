"""The commands on the list of models."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from scseg.actions import opening
from scseg.actions.action import Action
from scseg.actions.models import advice, files, groups, model_list, ready_networks
from scseg.actions.view import view
from scseg.models.starters.ready import COLOURS, ready_features
from scseg.state.panel_layout import Stage

if TYPE_CHECKING:
    from scseg.state.session import Session


def _choose_models(session: Session) -> None:
    opening.ask(session, "model")


def _add_model(session: Session) -> None:
    model_list.new(session)


def _search(session: Session) -> None:
    if session.active is not None:
        view.set_stage(session, Stage.MODELS)
        advice.search(session, 0, session.active.shape[0] - 1)


def _ready(feature: str) -> Action:
    return Action(
        f"ready-{feature.lower()}",
        f"{READY}: {feature}",
        f"Add a network that finds {feature.lower()}s at once. It was taught on simulated tomograms: its "
        "masks are a draft to be mended.",
        partial(ready_networks.add, feature=feature),
        menu="Edit",
        section=1,
        submenu=READY,
        enabled=lambda _: feature in ready_features(),
        words="pretrained starter draft automatic segment without annotation model",
    )


READY = "Ready network"
READY_NETWORKS = tuple(map(_ready, COLOURS))

MODELS = (
    Action(
        "add-model",
        "Add model",
        "A new model, to be trained on a training set.",
        _add_model,
        ("Ctrl+M",),
        "Edit",
        1,
        words="train learn new network create",
    ),
    *READY_NETWORKS,
    Action(
        "search-doubt",
        "Find doubtful places",
        "List where the active models are least certain: where the next annotation teaches most.",
        _search,
        (),
        "Edit",
        1,
        enabled=advice.can_search,
        words="uncertain where next active learning confidence",
    ),
    Action(
        "load-model",
        "Load model…",
        "Load trained models (.scnm, or a group of them: .scnmgroup) and see what they find on the slice.",
        _choose_models,
        ("Ctrl+L",),
        "File",
        words="open import network weights apply predict segment",
    ),
    Action(
        "save-group",
        "Save models as a group…",
        "Save all trained models and how they act on one another (.scnmgroup), to be loaded together.",
        groups.save,
        (),
        "File",
        enabled=groups.can_save,
        words="export keep network interactions rules",
    ),
    Action(
        "unsaved-models",
        "Bring back unsaved models",
        "Put every model into the list that was trained and not saved, also of earlier days.",
        files.bring_back,
        (),
        "File",
        words="restore recover lost network trained",
    ),
)
