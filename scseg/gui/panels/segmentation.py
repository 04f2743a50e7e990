"""The stage Segmentation: a panel for each feature of the tomogram."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, imgui

from scseg.actions.table import action
from scseg.gui.panels import features, toolbox
from scseg.gui.widgets import action_button, faint, header

if TYPE_CHECKING:
    from scseg.gui.ui import Ui
    from scseg.session import Session


def draw(session: Session, ui: Ui) -> None:
    if not header("Features", session):
        return
    opened = session.active
    if opened is None:
        faint("Open a tomogram to draw on it.")
        return
    if opened.trouble:
        imgui.text_wrapped(opened.trouble)
        return
    if opened.annotation is None:
        faint("Opening the annotation…")
        return
    if opened.features:
        toolbox.draw(session, ui)
    for feature in opened.features:
        features.draw(session, opened, feature, ui)
    if not opened.features:
        faint("Add a feature, then draw it on the slice.")
    imgui.dummy(ImVec2(0, 0))
    add = action("add-feature")
    width = imgui.calc_text_size(add.label).x
    imgui.set_cursor_pos_x((imgui.get_window_width() - width) / 2 - 14 * ui.scale)
    action_button(session, add, ui, primary=not opened.features)
