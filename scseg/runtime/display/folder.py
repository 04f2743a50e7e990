"""A folder in which the user chooses files: what it holds, and what is chosen there."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


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


def made(folder: Path, suffixes: tuple[str, ...]) -> Listing:
    """Make a folder and list it; where that cannot be, list the one above, with the trouble."""
    try:
        folder.mkdir()
    except FileExistsError:
        if not folder.is_dir():
            trouble = f"{folder.name} is the name of a file: choose another."
            return replace(listed(folder.parent, suffixes), trouble=trouble)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        trouble = f"The folder {folder.name} cannot be made: {why}."
        return replace(listed(folder.parent, suffixes), trouble=trouble)
    return listed(folder, suffixes)


class FolderReader:
    """Reads folders in threads; `wake` is called from these when the `listing` is there.

    `reading` tells that it is not known yet; `chosen` are names of files in it.
    """

    def __init__(self, folder: Path, suffixes: tuple[str, ...], wake: Callable[[], None]) -> None:
        self.listing = Listing(folder)
        self.reading = False
        self.of_all_kinds = False
        self.chosen: set[str] = set()
        self._suffixes = suffixes
        self._wake = wake
        self._wanted = folder

    def holds(self, name: str) -> bool:
        """Tell whether there is a file of that name, also on disks to which Name is name."""
        return name.lower() in {each.lower() for each, _ in self.listing.files}

    def choose(self, name: str, *, adds: bool) -> None:
        """Choose a file, in place of those chosen before, or beside them; again, no longer."""
        self.chosen = self.chosen ^ {name} if adds else {name}

    def read(self, folder: Path, *, makes: bool = False) -> None:
        """Read another folder in a thread of its own: a slow disk must not hold up a frame.

        With `makes`, it is made first; where that cannot be, the folder above is read, with why.
        """
        self._wanted = folder
        self.chosen = set()
        self.reading = True
        suffixes = () if self.of_all_kinds else self._suffixes

        def read() -> None:
            listing = made(folder, suffixes) if makes else listed(folder, suffixes)
            if self._wanted == folder:
                self.listing = listing
                self.chosen = {listing.named} if listing.named else set()
                self.reading = False
                self._wake()

        threading.Thread(target=read, name="listing", daemon=True).start()
