"""SQLite as .scna files need it: their schema, careful connections, and errors as sentences.

Connections live for one transaction. So a folder that vanishes and comes back, or a file that was replaced,
is met as it is now, and hundreds of open tomograms hold no files open.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
from typing import TYPE_CHECKING, Literal

from scseg.annotations.storage.side_files import refuse_foreign_side_files
from scseg.base.errors import ScsegError
from scseg.base.files.writing import write_errors_as_sentences

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

APPLICATION_ID = int.from_bytes(b"SCNA")
FORMAT = 1
"""Raised whenever this version's predecessors could no longer read what is written."""

TABLES = {
    "record": "CREATE TABLE record (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID",
    "mask": "CREATE TABLE mask (feature TEXT NOT NULL, z INTEGER NOT NULL, packed BLOB NOT NULL, "
    "PRIMARY KEY (feature, z))",
    "box": "CREATE TABLE box (feature TEXT NOT NULL, z INTEGER NOT NULL, y INTEGER NOT NULL, "
    "x INTEGER NOT NULL, PRIMARY KEY (feature, z, y, x)) WITHOUT ROWID",
}

_SECONDS_FOR_OTHERS = 5.0
"""How long a transaction waits while another program reads the file."""

_REMEDIES = {
    "SQLITE_FULL": "the disk is full; free some space",
    "SQLITE_CANTOPEN": "it or its folder cannot be opened; check that its disk is there",
    "SQLITE_READONLY": "it may not be written; ask its owner for permission",
    "SQLITE_PERM": "it may not be written; ask its owner for permission",
    "SQLITE_BUSY": "another program is using it; close it there",
    "SQLITE_IOERR": "its disk fails or is gone; check it",
    "SQLITE_NOTADB": "it is damaged; move it away",
    "SQLITE_CORRUPT": "it is damaged; move it away",
}


Mode = Literal["ro", "rw", "alone"]

_PARAMETERS: dict[Mode, str] = {"ro": "mode=ro", "rw": "mode=rw", "alone": "mode=ro&immutable=1"}


@contextlib.contextmanager
def open_connection(path: Path, mode: Mode) -> Iterator[sqlite3.Connection]:
    """Open an existing database for one transaction; what is not committed is rolled back.

    With "rw", a transaction that was cut off before is rolled back first. With "alone", the file is read as
    it is, without a lock and without a look at what lies beside it.

    Raises:
        ScsegError: SQLite must not meet it: a link to be written through, or foreign side files.
    """
    if mode == "rw" and not stat.S_ISREG(os.lstat(path).st_mode):
        raise ScsegError(f"Cannot write {path}: it is a link or no ordinary file; move it away.")
    if mode != "alone":
        refuse_foreign_side_files(path)
    address = f"{path.absolute().as_uri()}?{_PARAMETERS[mode]}"
    database = sqlite3.connect(address, uri=True, isolation_level=None, timeout=_SECONDS_FOR_OTHERS)
    with contextlib.closing(database):
        for pragma in (
            "trusted_schema = OFF",
            "cell_size_check = ON",
            "mmap_size = 0",
            "temp_store = MEMORY",
            "synchronous = EXTRA",  # FULL, and the folder too after the journal was deleted
        ):
            database.execute(f"PRAGMA {pragma}")
        yield database


def has_hot_journal(path: Path) -> bool:
    """Tell whether a transaction was cut off, so that the file must not be read as it is."""
    try:
        with open_connection(path, "ro") as database:
            database.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.Error as error:
        return getattr(error, "sqlite_errorname", "") == "SQLITE_READONLY_ROLLBACK"
    return False


@contextlib.contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """Commit what is written inside, or nothing of it."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
        database.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(
            sqlite3.Error
        ):  # SQLite has rolled back by itself after some errors
            database.execute("ROLLBACK")
        raise


def create_tables(database: sqlite3.Connection) -> None:
    """Make an empty database one of annotations. It has no journal: whoever calls this makes a new file."""
    database.execute("PRAGMA journal_mode = OFF")
    database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    database.execute(f"PRAGMA user_version = {FORMAT}")
    for sql in TABLES.values():
        database.execute(sql)


@contextlib.contextmanager
def sqlite_errors_as_sentences(path: Path) -> Iterator[None]:
    """Turn SQLite's errors on writing `path` into a sentence with a remedy.

    Raises:
        ScsegError: in place of any error of SQLite that passes through.
    """
    try:
        yield
    except sqlite3.Error as error:
        name = "_".join(getattr(error, "sqlite_errorname", "").split("_")[:2])
        if name == "SQLITE_CANTOPEN":
            _check_handles(path)
        raise ScsegError(f"Cannot write {path}: {_REMEDIES.get(name, error)}.") from error


def _check_handles(path: Path) -> None:
    """Find out whether it is for want of handles that SQLite cannot open a file: it does not tell.

    Raises:
        ScsegError: it is.
    """
    with write_errors_as_sentences(path):
        os.close(os.open(os.devnull, os.O_RDONLY))


def roll_back(path: Path) -> None:
    """Take back a transaction that was cut off, in the file itself.

    Raises:
        ScsegError: it could not be done; the file and its journal are as they were.
    """
    with (
        sqlite_errors_as_sentences(path),
        open_connection(path, "rw") as database,
        transaction(database),
    ):
        pass
