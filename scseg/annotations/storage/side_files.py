"""What lies where SQLite looks for the side files of a database, before SQLite is let at it.

SQLite plays back any journal that it finds, deletes the file that a journal names as its super-journal, waits
for pipes, and takes over the pages of a write-ahead log. This program leaves nothing but a plain rollback
journal, and that only when it was killed. All else is foreign: SQLite must not meet it, and it is kept.
"""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path
from typing import BinaryIO

from scseg.base.errors import ScsegError
from scseg.datasets.formats.checked_reading import read_errors_as_sentences

_MAGIC = bytes.fromhex("d9d505f920a163d7")
"""Begins a journal; at its very end, it says that the name of a super-journal stands before it."""
_HEADER_LENGTH = 28
_PAGE_SIZES = {1 << power for power in range(9, 17)}
_CAREFULLY = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
)


def journal_path(path: Path) -> Path:
    """Return where SQLite keeps what it needs to roll back a transaction that was cut off."""
    return path.with_name(f"{path.name}-journal")


def foreign_side_files(path: Path) -> list[Path]:
    """Return what lies beside a database under the names of side files and is none of this program's.

    Raises:
        ScsegError: its journal cannot be read.
    """
    logs = [path.with_name(path.name + ending) for ending in ("-wal", "-shm")]
    found = [log for log in logs if os.path.lexists(log)]
    return found if _is_plain(path) else [journal_path(path), *found]


def refuse_foreign_side_files(path: Path) -> None:
    """Keep SQLite from a database with foreign side files. Belongs right before it is opened.

    Raises:
        ScsegError: there are some.
    """
    for side in foreign_side_files(path):
        raise ScsegError(f"Cannot use {path}: {_stranger(side)}; move that away.")


def set_aside(side: Path) -> Path:
    """Rename a side file to a name that is free and that SQLite does not look at; return that.

    Raises:
        OSError: the folder does not let it.
    """
    kept = side.with_name(f"{side.name}-aside-{secrets.token_hex(8)}")
    side.rename(kept)
    return kept


def set_aside_message(path: Path, side: Path, kept: Path | None) -> str:
    """Return the sentence for the user on a side file that was set aside as `kept`, or could not be."""
    shown = f"{path} is shown without it, and cannot be changed"
    if kept is None:
        return f"{_stranger(side)}: {shown}; move it away."
    return f"{_stranger(side)}; it was set aside as {kept.name}: {shown} until it is opened again."


def unread_side_file_messages(path: Path) -> tuple[str, ...]:
    """Return sentences for those who only look, and so leave foreign side files where they are.

    Raises:
        ScsegError: its journal cannot be read.
    """
    sides = foreign_side_files(Path(os.path.realpath(path)))
    return tuple(f"{_stranger(side)}: {path} was read without it." for side in sides)


def open_journal(path: Path) -> BinaryIO:
    """Open the journal of a database for reading, be it what it may.

    No link is followed, and no pipe is waited for.

    Raises:
        OSError: there is none, or it is a link, or it may not be read.
    """
    return os.fdopen(os.open(journal_path(path), _CAREFULLY), "rb")


def _stranger(side: Path) -> str:
    return f"{side} was not left there by this program"


def _is_plain(path: Path) -> bool:
    """Tell whether the journal of a database is a plain one, or not there."""
    side = journal_path(path)
    if not os.path.lexists(side):
        return True
    with read_errors_as_sentences(side):
        try:
            found = side.lstat()
            # SQLite writes into a journal that tells of nothing: under its other name, too, if it has one.
            return stat.S_ISREG(found.st_mode) and found.st_nlink == 1 and _is_plain_file(path)
        except FileNotFoundError:  # another process has ended its transaction
            return True


def _is_plain_file(path: Path) -> bool:
    with open_journal(path) as file:
        header = file.read(_HEADER_LENGTH)
        length = file.seek(0, os.SEEK_END)
        file.seek(max(length - len(_MAGIC), 0))
        names_a_super_journal = length > _HEADER_LENGTH and file.read() == _MAGIC
    return not names_a_super_journal and _is_plain_header(header, path)


def _is_plain_header(header: bytes, path: Path) -> bool:
    header = header.ljust(_HEADER_LENGTH, b"\0")
    before, sector, page = (int.from_bytes(header[at : at + 4]) for at in (16, 20, 24))
    if not {sector, page} <= _PAGE_SIZES | {0}:
        return False
    if header.startswith(bytes(len(_MAGIC))):  # not flushed yet, so nothing of it was needed
        return True
    # This program's files never shrink: to play back one that says so would make a file of terabytes.
    return header.startswith(_MAGIC) and (not path.exists() or before * page <= path.stat().st_size)
