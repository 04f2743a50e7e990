"""A folder in the window, for its file browser: what it holds, and the ways into others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, hello_imgui, icons_fontawesome_6, imgui

from scseg.base.formatting import format_bytes
from scseg.gui.popup_sizes import fitting_height
from scseg.gui.widgets import (
    button,
    checkbox,
    clicked_again,
    faint,
    small_button,
    text_field,
    to_the_right,
    tooltip,
)
from scseg.runtime.display import labels
from scseg.runtime.display.folder import FolderReader

if TYPE_CHECKING:
    from scseg.runtime.display.folder import Listing

ROWS = 16
LINES_BESIDE = 8
"""What a dialog has above and below its list: title, folder, name, what is told of it, buttons."""


class FolderView:
    """Shows what `reader` has read; `chosen` are the names of the files in it that the user has clicked."""

    def __init__(self, folder: Path, suffixes: tuple[str, ...], *, many: bool) -> None:
        self.reader = FolderReader(folder, suffixes, hello_imgui.request_refresh)
        self._many = many
        self._query = ""
        self._typed = ""
        self._shown = folder
        self._new: str | None = None
        self._begins = False
        self.go(folder)

    @property
    def folder(self) -> Path:
        """The folder that `chosen` is in."""
        return self.reader.listing.folder

    @property
    def chosen(self) -> set[str]:
        return self.reader.chosen

    def go(self, folder: Path) -> None:
        """Show another folder."""
        self._typed = str(folder)
        self.reader.read(folder)

    def draw(self) -> bool:
        """Draw the place and what it holds; return whether a file was clicked twice, or Enter chose it."""
        if self.folder != self._shown:
            self._shown, self._typed = self.folder, str(self.folder)
        filtered = self._draw_place()
        height = fitting_height(ROWS * imgui.get_text_line_height_with_spacing(), LINES_BESIDE)
        imgui.begin_child("list", ImVec2(0, height), imgui.ChildFlags_.borders)
        doubly = self._draw_rows(self.reader.listing)
        imgui.end_child()
        return doubly or filtered

    def draw_new_folder(self) -> None:
        """Draw the button that makes a folder here, then the field for its name."""
        if self._new is None:
            if button("new folder###new-folder", "Make a folder here, and go into it."):
                self._new, self._begins = "", True
            return
        if self._begins:
            imgui.set_keyboard_focus_here()
            self._begins = False
        imgui.set_next_item_width(imgui.get_content_region_avail().x * 0.5)
        entered, self._new = text_field(
            "###new-name", self._new, imgui.InputTextFlags_.enter_returns_true
        )
        tooltip("The name of the new folder.")
        name = self._new.strip()
        imgui.same_line()
        # A name, not a way to elsewhere.
        is_name = bool(name) and name not in (".", "..") and Path(name).name == name
        imgui.begin_disabled(not is_name)
        clicked = small_button("make###make-folder", "Make the folder, and go into it (Enter).")
        imgui.end_disabled()
        if is_name and (clicked or entered):
            self._new = None
            self.reader.read(self.folder / name, makes=True)

    def draw_kinds(self) -> None:
        """Draw the switch that shows files of other kinds."""
        if checkbox(
            "all files###every", self.reader.of_all_kinds, "Show files of other kinds, too."
        ):
            self.reader.of_all_kinds = not self.reader.of_all_kinds
            self.go(self.folder)

    def _draw_place(self) -> bool:
        """Draw the folder and the filter; return whether Enter in the filter means what is chosen.

        Where the filter leaves but one file, Enter chooses that.
        """
        if small_button(f"{icons_fontawesome_6.ICON_FA_ARROW_UP}###up", "To the folder above."):
            self.go(self.folder.parent)
        imgui.same_line()
        if small_button(f"{icons_fontawesome_6.ICON_FA_HOUSE}###home", "To your own folder."):
            self.go(Path.home())
        imgui.same_line()
        imgui.set_next_item_width(imgui.get_content_region_avail().x * 0.68)
        entered, self._typed = text_field(
            "###folder", self._typed, imgui.InputTextFlags_.enter_returns_true
        )
        tooltip("The folder; type another, or the whole path of a file, and press Enter.")
        if entered:
            # Windows copies a path with quotes around it.
            self.go(Path(self._typed.strip().strip('"')).expanduser())
        imgui.same_line()
        imgui.set_next_item_width(-1)
        flags = imgui.InputTextFlags_.enter_returns_true
        filtered, self._query = imgui.input_text_with_hint(
            "###filter", "filter", self._query, flags
        )
        tooltip(
            "Show only what has this in its name. Enter takes the only file left, or what is chosen."
        )
        left = [
            name for name, _ in self.reader.listing.files if self._query.lower() in name.lower()
        ]
        if filtered and len(left) == 1:
            self.reader.chosen = set(left)
        return bool(filtered and self.chosen)

    def _draw_rows(self, listing: Listing) -> bool:
        words = self._query.lower()
        if listing.trouble:
            faint(listing.trouble)
        for name in listing.folders:
            if words in name.lower():
                icon = icons_fontawesome_6.ICON_FA_FOLDER
                flags = imgui.SelectableFlags_.no_auto_close_popups
                clicked, _ = imgui.selectable(labels.label(f"{icon}  {name}", name), False, flags)  # noqa: FBT003
                if clicked and not clicked_again():
                    self.go(listing.folder / name)
        doubly = False
        for name, size in listing.files:
            if words in name.lower():
                doubly |= self._draw_file(name, size)
        if not (listing.trouble or listing.folders or listing.files or self.reader.reading):
            faint("Nothing of this kind here.")
        return doubly

    def _draw_file(self, name: str, size: int) -> bool:
        icon = icons_fontawesome_6.ICON_FA_CUBE
        flags = imgui.SelectableFlags_.no_auto_close_popups
        # A double click on a folder ends on what is shown of that.
        chosen = name in self.chosen
        clicked, _ = imgui.selectable(labels.label(f"{icon}  {name}", name), chosen, flags)
        if clicked and (chosen or not clicked_again()):
            self.reader.choose(name, adds=self._many and imgui.get_io().key_ctrl)
        doubly = (
            chosen
            and imgui.is_item_hovered()
            and imgui.is_mouse_double_clicked(imgui.MouseButton_.left)
        )
        text = format_bytes(size)
        to_the_right(imgui.calc_text_size(text).x)
        faint(text)
        return doubly


def enter_beside_fields() -> bool:
    """Tell whether Enter was pressed, but not in a field for text, which may mean something else by it."""
    if imgui.get_io().want_text_input:
        return False
    keys = imgui.Key.enter, imgui.Key.keypad_enter
    return any(imgui.is_key_pressed(key, repeat=False) for key in keys)
