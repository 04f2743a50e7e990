"""A file browser in the window, for systems without a dialog of their own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from imgui_bundle import ImVec2, imgui

from scseg.base.file_names import with_suffix
from scseg.gui.file_dialogs.folder_view import FolderView, enter_beside_fields
from scseg.gui.popup_sizes import fitting_width
from scseg.gui.widgets import button, faint, text_field, to_the_right, tooltip
from scseg.runtime.display import labels, slice_numbers

if TYPE_CHECKING:
    from scseg.gui.ui import Ui

Paths = tuple[Path, ...]


class Inside(Protocol):
    """What a browser has in it. `draw` returns None while the user is choosing, then the paths, or none."""

    def draw(self, ui: Ui) -> Paths | None: ...


class Browser:
    """An open browser. `draw` returns None while the user is choosing, then the paths, or none."""

    def __init__(self, title: str, inside: Inside) -> None:
        self._title = labels.label(title, "files")
        self._inside = inside
        self._opens = True

    def draw(self, ui: Ui) -> Paths | None:
        if self._opens:
            imgui.open_popup(self._title)
            self._opens = False
        imgui.set_next_window_size(ImVec2(fitting_width(620 * ui.scale), 0))
        middle = imgui.get_main_viewport().get_center()
        imgui.set_next_window_pos(middle, imgui.Cond_.appearing, ImVec2(0.5, 0.5))
        flags = imgui.WindowFlags_.no_saved_settings
        shown, opened = imgui.begin_popup_modal(self._title, True, flags)  # noqa: FBT003 - ImGui's
        if not shown:
            return ()
        result = self._inside.draw(ui)
        if not opened or imgui.is_key_pressed(imgui.Key.escape):
            result = ()
        if result is not None:
            imgui.close_current_popup()
        imgui.end_popup()
        return result

    def close(self) -> None:
        """Nothing of it goes on beside the window."""


class Opening:
    """Chooses files that are there."""

    def __init__(self, suffixes: tuple[str, ...], folder: Path) -> None:
        self._view = FolderView(folder, suffixes, many=True)

    def draw(self, ui: Ui) -> Paths | None:
        view = self._view
        doubly = view.draw()
        view.draw_kinds()
        cancelled, opens = _draw_buttons("Open###open", ui, enabled=bool(view.chosen))
        if cancelled:
            return ()
        if opens or (view.chosen and (doubly or enter_beside_fields())):
            return tuple(view.folder / name for name in sorted(view.chosen))
        return (view.folder / named,) if (named := view.reader.listing.named) else None


class ChoosingFolder:
    """Chooses a folder to write into: the one that is seen."""

    def __init__(self, proposed: Path) -> None:
        self._view = FolderView(_there(proposed), (), many=False)

    def draw(self, ui: Ui) -> Paths | None:
        view = self._view
        view.draw()
        view.reader.chosen = set()
        view.draw_new_folder()
        enabled = not view.reader.reading and not view.reader.listing.trouble
        cancelled, chooses = _draw_buttons("Choose this folder###choose", ui, enabled=enabled)
        if cancelled:
            return ()
        return (view.folder,) if enabled and (chooses or enter_beside_fields()) else None


class Saving:
    """Chooses the place and the name of a file to write, whose suffix is that of the `proposed` one."""

    def __init__(self, proposed: Path) -> None:
        self._suffix = proposed.suffix
        self._view = FolderView(proposed.parent, (proposed.suffix,), many=False)
        self._name = proposed.name
        self._asks = False
        self._begins = True

    def draw(self, ui: Ui) -> Paths | None:
        view = self._view
        doubly = view.draw()
        for name in view.chosen:
            self._name, self._asks = name, self._asks and name == self._name
        view.reader.chosen = set()
        # What is there is replaced by a click, or by Enter in its name alone.
        entered = self._draw_name() or (enter_beside_fields() and not self._asks)
        if note := slice_numbers.note(self._name):
            faint(note)
        if self._asks:
            faint(f"There is a {self._name} already.")
        else:
            view.draw_kinds()
            imgui.same_line()
            view.draw_new_folder()
        label = "Replace it###save" if self._asks else "Save###save"
        enabled = bool(Path(self._name.strip()).name) and not view.reader.reading
        cancelled, saves = _draw_buttons(label, ui, enabled=enabled)
        if cancelled:
            return ()
        return self._decided() if enabled and (saves or entered or doubly) else None

    def _draw_name(self) -> bool:
        """Draw the field for the name; return whether Enter was pressed in it."""
        if self._begins:
            imgui.set_keyboard_focus_here()
            self._begins = False
        imgui.set_next_item_width(-1)
        flags = imgui.InputTextFlags_.enter_returns_true | imgui.InputTextFlags_.auto_select_all
        entered, name = text_field("###name", self._name, flags)
        tooltip("The name of the file, or its whole path.")
        if name != self._name:
            self._name, self._asks = name, False
        return bool(entered)

    def _decided(self) -> Paths | None:
        """Return the path, unless it lies in another folder, which is shown first, or is there already."""
        path = with_suffix(self._view.folder / Path(self._name.strip()).expanduser(), self._suffix)
        self._name = path.name
        if path.parent != self._view.folder:
            self._view.go(path.parent)
        elif not self._asks and self._view.reader.holds(path.name):
            self._asks = True
        else:
            return (path,)
        return None


def _there(folder: Path) -> Path:
    """Return a folder, or the nearest above it that is there."""
    return next((each for each in (folder, *folder.parents) if each.is_dir()), Path.home())


def _draw_buttons(label: str, ui: Ui, *, enabled: bool) -> tuple[bool, bool]:
    """Draw the buttons at the right end of the line; return which was clicked: to cancel, to go on."""
    padding = imgui.get_style().frame_padding.x
    to_the_right(
        imgui.calc_text_size(f"Cancel{label}", hide_text_after_double_hash=True).x
        + 7.2 * padding
        + 8 * ui.scale
    )
    cancelled = button("Cancel###cancel", "Leave everything as it is (Escape).")
    imgui.same_line()
    imgui.begin_disabled(not enabled)
    goes_on = button(label, "", primary=True, ui=ui)
    imgui.end_disabled()
    return cancelled, goes_on
