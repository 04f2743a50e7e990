"""The panel Datasets: the open tomograms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, icons_fontawesome_6, imgui

from scseg.actions import tomograms
from scseg.actions.table import action
from scseg.gui.theme import packed
from scseg.gui.widgets import (
    action_button,
    faint,
    header,
    icon_width,
    small_button,
    to_the_right,
    tooltip,
)

if TYPE_CHECKING:
    from scseg.gui.ui import Ui
    from scseg.session import OpenTomogram, Session

MOST_ROWS = 8
FILTER_FROM = 6
"""A filter is of use from so many tomograms on."""


def draw(session: Session, ui: Ui) -> None:
    if not header("Datasets"):
        return
    if not session.tomograms:
        faint("No tomogram is open.")
        action_button(session, action("open"), ui)
        return
    if len(session.tomograms) >= FILTER_FROM:
        _draw_filter(ui)
    wanted = ui.filter.lower() if len(session.tomograms) >= FILTER_FROM else ""
    found = [opened for opened in session.tomograms if wanted in opened.name.lower()]
    rows = min(MOST_ROWS, max(1, len(found)))
    height = rows * imgui.get_frame_height_with_spacing()
    imgui.begin_child("tomograms", ImVec2(0, height))
    for opened in found:
        _draw_row(session, opened, ui)
    if not found:
        faint("No name has these letters.")
    imgui.end_child()
    if session.active is not None:
        _draw_facts(session.active)


def _draw_filter(ui: Ui) -> None:
    imgui.set_next_item_width(-1)
    _, ui.filter = imgui.input_text_with_hint(
        "###filter", f"{icons_fontawesome_6.ICON_FA_MAGNIFYING_GLASS}  filter", ui.filter
    )
    tooltip("Show only tomograms with these letters in their name.")


def _draw_row(session: Session, opened: OpenTomogram, ui: Ui) -> None:
    imgui.push_id(opened.ref.path)
    size = imgui.get_frame_height()
    flags = imgui.SelectableFlags_.allow_overlap
    row = ImVec2(imgui.get_content_region_avail().x, size)
    imgui.push_style_var(imgui.StyleVar_.selectable_text_align, ImVec2(0.0, 0.5))
    clicked, _ = imgui.selectable(
        f"   {opened.name}###{opened.name}", opened is session.active, flags, row
    )
    imgui.pop_style_var()
    tooltip(_described(opened))
    if opened is session.active:
        # A selectable reaches half a space beyond its column, which is clipped.
        inset = imgui.get_style().item_spacing.x / 2
        corner = imgui.get_item_rect_min() + ImVec2(inset, 0)
        end = ImVec2(corner.x + 3 * ui.scale, imgui.get_item_rect_max().y)
        imgui.get_window_draw_list().add_rect_filled(corner, end, packed(ui.palette.accent), 2)
        if ui.listed is not opened:
            imgui.set_scroll_here_y(0.5)
            ui.listed = opened
    _draw_context_menu(session, opened)
    if clicked:
        tomograms.activate(session, opened)
    to_the_right(icon_width())
    if small_button(f"{icons_fontawesome_6.ICON_FA_XMARK}###close", "Close this tomogram."):
        tomograms.close(session, opened)
    imgui.pop_id()


def _described(opened: OpenTomogram) -> str:
    slices, rows, columns = opened.shape
    size = opened.tomogram.voxels.nbytes / 1e6
    apix = f"{opened.apix:.4g} A" if opened.apix else "of unknown size"
    return (
        f"{opened.ref.path}\n{columns} x {rows} x {slices} voxels {apix}, "
        f"{opened.tomogram.voxels.dtype}, {size:.1f} MB"
    )


def _draw_context_menu(session: Session, opened: OpenTomogram) -> None:
    if not imgui.begin_popup_context_item("###more"):
        return
    if imgui.menu_item_simple("Close"):
        tomograms.close(session, opened)
    if opened.tomogram.voxels.dtype.itemsize == 1:
        imgui.separator()
        for label, signed in (
            ("Bytes as the file says", None),
            ("Bytes are signed, -128 to 127", True),
            ("Bytes are unsigned, 0 to 255", False),
        ):
            if imgui.menu_item(label, "", opened.ref.signed is signed)[0]:
                tomograms.read_bytes_as(session, opened, signed=signed)
    imgui.end_popup()


def _draw_facts(opened: OpenTomogram) -> None:
    slices, rows, columns = opened.shape
    imgui.align_text_to_frame_padding()
    faint(f"{columns} x {rows} x {slices}")
    imgui.same_line()
    imgui.set_next_item_width(-1)
    shown = "%.3f A per pixel" if opened.apix else "pixel size unknown"
    changed, apix = imgui.input_float(
        "###apix",
        opened.apix or 0.0,
        format=shown,
        flags=imgui.InputTextFlags_.enter_returns_true | imgui.InputTextFlags_.auto_select_all,
    )
    tooltip(
        "Click to correct the pixel size of this tomogram, in A; 0 goes back to the file's word."
    )
    if changed:
        tomograms.set_apix(opened, apix or None)
