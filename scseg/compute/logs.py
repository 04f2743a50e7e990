"""What worker processes print: a file for each, which its owner keeps locked and removes in the end."""

from __future__ import annotations

import atexit
import contextlib
import os
import secrets
from typing import TYPE_CHECKING

from scseg.base.files import regular_files
from scseg.base.files.locks import Lock, LockHeldError
from scseg.base.files.writing import write_errors_as_sentences
from scseg.base.folders import log_folder

if TYPE_CHECKING:
    from pathlib import Path


class WorkerLog:
    """A new empty file at `path`; `close` removes it. Those of owners that were killed are removed before.

    One whose owner was interrupted before it could close it is removed when the program ends.

    Raises:
        ScsegError: it cannot be made.
    """

    def __init__(self) -> None:
        self._lock: Lock | None = None
        folder = log_folder()
        for left in _left(folder):
            with contextlib.suppress(LockHeldError, OSError):
                remove_log(left)
        self.path = folder / f"worker-{secrets.token_hex(6)}.log"
        with write_errors_as_sentences(folder):
            atexit.register(self.close)
            # The lock first: what is not locked is taken for left.
            self._lock = _lock(self.path)
            os.close(regular_files.create_descriptor(self.path))

    def close(self) -> None:
        """Remove the file; closing again does nothing."""
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)
        if self._lock is not None:
            self._lock.release()
        atexit.unregister(self.close)


def list_logs(folder: Path) -> list[Path]:
    """Return the logs that are in a folder, in use or left."""
    return sorted(folder.glob("worker-*.log"))


def _left(folder: Path) -> set[Path]:
    """Return the logs that are there, and those of which only the lock is."""
    locks = folder.glob("worker-*.log.lock")
    return {*list_logs(folder), *(lock.with_suffix("") for lock in locks)}


def lock_path(log: Path) -> Path:
    """Return the file that is locked while a log is in use."""
    return log.with_name(f"{log.name}.lock")


def remove_log(log: Path) -> None:
    """Remove a log that was left.

    Raises:
        LockHeldError: it is in use.
        OSError: the system refuses, or cannot tell whether it is in use.
    """
    lock = Lock.acquire(lock_path(log))
    try:
        with contextlib.suppress(FileNotFoundError):
            regular_files.remove(log)
    finally:
        lock.release()


def _lock(log: Path) -> Lock | None:
    """Return the lock of a new log; None on a disk that cannot lock, where nobody removes what is left."""
    try:
        return Lock.acquire(lock_path(log))
    except (LockHeldError, OSError):
        return None
