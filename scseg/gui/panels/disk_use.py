"""The page of what the program keeps of its own on the disk."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, imgui

from scseg.actions.view import disk_use
from scseg.base.formatting import format_age, format_bytes
from scseg.gui.popup_sizes import fitting_height
from scseg.gui.widgets import button, clicked_again, faint, faint_lines, plain, tooltip
from scseg.runtime.display.labels import shown
from scseg.state.disk_use import KINDS, newest, total

if TYPE_CHECKING:
    from scseg.gui.ui import Ui
    from scseg.state.disk_use import StoredItem, StoredItems, StoredKind
    from scseg.state.session import Session

HEIGHT = 440.0
LINES_BESIDE = 9
"""The place of the page, its title, what stands above the list, and a question below it."""
ONE_BY_ONE = ("models",)
"""Kinds of which each entry has a line of its own: one may be worth what another is not."""


def draw(session: Session, ui: Ui) -> None:
    listing = session.disk_use.listing
    if listing is None:
        faint(
            "Looking at what is stored…" if session.disk_use.busy else "It could not be looked at."
        )
        return
    faint_lines(
        "What the program keeps of its own on this computer. Your own files are not among it."
    )
    highest = fitting_height(HEIGHT * ui.scale, LINES_BESIDE)
    imgui.set_next_window_size_constraints(ImVec2(0, 0), ImVec2(math.inf, highest))
    imgui.begin_child("list", ImVec2(0, 0), imgui.ChildFlags_.auto_resize_y)
    imgui.begin_disabled(session.disk_use.busy or bool(session.disk_use.asked))
    _draw_table(session, listing, ui)
    imgui.end_disabled()
    imgui.end_child()
    if not listing.whole:
        faint_lines("There are very many files; not all of them are counted here.")
    if session.disk_use.asked:
        _draw_question(session, ui)


def _draw_table(session: Session, listing: StoredItems, ui: Ui) -> None:
    if not imgui.begin_table("kinds", 4, imgui.TableFlags_.row_bg):
        return
    imgui.table_setup_column("what", imgui.TableColumnFlags_.width_stretch)
    for name, width in (("size", 90.0), ("age", 120.0), ("remove", 90.0)):
        imgui.table_setup_column(name, imgui.TableColumnFlags_.width_fixed, width * ui.scale)
    for kind in KINDS:
        entries = listing.of(kind)
        _draw_kind(session, kind, entries)
        for each in entries if kind.id in ONE_BY_ONE else ():
            _draw_entry(session, each, ui)
    imgui.end_table()


def _draw_kind(session: Session, kind: StoredKind, entries: tuple[StoredItem, ...]) -> None:
    _next_cell(first=True)
    imgui.text_unformatted(kind.title)
    tooltip(kind.explained)
    if not entries:
        _next_cell()
        faint("none")
        return
    _draw_numbers(total(entries), newest(entries))
    free = tuple(each for each in entries if not each.in_use)
    _next_cell()
    if not free:
        _draw_in_use(entries)
    elif kind.removable:
        many = "Remove all" if kind.id in ONE_BY_ONE and len(entries) > 1 else "Remove"
        if _remove_button(many, kind.id, f"Remove what is not in use. {kind.explained}"):
            disk_use.ask(session, free)


def _draw_entry(session: Session, entry: StoredItem, ui: Ui) -> None:
    _next_cell(first=True)
    imgui.indent(16 * ui.scale)
    imgui.text_unformatted(shown(entry.what))
    tooltip(f"{entry.path}\n{entry.fate}")
    imgui.unindent(16 * ui.scale)
    _draw_numbers(entry.nbytes, entry.written)
    _next_cell()
    if entry.in_use:
        _draw_in_use((entry,))
    elif _remove_button("Remove", entry.path.name, "Remove this model and its checkpoints."):
        disk_use.ask(session, (entry,))


def _remove_button(label: str, name: str, explained: str) -> bool:
    clicked = imgui.small_button(f"{label}###remove {name}")
    tooltip(explained)
    return clicked and not clicked_again()


def _draw_in_use(entries: tuple[StoredItem, ...]) -> None:
    faint("in use")
    tooltip(f"It stays: {', '.join(sorted({each.in_use for each in entries}))}.")


def _draw_numbers(nbytes: int, written: float) -> None:
    _next_cell()
    imgui.text_unformatted(format_bytes(nbytes))
    _next_cell()
    faint(format_age(time.time() - written))


def _next_cell(*, first: bool = False) -> None:
    if first:
        imgui.table_next_row()
    imgui.table_next_column()
    imgui.align_text_to_frame_padding()


def _draw_question(session: Session, ui: Ui) -> None:
    asked = session.disk_use.asked
    imgui.separator()
    names = ", ".join(each.what for each in asked if each.unsaved)
    plain(f"Not saved: {names}. What is removed cannot be had again, nor by undo.")
    if button("Keep###keep", "Remove nothing.", primary=True, ui=ui):
        disk_use.keep(session)
    imgui.same_line()
    if button("Remove for good###remove for good", "Remove it with its checkpoints."):
        disk_use.remove(session, asked)
