"""The panel Datasets: the open tomograms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, icons_fontawesome_6, imgui

from scseg.actions import listing, reopening, tomograms
from scseg.actions.table import action
from scseg.gui.panels import dataset_menu
from scseg.gui.theme import packed, rgba
from scseg.gui.widgets import (
    action_button,
    faint,
    header,
    icon_width,
    small_button,
    to_the_right,
    tooltip,
)
from scseg.session import OpenTomogram

if TYPE_CHECKING:
    from scseg.actions.listing import Row
    from scseg.gui.ui import Ui
    from scseg.session import Absent, Session, Sort

MOST_ROWS = 8
SORTS: dict[Sort, str] = {"opened": "As opened", "name": "By name", "folder": "By folder"}
RELINK = "Relink…"


def draw(session: Session, ui: Ui) -> None:
    if not header("Datasets", session):
        return
    if not (session.tomograms or session.absent):
        faint("No tomogram is open.")
        action_button(session, action("open"), ui)
        return
    if len(session.tomograms) + len(session.absent) > 1:
        _draw_filter(session)
    _draw_list(session, ui)
    if session.active is not None:
        _draw_facts(session.active)


def _draw_filter(session: Session) -> None:
    imgui.set_next_item_width(-icon_width() - imgui.get_style().item_spacing.x)
    changed, words = imgui.input_text_with_hint(
        "###filter",
        f"{icons_fontawesome_6.ICON_FA_MAGNIFYING_GLASS}  filter",
        session.listing.words,
    )
    tooltip("Show only tomograms with these letters in their name; up and down go through those.")
    if changed:
        listing.set_words(session, words)
    imgui.same_line()
    icon = icons_fontawesome_6.ICON_FA_ARROW_DOWN_SHORT_WIDE
    if session.listing.backwards:
        icon = icons_fontawesome_6.ICON_FA_ARROW_UP_WIDE_SHORT
    if small_button(f"{icon}###sort", "The order of the list."):
        imgui.open_popup("###orders")
    if imgui.begin_popup("###orders"):
        for sort, label in SORTS.items():
            if imgui.menu_item(label, "", session.listing.sort == sort)[0]:
                listing.set_sort(session, sort)
        imgui.separator()
        if imgui.menu_item("Reversed", "", session.listing.backwards)[0]:
            listing.turn_round(session)
        imgui.end_popup()


def _draw_list(session: Session, ui: Ui) -> None:
    """Draw the rows that are in sight: hundreds cost no more than a few."""
    rows = listing.rows(session)
    spacing = imgui.get_frame_height_with_spacing()
    height = min(MOST_ROWS, max(1, len(rows))) * spacing
    imgui.begin_child("tomograms", ImVec2(0, height))
    clipper = imgui.ListClipper()
    clipper.begin(len(rows), spacing)
    shown = next((i for i, row in enumerate(rows) if row.entry is session.active), None)
    if shown is not None and ui.listed is not session.active:
        clipper.include_item_by_index(shown)
    while clipper.step():
        for row in rows[clipper.display_start : clipper.display_end]:
            imgui.push_id(str(row.path))
            _draw_row(session, row, ui)
            imgui.pop_id()
    if not rows:
        faint("No name has these letters.")
    imgui.end_child()


def _draw_row(session: Session, row: Row, ui: Ui) -> None:
    entry = row.entry
    is_active = entry is session.active
    if isinstance(entry, OpenTomogram):
        trouble = "its file is not there any more" if entry.vanished else ""
    else:
        trouble = entry.reason
    clicked = _draw_label(row, ui, is_active=is_active, stands_back=bool(trouble))
    tooltip(described(entry, trouble))
    dataset_menu.draw(session, entry, ui)
    if is_active:
        _mark_active(entry, ui)
    if clicked:
        _choose(session, entry)
    wide = imgui.calc_text_size(RELINK).x + 2 * imgui.get_style().frame_padding.x
    to_the_right(icon_width() + (wide if trouble else 0))
    if trouble:
        if small_button(f"{RELINK}###relink", "Show where its file is now."):
            reopening.choose_moved(session, entry)
        imgui.same_line(0, 0)
    if small_button(f"{icons_fontawesome_6.ICON_FA_XMARK}###close", "Close this tomogram."):
        tomograms.close(session, entry)


def _draw_label(row: Row, ui: Ui, *, is_active: bool, stands_back: bool) -> bool:
    size = ImVec2(imgui.get_content_region_avail().x, imgui.get_frame_height())
    sign = f"{icons_fontawesome_6.ICON_FA_LINK_SLASH}  " if stands_back else ""
    imgui.push_style_var(imgui.StyleVar_.selectable_text_align, ImVec2(0.0, 0.5))
    colour = ui.palette.warning if stands_back else ui.palette.text
    imgui.push_style_color(imgui.Col_.text, rgba(colour))
    clicked, _ = imgui.selectable(
        f"   {sign}{row.label}###{row.path.name}",
        is_active,
        imgui.SelectableFlags_.allow_overlap,
        size,
    )
    imgui.pop_style_color()
    imgui.pop_style_var()
    return clicked


def _mark_active(opened: OpenTomogram | Absent, ui: Ui) -> None:
    # A selectable reaches half a space beyond its column, which is clipped.
    inset = imgui.get_style().item_spacing.x / 2
    corner = imgui.get_item_rect_min() + ImVec2(inset, 0)
    end = ImVec2(corner.x + 3 * ui.scale, imgui.get_item_rect_max().y)
    imgui.get_window_draw_list().add_rect_filled(corner, end, packed(ui.palette.accent), 2)
    if ui.listed is not opened and isinstance(opened, OpenTomogram):
        imgui.set_scroll_here_y(0.5)
        ui.listed = opened


def _choose(session: Session, entry: OpenTomogram | Absent) -> None:
    if isinstance(entry, OpenTomogram):
        tomograms.activate(session, entry)
    else:
        reopening.open_absent(session, entry)


def described(entry: OpenTomogram | Absent, trouble: str) -> str:
    """Return what the tooltip of a row says."""
    if not isinstance(entry, OpenTomogram):
        return f"{entry.kept.path}\n{trouble}. Click to look for it again."
    slices, rows, columns = entry.shape
    size = entry.tomogram.voxels.nbytes / 1e6
    apix = f"{entry.apix:.4g} A per pixel" if entry.apix else "A per pixel unknown"
    facts = f"{columns} x {rows} x {slices} voxels, {apix}\n{entry.tomogram.voxels.dtype}, {size:,.1f} MB"
    return "\n".join(filter(None, (entry.ref.path, facts, trouble)))


def _draw_facts(opened: OpenTomogram) -> None:
    slices, rows, columns = opened.shape
    imgui.align_text_to_frame_padding()
    faint(f"{columns} x {rows} x {slices}")
    imgui.same_line()
    imgui.set_next_item_width(-1)
    dataset_menu.draw_apix(opened)
