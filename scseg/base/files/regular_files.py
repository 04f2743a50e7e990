"""Opening files so that nothing but an ordinary file is met, and nothing is written through a link.

A link, a pipe or a device may lie under any name in a folder that came from elsewhere. On the way to a file,
links are followed; the file itself may be one only where it is read.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from io import BufferedReader
    from pathlib import Path

_ALWAYS = sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOCTTY", "O_BINARY"))
"""Wait for nobody at the other end of a pipe; on Windows, leave bytes as they are."""
_THROUGH_NO_LINK = getattr(os, "O_NOFOLLOW", 0) | _ALWAYS
_NAME_SURROGATE = 0x2000_0000
"""On Windows, this bit of a reparse tag tells links and junctions from files that are kept in a cloud."""


class IrregularError(OSError):
    """No ordinary file is there, or a link where one is to be written; `strerror` has the remedy."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(errno.EINVAL, what, str(path))


def open_to_read(path: Path) -> BufferedReader:
    """Open a file to read it; a link is followed.

    Raises:
        IrregularError: it is a folder, a pipe or a device.
        OSError: the system refuses.
    """
    _check_to_read(path, path.stat())  # opening alone makes some devices do something
    file = open(path, "rb", opener=_without_waiting)  # noqa: SIM115 - the caller closes it
    try:
        _check_to_read(path, os.fstat(file.fileno()))
    except BaseException:
        file.close()
        raise
    return file


def create_descriptor(path: Path) -> int:
    """Make a new file, as readable as any new file of this user, and return its descriptor.

    Raises:
        FileExistsError: anything of that name is there.
        OSError: the system refuses.
    """
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | _THROUGH_NO_LINK, 0o666)


def reopen_descriptor(path: Path) -> int:
    """Open a file to change it in place, and return its descriptor.

    Raises:
        IrregularError: it is a link, no ordinary file, or has another name (a hard link), under which
            it would change too.
        OSError: the system refuses, or nothing is there.
    """
    check_to_write(path)
    handle = os.open(path, os.O_RDWR | _THROUGH_NO_LINK)
    try:
        status = os.fstat(handle)
        _check_to_write(path, status)
        if status.st_nlink > 1:
            what = f"{path.name} has another name elsewhere (a hard link); remove it and try again"
            raise IrregularError(path, what)
    except BaseException:
        os.close(handle)
        raise
    return handle


def open_to_change(path: Path) -> BinaryIO:
    """Open a file to change it in place; otherwise as `reopen_descriptor`."""
    return open(path, "rb+", opener=lambda *_: reopen_descriptor(path))


def check_to_write(path: Path) -> None:
    """Refuse a name under which a link or no ordinary file is; nothing at all may be there.

    Raises:
        IrregularError: it may not be written.
        OSError: the system refuses.
    """
    with contextlib.suppress(FileNotFoundError):
        _check_to_write(path, path.lstat())


def remove(path: Path) -> None:
    """Remove a file, if it is there.

    Raises:
        IrregularError: it is a link or no ordinary file.
        OSError: the system refuses.
    """
    check_to_write(path)
    path.unlink(missing_ok=True)


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | _ALWAYS)


def _check_to_read(path: Path, status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise IrregularError(path, "it is a folder; name a file in it")
    if not stat.S_ISREG(status.st_mode):
        raise IrregularError(path, "it is a device or a pipe, not an ordinary file")


def _check_to_write(path: Path, status: os.stat_result) -> None:
    # The file may be one beside that which the user asked for, so it is named.
    if _is_link(status):
        what = f"{path.name} is a link, and nothing is written through links"
    elif stat.S_ISDIR(status.st_mode):
        what = "there is a folder of that name"
    elif not stat.S_ISREG(status.st_mode):
        what = f"{path.name} is a device or a pipe, not an ordinary file"
    else:
        return
    raise IrregularError(path, f"{what}; remove it or choose another name")


def _is_link(status: os.stat_result) -> bool:
    tag: int = getattr(status, "st_reparse_tag", 0)  # of Windows
    return stat.S_ISLNK(status.st_mode) or bool(tag & _NAME_SURROGATE)
