"""Ordinary files below the program's own folders, as many as can be looked at in bearable time."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scseg.base.files.writing import os_errors_as_sentences
from scseg.state.disk_use import StoredItem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from scseg.base.progress import Report

MOST_FILES = 100_000
"""Some seconds on a disk of this computer."""


@dataclass(frozen=True)
class Found:
    """A file, its size and when it was written. Of several names of one file, one has its size."""

    path: Path
    nbytes: int
    written: float


class Walk:
    """`whole` tells whether nothing was left out. No link inside of a folder is followed, or told of."""

    def __init__(self, report: Report) -> None:
        self.whole = True
        self._report = report
        self._left = MOST_FILES
        self._seen: set[tuple[int, int]] = set()

    def files(self, folder: Path, *, deep: bool = False) -> Iterator[Found]:
        """Yield the files in a folder, if it is there, and with `deep` those in folders inside of it.

        Raises:
            ScsegError: a folder cannot be read.
            CancelledError: from the report.
        """
        if not folder.is_dir():
            return
        with os_errors_as_sentences("look into", folder, {}), os.scandir(folder) as entries:
            for entry in entries:
                if self._left <= 0:
                    self.whole = False
                    return
                self._left -= 1
                self._report(1 - self._left / MOST_FILES, folder.name)
                path = folder / entry.name
                if deep and entry.is_dir(follow_symlinks=False):
                    yield from self.files(path, deep=True)
                elif entry.is_file(follow_symlinks=False):
                    yield self._found(path, entry.stat(follow_symlinks=False))

    def file(self, path: Path) -> Found | None:
        """Return one file, None where there is no ordinary file."""
        try:
            status = path.lstat()
        except FileNotFoundError:
            return None
        return self._found(path, status) if stat.S_ISREG(status.st_mode) else None

    def _found(self, path: Path, status: os.stat_result) -> Found:
        key = status.st_dev, status.st_ino
        is_second = status.st_nlink > 1 and key in self._seen
        self._seen.add(key)
        return Found(path, 0 if is_second else status.st_size, status.st_mtime)


def entry(kind: str, what: str, path: Path, files: Sequence[Found]) -> StoredItem:
    """Return an entry of these files, at least one."""
    return StoredItem(
        kind,
        what,
        path,
        tuple(each.path for each in files),
        sum(each.nbytes for each in files),
        max(each.written for each in files),
    )
