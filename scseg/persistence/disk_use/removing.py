"""Removes what the program keeps of its own, and never what is in use at that moment."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from scseg.base.errors import ScsegError
from scseg.base.files import regular_files
from scseg.base.files.locks import LockHeldError
from scseg.base.files.writing import os_errors_as_sentences
from scseg.base.progress import silent
from scseg.compute import logs
from scseg.persistence.disk_use.listing import listed
from scseg.state.disk_use import KINDS, RemovalResult

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from scseg.base.progress import Report
    from scseg.persistence.last_session import LastSession
    from scseg.state.disk_use import StoredItem

_REMOVABLE = {kind.id for kind in KINDS if kind.removable}


def remove(
    entries: Iterable[StoredItem], here: LastSession | None = None, report: Report = silent
) -> RemovalResult:
    """Remove these entries, as far as they are there and not in use by now; `here` is as in `listed`.

    With a model goes what it had learnt before. Whoever calls this has asked about what is not saved.

    Raises:
        ScsegError: a folder cannot be read.
        CancelledError: from `report`; what is removed by then stays so.
    """
    wanted = {(each.kind, each.path) for each in entries}
    wanted |= {("checkpoints", path) for kind, path in wanted if kind == "models"}
    found = [each for each in listed(here, report).entries if (each.kind, each.path) in wanted]
    nbytes, kept = 0, []
    for number, each in enumerate(found):
        report(number / len(found), each.what)
        try:
            _remove(each)
            nbytes += each.nbytes
        except ScsegError as error:
            kept.append(str(error))
    return RemovalResult(nbytes, tuple(kept))


def _remove(entry: StoredItem) -> None:
    """Remove one entry.

    Raises:
        ScsegError: it is in use, or the system refuses.
    """
    if entry.in_use or entry.kind not in _REMOVABLE:
        raise ScsegError(f"{entry.path} stays: {entry.in_use or 'it is your work'}.")
    for file in entry.files:
        with os_errors_as_sentences("remove", file, {}):
            try:
                (logs.remove_log if entry.kind == "logs" else regular_files.remove)(file)
            except LockHeldError as holder:
                raise ScsegError(f"{file} stays: {holder} uses it.") from holder
    if entry.kind in ("models", "checkpoints", "exports"):
        _remove_empty(entry.path, entry.files)


def _remove_empty(folder: Path, files: Sequence[Path]) -> None:
    """Remove the folders in which these files were, up to that of the model, unless something is left."""
    inside = {parent for file in files for parent in file.parents if parent.is_relative_to(folder)}
    for each in sorted(inside, reverse=True):
        with contextlib.suppress(OSError):  # something is left in it
            each.rmdir()
