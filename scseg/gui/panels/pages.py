"""Pages over the window: the searchable list of commands, keys and gestures, messages, about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, imgui

import scseg
from scseg.actions.commands import ACTIONS, GESTURES
from scseg.actions.view import view
from scseg.gui.panels import command_list, disk_use
from scseg.gui.popup_sizes import fitting_height, fitting_width
from scseg.gui.theme import rgba
from scseg.gui.widgets import button, faint, faint_lines

if TYPE_CHECKING:
    from scseg.gui.ui import Ui
    from scseg.state.notices import Notice
    from scseg.state.session import Session

LINES_BESIDE = 6
"""How far from the top a page stands, its title, and a button below its list."""
TITLES = {
    "commands": "Find a command",
    "shortcuts": "Keys and gestures",
    "messages": "Messages",
    "storage": "Storage",
    "about": "About scSegmentation",
}


def draw(session: Session, ui: Ui) -> None:
    if session.page is None:
        return
    title = f"{TITLES[session.page]}###page"
    if not imgui.is_popup_open("###page"):
        command_list.begin(ui)
        imgui.open_popup("###page")
    area = imgui.get_main_viewport()
    imgui.set_next_window_pos(
        ImVec2(area.get_center().x, area.work_pos.y + 60 * ui.scale),
        imgui.Cond_.always,
        ImVec2(0.5, 0.0),
    )
    imgui.set_next_window_size(ImVec2(fitting_width(560 * ui.scale), 0))
    flags = imgui.WindowFlags_.no_saved_settings | imgui.WindowFlags_.no_move
    shown, opened = imgui.begin_popup_modal(title, True, flags)  # noqa: FBT003 - ImGui's
    if not shown:
        return
    _DRAWN[session.page](session, ui)
    if not opened or imgui.is_key_pressed(imgui.Key.escape):
        _close(session)
    imgui.end_popup()


def _close(session: Session) -> None:
    view.show_page(session, None)
    imgui.close_current_popup()


def _draw_shortcuts(session: Session, ui: Ui) -> None:  # noqa: ARG001 - as its siblings
    imgui.begin_child("list", ImVec2(0, fitting_height(520 * ui.scale, LINES_BESIDE)))
    if imgui.begin_table("gestures", 2, imgui.TableFlags_.row_bg):
        for gesture in GESTURES:
            _draw_pair(gesture.how, gesture.what)
        for action in ACTIONS:
            if action.shortcuts:
                _draw_pair("   ".join(action.shortcuts), action.label)
        imgui.end_table()
    imgui.end_child()


def _draw_pair(how: str, what: str) -> None:
    imgui.table_next_row()
    imgui.table_next_column()
    imgui.text_wrapped(what)
    imgui.table_next_column()
    faint_lines(how)


def _draw_about(session: Session, ui: Ui) -> None:  # noqa: ARG001 - as its siblings
    imgui.text_unformatted(f"scSegmentation {scseg.__version__}")
    imgui.text_wrapped(
        "Segment cryo-electron tomograms: annotate a little, train small networks, watch them work, export."
    )
    faint("MIT licence")


def _draw_messages(session: Session, ui: Ui) -> None:
    if not session.messages:
        faint("Nothing was said yet.")
        return
    imgui.begin_child("list", ImVec2(0, fitting_height(420 * ui.scale, LINES_BESIDE)))
    imgui.push_text_wrap_pos(0.0)
    for notice in reversed(session.messages):
        _draw_message(notice, ui)
    imgui.pop_text_wrap_pos()
    imgui.end_child()
    if button("Copy all###copy", "Copy all of them, with what a developer needs."):
        imgui.set_clipboard_text("\n".join(notice.whole for notice in session.messages))


def _draw_message(notice: Notice, ui: Ui) -> None:
    colours = {"info": ui.palette.accent, "warning": ui.palette.warning, "error": ui.palette.error}
    faint(notice.clock)
    imgui.same_line()
    imgui.text_colored(rgba(colours[notice.level]), notice.level.capitalize())
    imgui.text_unformatted(notice.sentence)
    imgui.spacing()


_DRAWN = {
    "commands": command_list.draw,
    "shortcuts": _draw_shortcuts,
    "messages": _draw_messages,
    "storage": disk_use.draw,
    "about": _draw_about,
}
