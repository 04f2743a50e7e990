"""The tab Prediction of a model: how its output is made, and how it is drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from imgui_bundle import imgui

from scseg.actions import models
from scseg.gui.widgets import checkbox, slider

if TYPE_CHECKING:
    from scseg.gui.ui import Ui
    from scseg.open_models import Display, Model
    from scseg.session import Session


def draw(session: Session, model: Model, ui: Ui) -> None:  # noqa: ARG001 - as every tab
    display = _draw_switches(_draw_sliders(model.display))
    if display != model.display:
        models.set_display(model, display)


def _draw_sliders(display: Display) -> Display:
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
    return display


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
