"""Asks under which name a copy of an annotation is to be saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, imgui

from scseg.actions import annotation_copies
from scseg.gui.widgets import button, faint

if TYPE_CHECKING:
    from scseg.gui.ui import Ui
    from scseg.session import Session

TITLE = "Save a copy of the annotation"


def draw(session: Session, ui: Ui) -> None:
    if session.copying is None:
        return
    if not imgui.is_popup_open(TITLE):
        ui.typed_path = annotation_copies.suggested(session)
        imgui.open_popup(TITLE)
    middle = imgui.get_main_viewport().get_center()
    imgui.set_next_window_pos(middle, imgui.Cond_.appearing, ImVec2(0.5, 0.5))
    imgui.set_next_window_size(ImVec2(560 * ui.scale, 0))
    flags = imgui.WindowFlags_.no_resize | imgui.WindowFlags_.no_saved_settings
    shown, _ = imgui.begin_popup_modal(TITLE, None, flags)
    if shown:
        _draw_question(session, ui)
        if session.copying is None:
            imgui.close_current_popup()
        imgui.end_popup()


def _draw_question(session: Session, ui: Ui) -> None:
    faint("The annotation goes on in its own file; the copy stays as it is now.")
    if imgui.is_window_appearing():
        imgui.set_keyboard_focus_here()
    imgui.set_next_item_width(-1)
    flags = imgui.InputTextFlags_.enter_returns_true
    entered, ui.typed_path = imgui.input_text("###path", ui.typed_path, flags)
    imgui.dummy(ImVec2(0, 4 * ui.scale))
    if button("Save###save", "Write the copy there.", primary=True, ui=ui) or entered:
        annotation_copies.write(session, ui.typed_path)
    imgui.same_line()
    cancelled = button("Cancel###cancel", "Write nothing (Escape).")
    if cancelled or imgui.is_key_pressed(imgui.Key.escape):
        annotation_copies.cancel(session)
