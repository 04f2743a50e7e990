"""Choosing files, to open and to write: the system's dialog where there is one, else one in the window."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from imgui_bundle import portable_file_dialogs as native

from scseg.base import machine
from scseg.base.errors import ScsegError
from scseg.base.file_names import with_suffix
from scseg.base.printable import printable
from scseg.gui.file_dialogs.browser import Browser, ChoosingFolder, Opening, Saving
from scseg.runtime.display import slice_numbers
from scseg.runtime.display.file_kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from scseg.gui.ui import Ui
    from scseg.runtime.display.file_kinds import FileKind
    from scseg.state.requests import Kind

Names = TypeVar("Names", str, list[str])


class Dialog(Protocol):
    """An open dialog. `draw` returns None while the user is choosing, then the paths, or none."""

    def draw(self, ui: Ui) -> tuple[Path, ...] | None: ...
    def close(self) -> None: ...


class Dialogs:
    """At most one dialog is open; asking again while it is chooses nothing. `native` is set by tests."""

    def __init__(self) -> None:
        self.native = machine.has_file_dialogs()
        self._open: Dialog | None = None
        self._then: Callable[[tuple[Path, ...]], None]
        self._folder = Path.cwd()

    def ask(self, kind: Kind, then: Callable[[tuple[Path, ...]], None], title: str = "") -> None:
        """Let the user choose files of a kind, and call `then` with them: with none if they cancel.

        `title` says for what, where it is not just to open them.
        """
        if self._open is not None:
            then(())
            return
        self._then = then
        offered = KINDS[kind] if not title else replace(KINDS[kind], title=title)
        if self.native:
            self._open = NativeDialog(offered, self._folder)
        else:
            self._open = Browser(offered.title, Opening(offered.suffixes, self._folder))

    def ask_save(self, title: str, proposed: Path, then: Callable[[Path | None], None]) -> None:
        """Let the user choose where to write a file, and call `then` with its path: None if they cancel.

        Its suffix is that of the proposed path. An older file of that name may be replaced.
        """
        if self._open is not None:
            then(None)
            return
        self._then = lambda chosen: then(next(iter(chosen), None))
        if self.native:
            self._open = NativeSaveDialog(title, proposed)
        else:
            self._open = Browser(title, Saving(proposed))

    def ask_folder(self, title: str, proposed: Path, then: Callable[[Path | None], None]) -> None:
        """Let the user choose a folder to write into, and call `then` with it: None if they cancel.

        The dialog begins in the proposed one, or where that would be made.
        """
        if self._open is not None:
            then(None)
            return
        self._then = lambda chosen: then(next(iter(chosen), None))
        if self.native:
            self._open = NativeFolderDialog(title, proposed)
        else:
            self._open = Browser(title, ChoosingFolder(proposed))

    def close(self) -> None:
        """Take away the dialog that is open, with nothing chosen."""
        dialog, self._open = self._open, None
        if dialog is not None:
            dialog.close()
            self._then(())

    def draw(self, ui: Ui) -> None:
        # One that fails is forgotten: else it would fail in every frame, and no other could be opened.
        dialog, self._open = self._open, None
        if dialog is None:
            return
        try:
            chosen = dialog.draw(ui)
        except Exception:
            self._then(())
            raise
        if chosen is None:
            self._open = dialog
            return
        if chosen:
            self._folder = chosen[0].parent
        self._then(chosen)


class NativeDialog:
    """The system's dialog, a process of its own that is asked now and then."""

    def __init__(self, offered: FileKind, folder: Path) -> None:
        patterns = " ".join(f"*{suffix}" for suffix in offered.suffixes)
        filters = [offered.name, patterns, "All files", "*"]
        self._dialog = native.open_file(
            printable(offered.title), printable(str(folder)), filters, native.opt.multiselect
        )

    def draw(self, ui: Ui) -> tuple[Path, ...] | None:  # noqa: ARG002 - the system draws it
        if not self._dialog.ready(0):
            return None
        return tuple(Path(name) for name in _result(self._dialog.result))

    def close(self) -> None:
        """End the system's process."""
        self._dialog.kill()


class NativeSaveDialog:
    """The system's dialog for the name of a file to write; it asks before an older one is replaced."""

    def __init__(self, title: str, proposed: Path) -> None:
        self._title = title
        self._suffix = proposed.suffix
        if note := slice_numbers.note(proposed.name):
            title = f"{title} ({note.rstrip('.')})"
        filters = [f"{proposed.suffix} files", f"*{proposed.suffix}", "All files", "*"]
        self._dialog = native.save_file(printable(title), printable(str(proposed)), filters)
        self._again: Browser | None = None

    def draw(self, ui: Ui) -> tuple[Path, ...] | None:
        if self._again is not None:
            return self._again.draw(ui)
        if not self._dialog.ready(0):
            return None
        name = _result(self._dialog.result)
        if not name:
            return ()
        path = with_suffix(Path(name), self._suffix)
        if str(path) != name and path.exists():
            # Without its suffix, the system has not asked about this one.
            self._again = Browser(self._title, Saving(path))
            return None
        return (path,)

    def close(self) -> None:
        """End the system's process."""
        self._dialog.kill()


class NativeFolderDialog:
    """The system's dialog for a folder."""

    def __init__(self, title: str, proposed: Path) -> None:
        self._dialog = native.select_folder(printable(title), printable(str(proposed)))

    def draw(self, ui: Ui) -> tuple[Path, ...] | None:  # noqa: ARG002 - the system draws it
        if not self._dialog.ready(0):
            return None
        name = _result(self._dialog.result)
        return (Path(name),) if name else ()

    def close(self) -> None:
        """End the system's process."""
        self._dialog.kill()


def _result(result: Callable[[], Names]) -> Names:
    """Return what was chosen in one of the system's dialogs.

    Raises:
        ScsegError: its name cannot be handed over.
    """
    try:
        return result()
    except UnicodeDecodeError as error:
        raise ScsegError(
            "The name of what was chosen is not UTF-8, and the system's dialog cannot hand it over: rename "
            "it, or drop the file on the window."
        ) from error
