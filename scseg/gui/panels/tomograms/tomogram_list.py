"""The panel Datasets: the open tomograms."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, icons_fontawesome_6, imgui

from scseg.actions.commands import action
from scseg.actions.tomograms import listing
from scseg.gui.panels.tomograms import tomogram_menu, tomogram_row
from scseg.gui.steady import is_pointed_at, steady
from scseg.gui.widgets import (
    action_button,
    faint,
    header,
    icon_width,
    small_button,
    tooltip,
)
from scseg.runtime.display import tomogram_texts
from scseg.runtime.display.labels import told_apart

if TYPE_CHECKING:
    from scseg.actions.tomograms.listing import Row
    from scseg.gui.ui import Ui
    from scseg.state.panel_layout import Sort, TomogramOrder
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

MOST_ROWS = 8
SORTS: dict[Sort, str] = {"opened": "As opened", "name": "By name", "folder": "By folder"}


@dataclass
class Listed:
    """The `rows` made of what they were made `of`, and the tomogram that they were scrolled to.

    While it is `pointed_at`, its rows are `kept` in their places: one that is closed leaves a gap (None), new
    ones come last.
    """

    rows: list[Row | None] = field(default_factory=list)
    of: tuple[TomogramOrder, object] | None = None
    pointed_at: bool = False
    kept: bool = False
    scrolled_to: OpenTomogram | None = None


def draw(session: Session, ui: Ui) -> None:
    if not header("Datasets", session):
        return
    if not (session.tomograms or session.missing):
        faint("No tomogram is open.")
        action_button(session, action("open"), ui)
        return
    with steady("filter", ui):
        if len(session.tomograms) + len(session.missing) > 1:
            _draw_filter(session)
    with steady("list", ui):
        _draw_list(session, ui)
    if session.active is not None:
        _draw_facts(session.active, ui)


def _draw_filter(session: Session) -> None:
    icon = icons_fontawesome_6.ICON_FA_ARROW_DOWN_SHORT_WIDE
    if session.tomogram_order.backwards:
        icon = icons_fontawesome_6.ICON_FA_ARROW_UP_WIDE_SHORT
    imgui.set_next_item_width(-icon_width(icon) - imgui.get_style().item_spacing.x)
    changed, words = imgui.input_text_with_hint(
        "###filter",
        f"{icons_fontawesome_6.ICON_FA_MAGNIFYING_GLASS}  filter",
        session.tomogram_order.words,
    )
    tooltip("Show only tomograms with these letters in their name; up and down go through those.")
    if changed:
        listing.set_words(session, words)
    imgui.same_line()
    if small_button(f"{icon}###sort", "The order of the list."):
        imgui.open_popup("###orders")
    if imgui.begin_popup("###orders"):
        for sort, label in SORTS.items():
            if imgui.menu_item(label, "", session.tomogram_order.sort == sort)[0]:
                listing.set_sort(session, sort)
        imgui.separator()
        if imgui.menu_item("Reversed", "", session.tomogram_order.backwards)[0]:
            listing.turn_round(session)
        imgui.end_popup()


def _draw_list(session: Session, ui: Ui) -> None:
    """Draw the rows that are in sight: hundreds cost no more than a few."""
    listed = ui.state_of(Listed)
    rows = _rows(session, listed)
    spacing = imgui.get_frame_height_with_spacing()
    height = min(MOST_ROWS, max(1, len(rows))) * spacing
    imgui.begin_child("tomograms", ImVec2(0, height))
    clipper = imgui.ListClipper()
    clipper.begin(len(rows), spacing)
    active = session.active
    shown = next((i for i, row in enumerate(rows) if row and row.entry is active), None)
    scrolls = shown is not None and listed.scrolled_to is not active
    if shown is not None and scrolls:
        clipper.include_item_by_index(shown)
    while clipper.step():
        for row in rows[clipper.display_start : clipper.display_end]:
            if row is None:
                imgui.dummy(ImVec2(0, imgui.get_frame_height()))
                continue
            imgui.push_id(told_apart(str(row.path)))
            tomogram_row.draw(session, row, ui)
            if scrolls and row.entry is active:
                imgui.set_scroll_here_y(0.5)
                listed.scrolled_to = active
            imgui.pop_id()
    if not rows:
        faint("No name has these letters.")
    listed.pointed_at = is_pointed_at()
    imgui.end_child()


def _rows(session: Session, listed: Listed) -> list[Row | None]:
    """Return the rows, sorted anew only when something has changed: that takes 2 ms of 500."""
    now = session.tomogram_order, (*session.tomograms, None, *session.missing)
    if listed.of != now or (listed.kept and not listed.pointed_at):
        listed.kept = listed.pointed_at and listed.of is not None and listed.of[0] == now[0]
        rows = listing.rows(session)
        listed.of, listed.rows = (
            now,
            listing.in_place(listed.rows, rows) if listed.kept else [*rows],
        )
    return listed.rows


def _draw_facts(opened: OpenTomogram, ui: Ui) -> None:
    slices, rows, columns = opened.shape
    imgui.align_text_to_frame_padding()
    faint(f"{columns} x {rows} x {slices}")
    tooltip("\n".join(filter(None, ("Voxels along x, y and z", tomogram_texts.padding(opened)))))
    imgui.same_line()
    imgui.set_next_item_width(-1)
    tomogram_menu.draw_apix(opened, ui)
