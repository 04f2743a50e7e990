"""Choosing files: the system's own dialog where there is one, else a file browser in the window."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from imgui_bundle import im_file_dialog, imgui
from imgui_bundle import portable_file_dialogs as native

from scseg.datasets.tomogram import MRC_SUFFIXES

if TYPE_CHECKING:
    from scseg.gui.ui import Ui
    from scseg.session import Kind


@dataclass(frozen=True)
class Filter:
    """Which files a dialog offers first: a name for them and their suffixes."""

    name: str
    suffixes: tuple[str, ...]


FILTERS: dict[Kind, Filter] = {
    "tomogram": Filter("Tomograms", MRC_SUFFIXES),
    "model": Filter("Models", (".scnm",)),
}
TITLES: dict[Kind, str] = {"tomogram": "Open tomograms", "model": "Load models"}
HELPERS = ("zenity", "kdialog", "matedialog", "qarma")


def has_native() -> bool:
    """Return whether the system can show its own dialog; Linux needs a helper program for it."""
    return sys.platform in ("win32", "darwin") or any(map(shutil.which, HELPERS))


class Dialog(Protocol):
    """An open dialog. `draw` returns None while the user is choosing, then the paths, or none."""

    def draw(self, ui: Ui) -> tuple[Path, ...] | None: ...


class Dialogs:
    """At most one dialog is open; asking again while it is does nothing."""

    def __init__(self, *, use_native: bool | None = None) -> None:
        self._native = has_native() if use_native is None else use_native
        self._open: Dialog | None = None
        self._folder = Path.cwd()

    def ask(self, kind: Kind) -> None:
        if self._open is None:
            dialog = NativeDialog if self._native else WindowDialog
            self._open = dialog(kind, self._folder)

    def draw(self, ui: Ui) -> tuple[Path, ...]:
        """Return the files that were chosen in this frame."""
        chosen = None if self._open is None else self._open.draw(ui)
        if chosen is None:
            return ()
        self._open = None
        if chosen:
            self._folder = chosen[0].parent
        return chosen


class NativeDialog:
    def __init__(self, kind: Kind, folder: Path) -> None:
        files = FILTERS[kind]
        patterns = " ".join(f"*{suffix}" for suffix in files.suffixes)
        filters = [files.name, patterns, "All files", "*"]
        self._dialog = native.open_file(TITLES[kind], str(folder), filters, native.opt.multiselect)

    def draw(self, ui: Ui) -> tuple[Path, ...] | None:  # noqa: ARG002 - the system draws it
        if not self._dialog.ready(0):
            return None
        return tuple(Path(name) for name in self._dialog.result())


class WindowDialog:
    KEY = "files"

    def __init__(self, kind: Kind, folder: Path) -> None:
        files = FILTERS[kind]
        offered = f"{files.name}{{{','.join(files.suffixes)}}},.*"
        browser = im_file_dialog.FileDialog.instance()
        browser.open(self.KEY, TITLES[kind], offered, is_multiselect=True, starting_dir=str(folder))

    def draw(self, ui: Ui) -> tuple[Path, ...] | None:
        imgui.set_next_window_size(
            imgui.ImVec2(760 * ui.scale, 480 * ui.scale), imgui.Cond_.appearing
        )
        dialog = im_file_dialog.FileDialog.instance()
        if not dialog.is_done(self.KEY):
            return None
        chosen = (
            tuple(Path(each.path()) for each in dialog.get_results()) if dialog.has_result() else ()
        )
        dialog.close()
        return chosen
