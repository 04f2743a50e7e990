"""A file browser in the window, for systems without a dialog of their own."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, hello_imgui, icons_fontawesome_6, imgui

from scseg.gui.widgets import button, checkbox, faint, small_button, to_the_right, tooltip

if TYPE_CHECKING:
    from scseg.gui.ui import Ui

ROWS = 16


@dataclass(frozen=True)
class Listing:
    """What a folder holds: names of folders, names and sizes of files; `trouble` if it cannot be read."""

    folder: Path
    folders: tuple[str, ...] = ()
    files: tuple[tuple[str, int], ...] = ()
    trouble: str = ""


def listed(folder: Path, suffixes: tuple[str, ...]) -> Listing:
    """List a folder: no hidden files, and only those with one of the suffixes, if there are any."""
    folders, files = [], []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if entry.is_dir():
                    folders.append(entry.name)
                elif entry.is_file() and (not suffixes or entry.name.lower().endswith(suffixes)):
                    files.append((entry.name, entry.stat().st_size))
    except OSError as error:
        return Listing(folder, trouble=f"This folder cannot be read: {error.strerror}.")
    return Listing(folder, tuple(sorted(folders, key=str.lower)), tuple(sorted(files)))


class Browser:
    """An open browser. `draw` returns None while the user is choosing, then the paths, or none."""

    def __init__(self, title: str, suffixes: tuple[str, ...], folder: Path) -> None:
        self._title = f"{title}###files"
        self._suffixes = suffixes
        self._every = False
        self._chosen: set[str] = set()
        self._query = ""
        self._listing = Listing(folder)
        self._typed = ""
        self._go(folder)
        self._opens = True

    def draw(self, ui: Ui) -> tuple[Path, ...] | None:
        if self._opens:
            imgui.open_popup(self._title)
            self._opens = False
        imgui.set_next_window_size(ImVec2(620 * ui.scale, 0))
        middle = imgui.get_main_viewport().get_center()
        imgui.set_next_window_pos(middle, imgui.Cond_.appearing, ImVec2(0.5, 0.5))
        flags = imgui.WindowFlags_.no_saved_settings
        shown, opened = imgui.begin_popup_modal(self._title, True, flags)  # noqa: FBT003 - ImGui's
        if not shown:
            return ()
        result = self._draw_all(ui)
        if not opened or imgui.is_key_pressed(imgui.Key.escape):
            result = ()
        if result is not None:
            imgui.close_current_popup()
        imgui.end_popup()
        return result

    def _draw_all(self, ui: Ui) -> tuple[Path, ...] | None:
        listing = self._listing
        self._draw_place(listing)
        height = ROWS * imgui.get_text_line_height_with_spacing()
        imgui.begin_child("list", ImVec2(0, height), imgui.ChildFlags_.borders)
        doubly = self._draw_rows(listing)
        imgui.end_child()
        if checkbox("all files###every", self._every, "Show files of other kinds, too."):
            self._every = not self._every
            self._go(listing.folder)
        padding = imgui.get_style().frame_padding.x
        to_the_right(imgui.calc_text_size("OpenCancel").x + 7.2 * padding + 8 * ui.scale)
        if button("Cancel###cancel", ""):
            return ()
        imgui.same_line()
        imgui.begin_disabled(not self._chosen)
        opens = button("Open###open", "", primary=True, ui=ui)
        imgui.end_disabled()
        if opens or doubly:
            return tuple(listing.folder / name for name in sorted(self._chosen))
        return None

    def _draw_place(self, listing: Listing) -> None:
        if small_button(f"{icons_fontawesome_6.ICON_FA_ARROW_UP}###up", "To the folder above."):
            self._go(listing.folder.parent)
        imgui.same_line()
        if small_button(f"{icons_fontawesome_6.ICON_FA_HOUSE}###home", "To your own folder."):
            self._go(Path.home())
        imgui.same_line()
        imgui.set_next_item_width(imgui.get_content_region_avail().x * 0.68)
        entered, self._typed = imgui.input_text(
            "###folder", self._typed, imgui.InputTextFlags_.enter_returns_true
        )
        tooltip("The folder; type another and press Enter.")
        if entered:
            self._go(Path(self._typed).expanduser())
        imgui.same_line()
        imgui.set_next_item_width(-1)
        _, self._query = imgui.input_text_with_hint("###filter", "filter", self._query)

    def _draw_rows(self, listing: Listing) -> bool:
        """Draw what the folder holds; return whether a file was clicked twice."""
        words = self._query.lower()
        if listing.trouble:
            faint(listing.trouble)
        for name in listing.folders:
            if words in name.lower():
                icon = icons_fontawesome_6.ICON_FA_FOLDER
                if imgui.selectable(f"{icon}  {name}###{name}", False)[0]:  # noqa: FBT003
                    self._go(listing.folder / name)
        doubly = False
        for name, size in listing.files:
            if words in name.lower():
                doubly |= self._draw_file(name, size)
        if not (listing.trouble or listing.folders or listing.files):
            faint("Nothing to open here.")
        return doubly

    def _draw_file(self, name: str, size: int) -> bool:
        icon = icons_fontawesome_6.ICON_FA_CUBE
        flags = imgui.SelectableFlags_.no_auto_close_popups
        if imgui.selectable(f"{icon}  {name}###{name}", name in self._chosen, flags)[0]:
            if imgui.get_io().key_ctrl:
                self._chosen ^= {name}
            else:
                self._chosen = {name}
        doubly = imgui.is_item_hovered() and imgui.is_mouse_double_clicked(imgui.MouseButton_.left)
        text = f"{size / 1e6:,.1f} MB"
        to_the_right(imgui.calc_text_size(text).x)
        faint(text)
        return doubly

    def _go(self, folder: Path) -> None:
        """Read another folder in a thread of its own: a slow disk must not hold up a frame."""
        self._typed = str(folder)
        self._chosen = set()
        suffixes = () if self._every else self._suffixes

        def read() -> None:
            listing = listed(folder, suffixes)
            if self._typed == str(folder):
                self._listing = listing
                hello_imgui.request_refresh()

        threading.Thread(target=read, name="listing", daemon=True).start()
