"""Who may write a file: held by the system for as long as the process lives, then free by itself.

The lock is on a file of its own beside the other. It names the process for others to read; that means nothing
once the process is gone.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from typing import TYPE_CHECKING

from scseg.base import machine
from scseg.base.files import regular_files

if TYPE_CHECKING:
    from pathlib import Path

_MOST_TOLD = 300


class LockHeldError(Exception):
    """Somebody else holds the lock; the text tells which process."""


class Lock:
    """Held from `acquire` on until `release`, or until the process ends in whatever way.

    `was_left` tells whether the last holder ended without letting go: it was killed.
    """

    def __init__(self, path: Path, handle: int, *, was_left: bool) -> None:
        self.was_left = was_left
        self._path = path
        self._handle: int | None = handle
        self._letting_go = threading.Lock()

    @classmethod
    def acquire(cls, path: Path) -> Lock:
        """Take the lock at `path`.

        Raises:
            LockHeldError: another process has it, or another thread of this one.
            regular.IrregularError: what lies there is no file that this program may write.
            OSError: the folder cannot be written, or its file system cannot lock.
        """
        while True:
            try:
                handle, is_new = regular_files.create_descriptor(path), True
            except FileExistsError:
                try:
                    handle, is_new = regular_files.reopen_descriptor(path), False
                except FileNotFoundError:
                    continue  # its holder let go of it at this moment
            if _is_locked(path, handle, is_new=is_new):
                return cls(path, handle, was_left=not is_new)

    def release(self) -> None:
        """Let go; asked once more, do nothing."""
        with self._letting_go:
            handle, self._handle = self._handle, None
        if handle is None:
            return
        try:
            # While it is locked: whoever opens it in between finds that it is gone.
            if not machine.is_windows():
                self._remove(handle)
        finally:
            os.close(handle)
        if (
            machine.is_windows()
        ):  # which removes no open file, nor one that somebody else has opened by now
            with contextlib.suppress(OSError):
                self._path.unlink()

    def _remove(self, handle: int) -> None:
        with contextlib.suppress(OSError):  # a folder that is gone
            if _is_still(self._path, handle):
                self._path.unlink()


def is_held(path: Path) -> bool:
    """Tell whether somebody has the lock at `path`, as far as the system can tell.

    One that was left stays so: whoever takes it is to know.
    """
    try:
        handle = regular_files.reopen_descriptor(path)
    except OSError:
        return False
    try:
        machine.lock_at_once(handle)
    except OSError as error:
        return isinstance(error, BlockingIOError)
    finally:
        os.close(handle)
    return False


def was_taken_here(path: Path) -> bool:
    """Tell whether it was a process of this machine that took the lock at `path` the last time."""
    return _holder(path).endswith(f" on {socket.gethostname()}")


def _is_locked(path: Path, handle: int, *, is_new: bool) -> bool:
    """Lock a file, or close it; False if its last holder removed it meanwhile."""
    try:
        machine.lock_at_once(handle)
        if _is_still(path, handle):
            _tell(handle)
            return True
    except BlockingIOError as error:
        holder = _holder(path)
        os.close(handle)
        raise LockHeldError(holder) from error
    except OSError:
        os.close(handle)
        if is_new:  # on a disk that cannot lock, every try would leave one
            with contextlib.suppress(OSError):
                path.unlink()
        raise
    os.close(handle)
    return False


def _is_still(path: Path, handle: int) -> bool:
    """Tell whether the file that is locked is the one of that name."""
    try:
        return os.path.samestat(path.lstat(), os.fstat(handle))
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
        with regular_files.open_to_read(path) as file:
            said = file.read(_MOST_TOLD).decode(errors="replace").strip()
    except OSError:
        said = ""
    return "".join(c for c in said if c.isprintable()) or "another process"
