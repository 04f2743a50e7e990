"""Asks for the pixel size of a tomogram whose file does not tell it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, imgui

from scseg.actions.tomograms import tomogram_list
from scseg.base.printable import printable
from scseg.gui.widgets import button, faint, question

if TYPE_CHECKING:
    from scseg.gui.ui import Ui
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

TITLE = "Pixel size"


@dataclass
class Typed:
    """The pixel size in A that is being typed; 0 is none."""

    apix: float = 0.0


def draw(session: Session, ui: Ui) -> None:
    opened = next((each for each in session.tomograms if each.apix_is_wanted), None)
    if opened is None:
        return
    if not imgui.is_popup_open(TITLE):
        ui.state_of(Typed).apix = 0.0
        imgui.open_popup(TITLE)
    with question(TITLE, ui) as is_open:
        if is_open:
            _draw_question(opened, ui)


def _draw_question(opened: OpenTomogram, ui: Ui) -> None:
    typed = ui.state_of(Typed)
    imgui.text_unformatted(f"{printable(opened.name)} does not tell its pixel size.")
    faint("Scale bar, models and rules in nm need it; it can be given later in Datasets, too.")
    if imgui.is_window_appearing():
        imgui.set_keyboard_focus_here()
    imgui.set_next_item_width(140 * ui.scale)
    entered, typed.apix = imgui.input_float(
        "A per pixel###typed",
        typed.apix,
        format="%.3f",
        flags=imgui.InputTextFlags_.enter_returns_true | imgui.InputTextFlags_.auto_select_all,
    )
    imgui.dummy(ImVec2(0, 4 * ui.scale))
    if (button("Use this size###use", "", primary=True, ui=ui) or entered) and typed.apix:
        tomogram_list.set_apix(opened, typed.apix)
        imgui.close_current_popup()
    imgui.same_line()
    if button("Leave unknown###leave", "Slices are shown without a scale bar."):
        tomogram_list.leave_apix_unknown(opened)
        imgui.close_current_popup()
