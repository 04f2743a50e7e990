"""Looking at a file before reading it, with a sentence for each way in which the system can refuse."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from typing import TYPE_CHECKING, BinaryIO

from scseg.errors import ScsegError
from scseg.files import told

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_REASONS = {
    errno.ENOENT: "there is no such file; check its name and folder",
    errno.ENOTDIR: "there is no such file; check its name and folder",
    errno.EACCES: "you may not read it; ask its owner for permission",
    errno.EPERM: "you may not read it; ask its owner for permission",
    errno.ENAMETOOLONG: "its name is too long for a file",
}


def readable(path: Path) -> contextlib.AbstractContextManager[None]:
    """Turn an OSError of reading `path` into a sentence with a remedy.

    Raises:
        ScsegError: in place of any OSError that passes through.
    """
    return told("read", path, _REASONS)


def file_length(path: Path) -> int:
    """Return the length of a file in bytes.

    Raises:
        ScsegError: missing, not allowed, empty, or no ordinary file (reading a pipe could wait for ever).
    """
    with readable(path):
        status = path.stat()
    return _checked(status, path)


@contextlib.contextmanager
def opened_file(path: Path, name: Path | None = None) -> Iterator[tuple[BinaryIO, int]]:
    """Open a file, which errors call `name`, and yield it with its length in bytes.

    Nobody waits for a pipe, also if it takes the file's place at this moment.

    Raises:
        ScsegError: as `file_length`; and in place of any OSError that passes through.
    """
    name = name or path
    with readable(name):
        # Opening alone can do something to a device.
        _checked(path.stat(), name)
        with open(path, "rb", opener=_without_waiting) as file:
            yield file, _checked(os.fstat(file.fileno()), name)


def _without_waiting(path: str, flags: int) -> int:
    # Windows has no such flag, and no pipes among files.
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _checked(status: os.stat_result, path: Path) -> int:
    """Return the length of a file that is an ordinary one and not empty."""
    if stat.S_ISDIR(status.st_mode):
        raise ScsegError(f"Cannot read {path}: it is a folder; name a file in it.")
    if not stat.S_ISREG(status.st_mode):
        raise ScsegError(f"Cannot read {path}: it is a device or a pipe, not an ordinary file.")
    if status.st_size == 0:
        raise ScsegError(f"Cannot read {path}: it is empty; copy or compute it again.")
    return status.st_size
