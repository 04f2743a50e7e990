"""The button that makes annotation of what a model finds, and the menu that it opens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imgui_bundle import imgui

from scseg.actions.models import copy_to_annotation
from scseg.gui import texts
from scseg.gui.number_widgets import slice_range
from scseg.gui.widgets import chip, faint, pill_button, tooltip

if TYPE_CHECKING:
    from scseg.gui.ui import Ui
    from scseg.state.models import Model
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

MENU_WIDTH = 260.0


@dataclass
class SlicesToCopy:
    """The first and the last slice to be copied."""

    span: tuple[int, int] = (0, 0)


def draw(session: Session, model: Model, ui: Ui) -> None:
    opened = session.active
    explained = "Draw what this model finds into a feature, then mend it with the brush."
    obstacle = copy_to_annotation.obstacle(model, opened)
    if pill_button("copy to feature…###copy", explained, obstacle) and opened is not None:
        ui.state_of(SlicesToCopy).span = opened.z, opened.z
        imgui.open_popup("copy")
    if opened is not None and imgui.begin_popup("copy"):
        _draw_menu(session, opened, model, ui)
        imgui.end_popup()


def _draw_menu(session: Session, opened: OpenTomogram, model: Model, ui: Ui) -> None:
    to_copy = ui.state_of(SlicesToCopy)
    to_copy.span = slice_range(to_copy.span, opened.shape[0], MENU_WIDTH * ui.scale)
    faint("Add what is found to")
    target = None
    for feature in opened.features:
        chip(feature.colour, imgui.get_font_size() * 0.7)
        if imgui.menu_item_simple(texts.label(feature.name, f"feature {feature.id}")):
            target = feature
        tooltip("What is drawn of it stays, and so does what is marked as ignored.")
    imgui.separator()
    new = copy_to_annotation.feature_of(model)
    if imgui.menu_item_simple(texts.label(f"New feature {new.name}", "new")):
        target = new
    tooltip("Add a feature with the name and the colour of this model.")
    if target is not None:
        slices = range(to_copy.span[0], to_copy.span[1] + 1)
        copy_to_annotation.copy(session, opened, model, target, slices)
