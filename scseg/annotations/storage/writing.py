"""Writing .scna files: one short, fully synchronous transaction for each step."""

from __future__ import annotations

import json
import os
import uuid
from typing import TYPE_CHECKING

from scseg.annotations.crop import crop_record
from scseg.annotations.edits import (
    BoxesEdit,
    ContrastEdit,
    CropEdit,
    FeaturesEdit,
    MaskEdit,
    PicksEdit,
)
from scseg.annotations.feature import feature_record
from scseg.annotations.picked import NO_PICKS, picks_record
from scseg.annotations.storage.database import (
    create_tables,
    open_connection,
    roll_back,
    sqlite_errors_as_sentences,
    transaction,
)
from scseg.annotations.storage.side_files import journal_path, refuse_foreign_side_files
from scseg.base.errors import ScsegError
from scseg.base.files.locks import LockHeldError
from scseg.base.files.writing import acquire_lock, atomic_path, write_errors_as_sentences

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from scseg.annotations.contents import Contents
    from scseg.annotations.edits import Edit


class AnnotationFile:
    """The file of an annotation, as this session writes it. To be used by one thread.

    Every transaction leaves a mark in the file. Where another mark than the last stands there, somebody
    else has written: nothing of theirs is overwritten. Where there is no file, it is written whole.

    Args:
        path: the file; it need not exist.
        mark: what `read` returned with its contents; None where there was no file.
    """

    def __init__(self, path: Path, mark: str | None) -> None:
        self.path = path
        self._mark = mark
        self._session = uuid.uuid4().hex
        self._count = 0

    def write(self, edits: Collection[Edit], contents: Contents) -> None:
        """Write what has changed since the last call that succeeded. `contents` is all, changes included.

        Raises:
            ScsegError: it could not be written; the file is as it was.
        """
        self._count += 1
        mark = f"{self._session} {self._count}"
        with write_errors_as_sentences(self.path), sqlite_errors_as_sentences(self.path):
            if os.path.lexists(self.path):
                self._update(edits, contents, mark)
            else:
                _write_anew(self.path, contents, mark)
        self._mark = mark

    def _update(self, edits: Iterable[Edit], contents: Contents, mark: str) -> None:
        with open_connection(self.path, "rw") as database, transaction(database):
            if not self._is_as_left(database):
                database.execute("DELETE FROM mask")
                database.execute("DELETE FROM box")
                database.execute("DELETE FROM record WHERE name = 'picks'")
                edits = contents.edits_from_nothing()
            for edit in edits:
                _write_edit(database, edit)
            _write_record(database, "written", mark)

    def _is_as_left(self, database: sqlite3.Connection) -> bool:
        """Tell whether the file is what this session last wrote or read.

        False for an older state from this session: a disk that was away, or an error after all was written.

        Raises:
            ScsegError: another program has written the file.
        """
        row = database.execute("SELECT value FROM record WHERE name = 'written'").fetchone()
        mark = str(row[0]) if row else ""
        if mark == self._mark:
            return True
        if mark.startswith(self._session):
            return False
        raise ScsegError(
            f"Cannot write {self.path}: another program has changed it since it was opened; save a copy of "
            "your annotation under another name."
        )


def save_copy(path: Path, contents: Contents) -> None:
    """Write an annotation to a file of its own; an older file there is replaced.

    Raises:
        ScsegError: the file cannot be written, or a program has it open.
    """
    lock = None
    try:
        lock = acquire_lock(lock_path(path))
        with write_errors_as_sentences(path), sqlite_errors_as_sentences(path):
            _write_anew(path, contents, uuid.uuid4().hex)
    except LockHeldError as error:
        raise ScsegError(
            f"Cannot write {path}: it is open in {error}; choose another name."
        ) from error
    finally:
        if lock is not None:
            lock.release()


def lock_path(path: Path) -> Path:
    """Return the file whose lock says who may write an annotation."""
    return path.with_name(f"{path.name}.lock")


def _write_anew(path: Path, contents: Contents, mark: str) -> None:
    with atomic_path(path) as temporary:
        with open_connection(temporary, "rw") as database:
            create_tables(database)
            with transaction(database):
                _write_record(database, "shape", contents.shape)
                for edit in contents.edits_from_nothing():
                    _write_edit(database, edit)
                _write_record(database, "written", mark)
        _settle_journal(path)


def _settle_journal(path: Path) -> None:
    """Let no journal be rolled back into the file that comes to stand there, and none be lost that is needed.

    Should the new file fail to come after all, the old one is whole.

    Raises:
        ScsegError: there are foreign side files, or the old file cannot be rolled back.
    """
    refuse_foreign_side_files(path)
    if not os.path.lexists(journal_path(path)):
        return
    if os.path.lexists(path):
        roll_back(path)
    # What is left tells of nothing, or belongs to a file that is gone.
    journal_path(path).unlink(missing_ok=True)


def _write_edit(database: sqlite3.Connection, edit: Edit) -> None:
    match edit:
        case MaskEdit():
            _write_mask(database, edit)
        case BoxesEdit():
            _write_boxes(database, edit)
        case FeaturesEdit():
            _write_record(database, "features", list(map(feature_record, edit.after)))
        case CropEdit():
            _write_record(database, "crop", crop_record(edit.after))
        case ContrastEdit():
            _write_record(database, "contrast", edit.after)
        case PicksEdit(after=picks) if picks == NO_PICKS:
            database.execute("DELETE FROM record WHERE name = 'picks'")
        case PicksEdit():
            _write_record(database, "picks", picks_record(edit.after))


def _write_mask(database: sqlite3.Connection, edit: MaskEdit) -> None:
    if edit.after is None:
        database.execute("DELETE FROM mask WHERE feature = ? AND z = ?", (edit.feature, edit.z))
        return
    # An update in place, where INSERT OR REPLACE would move the row to the table's end.
    database.execute(
        "INSERT INTO mask VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET packed = excluded.packed",
        (edit.feature, edit.z, edit.after.data),
    )


def _write_boxes(database: sqlite3.Connection, edit: BoxesEdit) -> None:
    database.execute("DELETE FROM box WHERE feature = ? AND z = ?", (edit.feature, edit.z))
    database.executemany(
        "INSERT INTO box VALUES (?, ?, ?, ?)",
        [(edit.feature, edit.z, y, x) for y, x in sorted(edit.after)],
    )


def _write_record(database: sqlite3.Connection, name: str, value: object) -> None:
    text = value if isinstance(value, str) else json.dumps(value)
    database.execute(
        "INSERT INTO record VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
        (name, text),
    )
