"""A folder in the window, for its file browser: what it holds, and the ways into others."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, replace
from pathlib import Path

from imgui_bundle import ImVec2, hello_imgui, icons_fontawesome_6, imgui

from scseg.base.units import in_units
from scseg.gui import texts
from scseg.gui.widgets import checkbox, faint, small_button, to_the_right, tooltip

ROWS = 16


@dataclass(frozen=True)
class Listing:
    """What a folder holds: names of folders, names and sizes of files; `trouble` if it cannot be read.

    `named` is the file in it whose path was asked for in place of a folder's.
    """

    folder: Path
    folders: tuple[str, ...] = ()
    files: tuple[tuple[str, int], ...] = ()
    trouble: str = ""
    named: str = ""


def listed(folder: Path, suffixes: tuple[str, ...]) -> Listing:
    """List a folder, or that of a file: nothing hidden, only files with one of the suffixes, if any."""
    folders, files = [], []
    try:
        if folder.is_file():
            return replace(listed(folder.parent, suffixes), named=folder.name)
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


class FolderView:
    """`chosen` are the names of the files that the user has clicked; with `many`, Ctrl adds to them.

    `reading` tells that the folder's files are not known yet.
    """

    def __init__(self, folder: Path, suffixes: tuple[str, ...], *, many: bool) -> None:
        self.chosen: set[str] = set()
        self.reading = True
        self._suffixes = suffixes
        self._many = many
        self._every = False
        self._query = ""
        self._listing = Listing(folder)
        self._wanted = folder
        self._typed = ""
        self.go(folder)

    @property
    def folder(self) -> Path:
        """The folder that `chosen` is in."""
        return self._listing.folder

    @property
    def named(self) -> str:
        """The file in the folder whose whole path was typed, if it was one."""
        return self._listing.named

    def holds(self, name: str) -> bool:
        """Tell whether there is a file of that name, also on disks to which Name is name."""
        return name.lower() in {each.lower() for each, _ in self._listing.files}

    def go(self, folder: Path) -> None:
        """Read another folder in a thread of its own: a slow disk must not hold up a frame."""
        self._wanted, self._typed = folder, str(folder)
        self.chosen = set()
        self.reading = True
        suffixes = () if self._every else self._suffixes

        def read() -> None:
            listing = listed(folder, suffixes)
            if self._wanted == folder:
                self._listing = listing
                self.chosen = {listing.named} if listing.named else set()
                self.reading = False
                hello_imgui.request_refresh()

        threading.Thread(target=read, name="listing", daemon=True).start()

    def draw(self) -> bool:
        """Draw the place and what it holds; return whether a file was clicked twice."""
        self._draw_place()
        height = ROWS * imgui.get_text_line_height_with_spacing()
        imgui.begin_child("list", ImVec2(0, height), imgui.ChildFlags_.borders)
        doubly = self._draw_rows(self._listing)
        imgui.end_child()
        return doubly

    def draw_kinds(self) -> None:
        """Draw the switch that shows files of other kinds."""
        if checkbox("all files###every", self._every, "Show files of other kinds, too."):
            self._every = not self._every
            self.go(self.folder)

    def _draw_place(self) -> None:
        if small_button(f"{icons_fontawesome_6.ICON_FA_ARROW_UP}###up", "To the folder above."):
            self.go(self.folder.parent)
        imgui.same_line()
        if small_button(f"{icons_fontawesome_6.ICON_FA_HOUSE}###home", "To your own folder."):
            self.go(Path.home())
        imgui.same_line()
        imgui.set_next_item_width(imgui.get_content_region_avail().x * 0.68)
        entered, self._typed = texts.field(
            "###folder", self._typed, imgui.InputTextFlags_.enter_returns_true
        )
        tooltip("The folder; type another, or the whole path of a file, and press Enter.")
        if entered:
            # Windows copies a path with quotes around it.
            self.go(Path(self._typed.strip().strip('"')).expanduser())
        imgui.same_line()
        imgui.set_next_item_width(-1)
        _, self._query = imgui.input_text_with_hint("###filter", "filter", self._query)
        tooltip("Show only what has this in its name.")

    def _draw_rows(self, listing: Listing) -> bool:
        words = self._query.lower()
        if listing.trouble:
            faint(listing.trouble)
        for name in listing.folders:
            if words in name.lower():
                icon = icons_fontawesome_6.ICON_FA_FOLDER
                flags = imgui.SelectableFlags_.no_auto_close_popups
                if imgui.selectable(texts.label(f"{icon}  {name}", name), False, flags)[0]:  # noqa: FBT003
                    self.go(listing.folder / name)
        doubly = False
        for name, size in listing.files:
            if words in name.lower():
                doubly |= self._draw_file(name, size)
        if not (listing.trouble or listing.folders or listing.files or self.reading):
            faint("Nothing of this kind here.")
        return doubly

    def _draw_file(self, name: str, size: int) -> bool:
        icon = icons_fontawesome_6.ICON_FA_CUBE
        flags = imgui.SelectableFlags_.no_auto_close_popups
        if imgui.selectable(texts.label(f"{icon}  {name}", name), name in self.chosen, flags)[0]:
            if self._many and imgui.get_io().key_ctrl:
                self.chosen ^= {name}
            else:
                self.chosen = {name}
        doubly = imgui.is_item_hovered() and imgui.is_mouse_double_clicked(imgui.MouseButton_.left)
        text = in_units(size)
        to_the_right(imgui.calc_text_size(text).x)
        faint(text)
        return doubly
