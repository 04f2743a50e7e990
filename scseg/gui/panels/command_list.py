"""The searchable list of commands, with lines on what is done elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, icons_fontawesome_6, imgui

from scseg.actions.action import Action
from scseg.actions.command_search import advice, search
from scseg.actions.commands import action
from scseg.actions.view import view
from scseg.gui.popup_sizes import fitting_height
from scseg.gui.widgets import faint, faint_lines, plain, to_the_right

if TYPE_CHECKING:
    from scseg.actions.command_search import Found
    from scseg.actions.hints import Hint
    from scseg.gui.ui import Ui
    from scseg.state.session import Session

MOST_ROWS = 14
LINES_BESIDE = 5
"""How far from the top the page stands, its title, and the field."""
_NOT_NOW = "not possible now"


@dataclass
class Search:
    """What is typed to find a command, and which of those found is chosen."""

    query: str = ""
    chosen: int = 0


def begin(ui: Ui) -> None:
    """Forget what was typed the last time."""
    typed = ui.state_of(Search)
    typed.query, typed.chosen = "", 0


def draw(session: Session, ui: Ui) -> None:
    typed = ui.state_of(Search)
    if imgui.is_window_appearing():
        imgui.set_keyboard_focus_here()
    imgui.set_next_item_width(-1)
    changed, typed.query = imgui.input_text_with_hint("###query", "Type a word…", typed.query)
    found = search(typed.query, session)
    rows = found.rows
    moved = changed or _choose(typed, len(rows), anew=changed)
    done = _draw_found(typed, found, moved=moved)
    entered = imgui.is_key_pressed(imgui.Key.enter) or imgui.is_key_pressed(imgui.Key.keypad_enter)
    if entered and rows:
        done = rows[typed.chosen]
    if done is not None:
        _follow(session, done)


def _choose(typed: Search, rows: int, *, anew: bool) -> bool:
    """Choose another row by the keys; return whether that was done."""
    before = typed.chosen
    down, up = map(imgui.is_key_pressed, (imgui.Key.down_arrow, imgui.Key.up_arrow))
    typed.chosen = max(0, min(0 if anew else before + down - up, rows - 1))
    return typed.chosen != before


def _draw_found(typed: Search, found: Found, *, moved: bool) -> Action | Hint | None:
    """Draw all that was found; return what was clicked."""
    line = imgui.get_text_line_height_with_spacing()
    most = fitting_height(MOST_ROWS * line, LINES_BESIDE)
    imgui.set_next_window_size_constraints(ImVec2(0, line), ImVec2(1e6, most))
    imgui.begin_child("list", ImVec2(0, 0), imgui.ChildFlags_.auto_resize_y)
    clicked = None
    for number, row in enumerate(found.rows):
        chosen = number == typed.chosen
        if _draw_action(row, chosen) if isinstance(row, Action) else _draw_hint(row, chosen):
            clicked = row
        if chosen and moved:
            imgui.set_scroll_here_y(0.5)
    for impossible in found.impossible:
        _draw_impossible(impossible)
    if not found:
        faint_lines(advice(typed.query))
    imgui.end_child()
    return clicked


def _draw_action(action: Action, chosen: bool) -> bool:  # noqa: FBT001 - as ImGui's own
    clicked, _ = imgui.selectable(f"{action.label}###{action.id}", chosen)
    if action.tooltip:
        imgui.set_item_tooltip(action.tooltip)
    if action.shortcuts:
        _at_the_end(action.shortcuts[0])
    return bool(clicked)


def _draw_impossible(action: Action) -> None:
    imgui.begin_disabled()
    imgui.selectable(f"{action.label}###{action.id}", False)  # noqa: FBT003 - ImGui's
    imgui.end_disabled()
    flags = imgui.HoveredFlags_.for_tooltip | imgui.HoveredFlags_.allow_when_disabled
    if action.tooltip and imgui.is_item_hovered(flags):
        imgui.set_tooltip(action.tooltip)
    _at_the_end(_NOT_NOW)


def _draw_hint(hint: Hint, chosen: bool) -> bool:  # noqa: FBT001 - as ImGui's own
    """Draw a line on where to go, in as many lines as it needs; return whether it was clicked."""
    icon, explained = _marks(hint)
    text = f"{icon}  {hint.sentence}"
    place, width = imgui.get_cursor_pos(), imgui.get_content_region_avail().x
    height = imgui.calc_text_size(text, wrap_width=width).y
    clicked, _ = imgui.selectable(f"###{hint.sentence}", chosen, 0, ImVec2(0, height))
    imgui.set_item_tooltip(explained)
    imgui.set_cursor_pos(place)
    plain(text)
    return bool(clicked)


def _marks(hint: Hint) -> tuple[str, str]:
    """Return the icon of a hint, and what a click on it does."""
    if hint.line is not None:
        return icons_fontawesome_6.ICON_FA_COPY, "Click to copy the line for a terminal."
    if hint.leads_to:
        label = action(hint.leads_to).label
        return icons_fontawesome_6.ICON_FA_ARROW_RIGHT, f"Click to go there: {label}."
    return icons_fontawesome_6.ICON_FA_CIRCLE_INFO, "Not a command, but this is how it is done."


def _at_the_end(text: str) -> None:
    to_the_right(imgui.calc_text_size(text).x)
    faint(text)


def _follow(session: Session, row: Action | Hint) -> None:
    """Do a command, or what a click on a line does; then the list is done with."""
    view.show_page(session, None)
    imgui.close_current_popup()
    if isinstance(row, Action):
        row.run(session)
    elif row.line is not None:
        line = row.line(session)
        imgui.set_clipboard_text(line)
        session.notify("info", f"Copied, to be pasted into a terminal: {line}")
    elif row.leads_to:
        action(row.leads_to).run(session)
