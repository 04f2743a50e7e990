"""The stage Models: a panel for each loaded model."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, ImVec4, icons_fontawesome_6, imgui

from scseg.actions import models
from scseg.actions.table import action
from scseg.gui.widgets import (
    action_button,
    card,
    checkbox,
    faint,
    header,
    slider,
    small_button,
    tooltip,
)

if TYPE_CHECKING:
    from scseg.gui.ui import Ui
    from scseg.open_models import Display, Model
    from scseg.session import Session


def draw(session: Session, ui: Ui) -> None:
    if not header("Models", session):
        return
    for model in list(session.models):
        with card(f"model {model.id}", ui):
            _draw_model(session, model)
    if not session.models:
        faint("Load a model to see what it finds on the slice.")
    elif session.active is not None and session.active.apix is None:
        imgui.text_wrapped("Models wait for this tomogram's pixel size; give it in Datasets.")
    imgui.dummy(ImVec2(0, 0))
    width = imgui.calc_text_size(action("load-model").label).x
    imgui.set_cursor_pos_x((imgui.get_window_width() - width) / 2 - 14 * ui.scale)
    action_button(session, action("load-model"), ui)


def _draw_model(session: Session, model: Model) -> None:
    display = _draw_title(session, model)
    if model.weights is not None:
        faint(model.weights.description.title)
        explained = "Architecture (parameters, box size in pixels, A per pixel, loss)"
        tooltip(f"{explained}\n{model.weights.ref.path}")
    if imgui.begin_tab_bar("tabs"):
        if imgui.begin_tab_item("Prediction")[0]:
            display = _draw_prediction(display)
            imgui.end_tab_item()
        imgui.end_tab_bar()
    if display != model.display:
        models.set_display(model, display)


def _draw_title(session: Session, model: Model) -> Display:
    display = model.display
    if small_button(f"{icons_fontawesome_6.ICON_FA_XMARK}###remove", "Remove this model."):
        models.remove(session, model)
    imgui.same_line()
    changed, colour = imgui.color_edit3(
        "###colour",
        ImVec4(*display.colour, 1.0),
        imgui.ColorEditFlags_.no_inputs | imgui.ColorEditFlags_.no_tooltip,
    )
    tooltip("The colour of this model's mask.")
    if changed:
        display = replace(display, colour=(colour.x, colour.y, colour.z))
    imgui.same_line()
    imgui.set_next_item_width(-1)
    _, name = imgui.input_text("###name", display.name)
    tooltip("What this model finds.")
    return replace(display, name=name)


def _draw_prediction(display: Display) -> Display:
    alpha = slider(
        "alpha", display.alpha, (0, 1), "%.2f alpha", "How strongly the mask covers the slice."
    )
    overlap = slider(
        "overlap",
        display.overlap,
        (0, 0.67),
        "%.2f overlap",
        "How much neighbouring tiles of the network share. More is smoother at their seams, and slower.",
    )
    threshold = slider(
        "threshold",
        display.threshold,
        (0, 1),
        "%.2f threshold",
        "The mask holds every pixel whose prediction reaches this value.",
    )
    if alpha is not None:
        display = replace(display, alpha=alpha)
    if overlap is not None:
        display = replace(display, overlap=overlap)
    if threshold is not None:
        display = replace(display, threshold=threshold)
    return _draw_switches(display)


def _draw_switches(display: Display) -> Display:
    if checkbox("active", display.active, "Predict with this model at all."):
        display = replace(display, active=not display.active)
    imgui.same_line()
    if checkbox(
        "blend", display.blend, "Let the light and dark of the slice show through the mask."
    ):
        display = replace(display, blend=not display.blend)
    imgui.same_line()
    if checkbox("show", display.show, "Draw the mask. Hidden, the model still predicts."):
        display = replace(display, show=not display.show)
    return display
