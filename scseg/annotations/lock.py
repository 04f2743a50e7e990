"""Who may write an annotation: held by the system for as long as the process lives, then free by itself.

The lock is on a file of its own beside the annotation, since SQLite locks the annotation for moments only.
The file names the process for others to read; it means nothing once that process is gone.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
from typing import TYPE_CHECKING

from scseg.files import explained

if TYPE_CHECKING:
    from pathlib import Path

_MOST_TOLD = 300


class HeldError(Exception):
    """Another process holds the lock; the text tells which."""


class Lock:
    """Held from `take` on until `release`, or until the process ends in whatever way."""

    def __init__(self, path: Path, handle: int) -> None:
        self._path = path
        self._handle = handle

    @classmethod
    def take(cls, path: Path) -> Lock:
        """Take the lock at `path`.

        Raises:
            HeldError: another process has it.
            OSError: the folder cannot be written, or its file system cannot lock.
        """
        while True:
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
            try:
                _lock(handle)
                if _is_still(path, handle):
                    _tell(handle)
                    return cls(path, handle)
            except BlockingIOError as error:
                holder = _holder(path)
                os.close(handle)
                raise HeldError(holder) from error
            except OSError:
                os.close(handle)
                raise
            os.close(handle)  # its last holder removed the file while this one waited at it

    def release(self) -> None:
        with contextlib.suppress(
            OSError
        ):  # a folder that is gone, or Windows: an unlocked file stays
            if _is_still(self._path, self._handle):
                self._path.unlink()
        os.close(self._handle)


if sys.platform == "win32":
    import msvcrt

    # Far behind the text: what is locked on Windows cannot be read by others.
    _PLACE = 1 << 30

    def _lock(handle: int) -> None:
        os.lseek(handle, _PLACE, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except PermissionError as error:
            raise BlockingIOError from error
else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_still(path: Path, handle: int) -> bool:
    """Tell whether the file that is locked is the one of that name."""
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False


def _tell(handle: int) -> None:
    """Name this process to others; on a full disk the lock holds without it."""
    with contextlib.suppress(OSError):
        os.ftruncate(handle, 0)
        os.lseek(handle, 0, os.SEEK_SET)
        os.write(handle, f"process {os.getpid()} on {socket.gethostname()}\n".encode())


def _holder(path: Path) -> str:
    """Return what the holder says of itself, as far as it can be shown."""
    try:
        with path.open("rb") as file:
            said = file.read(_MOST_TOLD).decode(errors="replace").strip()
    except OSError:
        said = ""
    return "".join(c for c in said if c.isprintable()) or "another process"


def taken(path: Path) -> Lock:
    """Take a lock where its folder is known to be good.

    Raises:
        HeldError: another process has it.
        ScsegError: it is not good after all.
    """
    with explained(path):
        return Lock.take(path)
