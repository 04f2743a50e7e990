"""The stage Models: the training set to be made, a panel for each model, where next, how good they are."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, icons_fontawesome_6, imgui

from scseg.actions.commands import action
from scseg.actions.models import model_list
from scseg.actions.models.commands import READY, READY_NETWORKS
from scseg.actions.training import runs, training_plan
from scseg.gui.following import Followed
from scseg.gui.panel_list import in_places
from scseg.gui.panels import known_names
from scseg.gui.panels.models import (
    advice,
    check_results,
    comparison,
    interactions_tab,
    prediction_tab,
    training_set,
    training_tab,
)
from scseg.gui.steady import steady
from scseg.gui.widgets import (
    action_button,
    button,
    card,
    centre_button,
    colour_field,
    faint,
    header,
    remove_button,
    small_button,
    text_field,
    tooltip,
    unfolded,
    warning,
)
from scseg.models.architectures.table import ARCHITECTURES
from scseg.runtime.display import labels, model_texts
from scseg.state.active_models import why_waiting

if TYPE_CHECKING:
    from scseg.gui.ui import Ui
    from scseg.models.architectures.table import Architecture
    from scseg.state.models import Model
    from scseg.state.session import Session

TABS = {
    "Training": (training_tab.draw, "What the model learns from, and how."),
    "Prediction": (prediction_tab.draw, "How the model is applied, and how its mask is drawn."),
    "Interactions": (interactions_tab.draw, "What the model avoids or keeps to, and competition."),
}


READY_TOLD = (
    "Add a model that finds something at once: taught on simulated tomograms, a draft to be mended."
)


@dataclass
class Known:
    """The ids of models whose panels were drawn before."""

    models: set[str] = field(default_factory=set)


class Newest(Followed):
    """The model that was added last: nothing would be seen of one that comes below the window's edge."""


def draw(session: Session, ui: Ui) -> None:
    with steady("training set", ui):
        training_set.draw(session, ui)
    with steady("models", ui):
        if header("Models", session):
            _draw_models(session, ui)
    advice.draw(session, ui)
    comparison.draw(session, ui)
    check_results.draw(session, ui)


def _draw_models(session: Session, ui: Ui) -> None:
    newest = ui.state_of(Newest)
    for _, _, model in in_places("list", session.models, ui):
        with card(f"model {model.id}", ui):
            _draw_model(session, model, ui)
        if model is session.added_model:
            newest.choose(None, model)
            newest.bring_into_view()
    if not session.models:
        faint("Add a model and train it, or load one (Ctrl+L).")
    elif session.active is not None and session.active.apix is None:
        imgui.text_wrapped("Models wait for this tomogram's pixel size; give it in Datasets.")
    imgui.dummy(ImVec2(0, 0))
    # Side by side, with room for the faces of both.
    centre_button(f"{action('add-model').label}{' ' * 12}{READY}", ui)
    action_button(session, action("add-model"), ui, primary=not session.models)
    imgui.same_line()
    _draw_ready(session, ui)


def _draw_ready(session: Session, ui: Ui) -> None:
    """Draw the button that offers the ready networks."""
    if button(f"{READY}###ready", READY_TOLD, ui=ui):
        imgui.open_popup("ready networks")
    if imgui.begin_popup("ready networks"):
        for each in READY_NETWORKS:
            name = each.label.removeprefix(f"{READY}: ")
            if imgui.menu_item_simple(f"{name}###{each.id}", enabled=each.enabled(session)):
                each.run(session)
            tooltip(each.tooltip)
        imgui.end_popup()


def _draw_model(session: Session, model: Model, ui: Ui) -> None:
    whole = unfolded(model.id, session)
    _draw_title(session, model)
    if not whole:
        return
    # As high as the choice of an architecture, in whose place it comes.
    imgui.align_text_to_frame_padding()
    if model.unloaded is not None:
        faint(f"{Path(model.unloaded.path).name} is not loaded")
        tooltip(model.unloaded.path)
    elif model.weights is None and (model.run is None or not model.run.parameters):
        _draw_architecture(session, model)
    else:
        faint(model_texts.info_line(model))
        tooltip(model_texts.about(model))
    _draw_tabs(session, model, ui)
    # Below: the switch that it tells of must not move under the mouse when it goes.
    if session.active is not None and (waits := why_waiting(model, session.active)):
        warning(waits, ui)


def _draw_tabs(session: Session, model: Model, ui: Ui) -> None:
    known = ui.state_of(Known).models
    # One that comes trained is there to be applied.
    trained = model.weights is not None or model.unloaded is not None
    first = "Prediction" if trained and model.id not in known else ""
    known.add(model.id)
    if not imgui.begin_tab_bar("tabs"):
        return
    for name, (draw_tab, explained) in TABS.items():
        chosen = imgui.TabItemFlags_.set_selected if name == first else imgui.TabItemFlags_.none
        shown = imgui.begin_tab_item(name, None, chosen)[0]
        tooltip(explained)
        if shown:
            draw_tab(session, model, ui)
            imgui.end_tab_item()
    imgui.end_tab_bar()


def _draw_title(session: Session, model: Model) -> None:
    _draw_end(session, model)
    display = model.display
    imgui.same_line()
    colour = colour_field(display.colour, "The colour of this model's mask.")
    imgui.same_line()
    imgui.set_next_item_width(-1)
    _, name = text_field("###name", display.name)
    tooltip("What this model finds. Right-click for the names of the features.")
    picked = known_names.draw(session)
    display = replace(display, name=name, colour=colour)
    if display != model.display:
        model_list.set_display(model, display)
    if picked is not None:
        model_list.call_as_feature(session, model, picked)


def _draw_end(session: Session, model: Model) -> None:
    """Draw the button that removes a model, or in its place the one that stops its training."""
    if model.run is None:
        # Of a double click, the first one may have stopped the training whose button was in this place.
        clicked = remove_button(
            f"{icons_fontawesome_6.ICON_FA_XMARK}###remove",
            "Remove this model; undo brings it back. What it has learnt stays on the disk for two weeks.",
        )
        if clicked:
            model_list.remove(session, model)
        return
    imgui.begin_disabled(model.run.stopping)
    if small_button(
        f"{icons_fontawesome_6.ICON_FA_STOP}###stop",
        "Stop the training after this batch, and keep what was learnt.",
    ):
        runs.stop(model)
    imgui.end_disabled()


def _draw_architecture(session: Session, model: Model) -> None:
    imgui.align_text_to_frame_padding()
    imgui.text_unformatted("Model:")
    imgui.same_line()
    imgui.set_next_item_width(-1)
    imgui.begin_disabled(model.run is not None)
    shown = imgui.begin_combo("###architecture", labels.shown(model.plan.architecture))
    if not shown:
        tooltip("The network. VGGNet is fast and accurate enough for most features.")
    else:
        for architecture in ARCHITECTURES.values():
            _draw_choice(session, model, architecture)
        imgui.end_combo()
    imgui.end_disabled()


def _draw_choice(session: Session, model: Model, architecture: Architecture) -> None:
    name = architecture.name
    label = f"{name}  ({architecture.parameters:,} parameters)###{name}"
    clicked, _ = imgui.selectable(label, name == model.plan.architecture)
    tooltip(f"{architecture.note}\nBox sizes: multiples of {architecture.divisor}.")
    if clicked:
        training_plan.set_architecture(session, model, name)
