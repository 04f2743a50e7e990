"""The tab Training of a model: what it learns from, how, and how that goes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, imgui

from scseg.actions.models import files
from scseg.actions.training import (
    live,
    live_sets,
    live_switch,
    runs,
    training_plan,
    validation_shares,
)
from scseg.base.printable import printable
from scseg.gui.panels.models import training_curves, training_parameters
from scseg.gui.steady import steady
from scseg.gui.widgets import (
    checkbox,
    faint,
    faint_lines,
    off_where,
    pill_button,
    small_button,
    to_the_right,
    toggle,
    tooltip,
)
from scseg.runtime.display import model_texts

if TYPE_CHECKING:
    from scseg.gui.ui import Ui
    from scseg.state.models import Model, TrainingRun
    from scseg.state.session import Session

LIVE_TOLD = (
    "Learn what is drawn of the feature of this model's name, as it stands, while you go on drawing. Boxes "
    "are placed along your strokes; what you erase is learnt as a negative."
)
SAVE_SET = "save set"
SAVE_SET_TOLD = "Save the boxes that it has learnt live as a training set (.scnt)."


def draw(session: Session, model: Model, ui: Ui) -> None:
    imgui.begin_disabled(model.run is not None)
    _draw_set(session, model)
    training_parameters.draw(model)
    imgui.end_disabled()
    with steady("arithmetic", ui):
        _draw_arithmetic(session, model)
    _draw_buttons(session, model)
    with steady("how it goes", ui):
        _draw_how_it_goes(session, model, ui)
    _draw_outcomes(model)


def _draw_how_it_goes(session: Session, model: Model, ui: Ui) -> None:
    if model.run is not None:
        _draw_progress(session, model, model.run, ui)
    elif model.weights is not None and model.plan.training_set is not None:
        faint_lines("Trained again, it goes on from what was learnt; the optimiser starts afresh.")
        tooltip("The network keeps its weights, not its momentum: the loss may rise at first.")
    elif model.weights is None:
        faint_lines(model_texts.beginning(model))
        tooltip("What a new network begins from: see more.")
    training_curves.draw(model, ui)


def _draw_set(session: Session, model: Model) -> None:
    found = model.plan.training_set
    browse = "browse"
    beside = imgui.calc_text_size(browse).x + 4 * imgui.get_style().frame_padding.x
    imgui.set_next_item_width(-beside)
    name = Path(found.path).name if found is not None else ""
    flags = imgui.InputTextFlags_.read_only
    imgui.input_text_with_hint("###set", "no training set yet", printable(name), flags)
    tooltip(found.path if found is not None else "What the model learns from: a .scnt file.")
    imgui.same_line()
    if imgui.button(f"{browse}###browse", ImVec2(-1, 0)):
        training_plan.choose_set(session, model)
    tooltip("Choose a training set (.scnt), or drop one on the window.")
    if found is not None:
        faint(model_texts.training_set(found))
        tooltip(
            f"{found.positives} of them hold {' + '.join(found.features)}, {found.negatives} do not."
        )


def _draw_arithmetic(session: Session, model: Model) -> None:
    """Tell what an epoch amounts to, and what judges it."""
    if model.plan.training_set is None:
        return
    validation_shares.find_out(session, model)
    faint_lines(validation_shares.samples_told(model))
    tooltip(model_texts.epoch(model.plan.parameters))
    held_out = validation_shares.held_out_told(model)
    if held_out:
        faint_lines(held_out)
        tooltip("What is held out judges the network by what it has not learnt from: see more.")


def _draw_buttons(session: Session, model: Model) -> None:
    space = imgui.get_style().item_spacing.x
    width = (imgui.get_content_region_avail().x - 2 * space) / 3
    busy = "Not while the model is being trained." if model.run is not None else ""
    if pill_button("load###load", "Load a model (.scnm) in place of this one.", busy, width):
        files.choose(session, model)
    imgui.same_line()
    nothing = "" if model.weights is not None else "The model has learnt nothing yet."
    explained = "Save the model: a pair of files, .scnm and .h5, that belong together."
    if pill_button("save###save", explained, busy or nothing, width):
        files.save(session, model)
    imgui.same_line()
    if pill_button("train###train", "Train the model on its set.", runs.obstacle(model), width):
        runs.begin(session, model)
    _draw_live(session, model)


def _draw_live(session: Session, model: Model) -> None:
    """Draw the switch of learning live, and beside it what keeps the set that was learnt so."""
    learns = live_switch.learns_live(model)
    with off_where("" if learns else live.obstacle(session, model)):
        if toggle("learn live", learns, LIVE_TOLD) != learns:
            live_switch.switch_model(session, model)
    if live_sets.has_live_set(model):
        imgui.same_line()
        to_the_right(imgui.calc_text_size(SAVE_SET).x + 2 * imgui.get_style().frame_padding.x)
        if small_button(f"{SAVE_SET}###save set", SAVE_SET_TOLD):
            live_sets.save_set(session, model)


def _draw_progress(session: Session, model: Model, run: TrainingRun, ui: Ui) -> None:
    if run.live is None:
        imgui.progress_bar(run.fraction, ImVec2(-1, 6 * ui.scale), "")
    faint(model_texts.progress(session, model, run))


def _draw_outcomes(model: Model) -> None:
    """Let the user choose between what a training has left."""
    for outcome in model_texts.outcomes(model):
        if checkbox(f"{outcome.label}###{outcome.name}", outcome.chosen, outcome.explained):
            runs.choose(model, outcome.weights)
