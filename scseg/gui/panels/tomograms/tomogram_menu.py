"""The menu of a row of Datasets, which a right-click opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import imgui

from scseg.actions.tomograms import closing, relinking, reopening, tomogram_list
from scseg.base.printable import printable
from scseg.gui.number_widgets import number_at_rest
from scseg.gui.widgets import tooltip
from scseg.state.tomograms import OpenTomogram

if TYPE_CHECKING:
    from scseg.gui.ui import Ui
    from scseg.state.session import Session
    from scseg.state.tomograms import MissingTomogram

SIGNS = {
    "Bytes as the file says": None,
    "Bytes are signed, -128 to 127": True,
    "Bytes are unsigned, 0 to 255": False,
}


def draw(session: Session, entry: OpenTomogram | MissingTomogram, ui: Ui) -> None:
    """Draw the menu of the row drawn last, while it is open."""
    if not imgui.begin_popup_context_item("###more"):
        return
    if isinstance(entry, OpenTomogram):
        imgui.set_next_item_width(190 * ui.scale)
        if draw_apix(entry, ui):
            imgui.close_current_popup()
        imgui.set_next_item_width(190 * ui.scale)
        if entry.voxel_size is not None and _draw_apix_z(entry, entry.voxel_size[0], ui):
            imgui.close_current_popup()
        if entry.tomogram.stored.dtype.itemsize == 1:
            _draw_signs(session, entry)
        imgui.separator()
        path = entry.ref.path
    else:
        path = entry.kept.path
        if imgui.menu_item_simple("Look for it again"):
            reopening.open_missing(session, entry)
    if imgui.menu_item_simple("Relink…"):
        relinking.choose_moved(session, entry)
    tooltip("Show where its file is now; slice, view and contrast stay.")
    if imgui.menu_item_simple("Copy path"):
        imgui.set_clipboard_text(printable(path))
    imgui.separator()
    _draw_closing(session, entry)
    imgui.end_popup()


def draw_apix(opened: OpenTomogram, ui: Ui) -> bool:
    """Draw the field in which the pixel size is read and overridden; return whether it was left."""
    shown = f"{opened.apix:.3f} A per pixel" if opened.apix else "pixel size unknown"
    left = number_at_rest(
        "###apix", shown, ui, lambda apix: tomogram_list.set_apix(opened, apix or None)
    )
    tooltip(
        "Click to correct the pixel size of this tomogram, in A; 0 goes back to the file's word."
    )
    return left


def _draw_apix_z(opened: OpenTomogram, size: float, ui: Ui) -> bool:
    """Draw the field for the distance of slices, `size` in A; return whether it was left."""
    shown = f"{size:.3f} A from slice to slice"
    left = number_at_rest(
        "###apix-z", shown, ui, lambda apix: tomogram_list.set_apix_z(opened, apix or None)
    )
    tooltip(
        "Click to correct how far slices are apart, in A, in the files that are written; 0 goes back to the "
        "file's word."
    )
    return left


def _draw_signs(session: Session, opened: OpenTomogram) -> None:
    imgui.separator()
    for label, signed in SIGNS.items():
        if imgui.menu_item(label, "", opened.ref.signed is signed)[0]:
            tomogram_list.read_bytes_as(session, opened, signed=signed)


def _draw_closing(session: Session, entry: OpenTomogram | MissingTomogram) -> None:
    if imgui.menu_item_simple("Close"):
        closing.close(session, entry)
    if isinstance(entry, OpenTomogram) and imgui.menu_item_simple("Close others"):
        closing.close_others(session, entry)
    if imgui.menu_item_simple("Close all"):
        closing.close_all(session)
