"""Pages over the window: the searchable list of commands, keys and gestures, messages, about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, imgui

import scseg
from scseg.actions.commands import ACTIONS, GESTURES, commands_with
from scseg.actions.view import view
from scseg.gui.panels import disk_use
from scseg.gui.theme import rgba
from scseg.gui.widgets import button, faint, to_the_right

if TYPE_CHECKING:
    from scseg.actions.action import Action
    from scseg.gui.ui import Ui
    from scseg.state.notices import Notice
    from scseg.state.session import Session

TITLES = {
    "commands": "Find a command",
    "shortcuts": "Keys and gestures",
    "messages": "Messages",
    "storage": "Storage",
    "about": "About scSegmentation",
}
MOST_ROWS = 14


@dataclass
class Search:
    """What is typed to find a command, and which of those found is chosen."""

    query: str = ""
    chosen: int = 0


def draw(session: Session, ui: Ui) -> None:
    if session.page is None:
        return
    title = f"{TITLES[session.page]}###page"
    if not imgui.is_popup_open("###page"):
        search = ui.state_of(Search)
        search.query, search.chosen = "", 0
        imgui.open_popup("###page")
    area = imgui.get_main_viewport()
    imgui.set_next_window_pos(
        ImVec2(area.get_center().x, area.work_pos.y + 60 * ui.scale),
        imgui.Cond_.always,
        ImVec2(0.5, 0.0),
    )
    imgui.set_next_window_size(ImVec2(560 * ui.scale, 0))
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


def _draw_commands(session: Session, ui: Ui) -> None:
    search = ui.state_of(Search)
    if imgui.is_window_appearing():
        imgui.set_keyboard_focus_here()
    imgui.set_next_item_width(-1)
    changed, search.query = imgui.input_text_with_hint("###query", "Type a word…", search.query)
    actions = commands_with(search.query, session)
    if changed:
        search.chosen = 0
    for key, by in ((imgui.Key.down_arrow, 1), (imgui.Key.up_arrow, -1)):
        if imgui.is_key_pressed(key):
            search.chosen += by
    search.chosen = max(0, min(search.chosen, len(actions) - 1))
    rows = max(1, min(len(actions), MOST_ROWS))
    imgui.begin_child("list", ImVec2(0, rows * imgui.get_text_line_height_with_spacing()))
    done = None
    for index, action in enumerate(actions):
        if _draw_row(action, chosen=index == search.chosen):
            done = action
    if not actions:
        faint("No command has these words.")
    imgui.end_child()
    entered = imgui.is_key_pressed(imgui.Key.enter) or imgui.is_key_pressed(imgui.Key.keypad_enter)
    if entered and actions:
        done = actions[search.chosen]
    if done is not None:
        _close(session)
        done.run(session)


def _draw_row(action: Action, *, chosen: bool) -> bool:
    clicked, _ = imgui.selectable(f"{action.label}###{action.id}", chosen)
    if chosen:
        imgui.set_scroll_here_y(0.5)
    if action.tooltip:
        imgui.set_item_tooltip(action.tooltip)
    if action.shortcuts:
        keys = action.shortcuts[0]
        to_the_right(imgui.calc_text_size(keys).x)
        faint(keys)
    return clicked


def _draw_shortcuts(session: Session, ui: Ui) -> None:  # noqa: ARG001 - as its siblings
    imgui.begin_child("list", ImVec2(0, 520 * ui.scale))
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
    imgui.text_unformatted(what)
    imgui.table_next_column()
    faint(how)


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
    imgui.begin_child("list", ImVec2(0, 420 * ui.scale))
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
    "commands": _draw_commands,
    "shortcuts": _draw_shortcuts,
    "messages": _draw_messages,
    "storage": disk_use.draw,
    "about": _draw_about,
}
