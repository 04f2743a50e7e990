"""What a job has in the folder of its volumes for as long as it lives: a mark, and files for its workers.

One that was killed leaves them. The next one on that machine finds the mark unlocked, and removes them.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
from typing import TYPE_CHECKING

from scseg.base import machine
from scseg.base.files import regular_files
from scseg.base.files.locks import Lock, LockHeldError, was_taken_here
from scseg.base.files.temporary_files import is_own
from scseg.base.files.writing import atomic_write, write_errors_as_sentences

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MARK = re.compile(r"\.scseg-[0-9a-f]{16}")


@contextlib.contextmanager
def marked(folder: Path) -> Iterator[Path]:
    """Yield a file by which workers know the folder of a job.

    Raises:
        ScsegError: it cannot be written.
    """
    _clear(folder)
    mark = folder / f".scseg-{secrets.token_hex(8)}"
    lock = _locked(mark)
    try:
        yield mark
    finally:
        # On a disk that is gone it stays, which is not what the user is to be told then.
        with contextlib.suppress(OSError):
            if lock is not None:
                lock.release()
            else:
                regular_files.remove(mark)


@contextlib.contextmanager
def lent_folder(folder: Path) -> Iterator[Path]:
    """Yield a new hidden folder inside of another, for what workers read.

    Raises:
        ScsegError: it cannot be made.
    """
    with marked(folder) as mark:
        lent = _lent(mark)
        with write_errors_as_sentences(lent):
            lent.mkdir(mode=0o700)
        try:
            yield lent
        finally:
            with contextlib.suppress(OSError):  # as above
                shutil.rmtree(lent)


def _lent(mark: Path) -> Path:
    return mark.with_name(f"{mark.name}.models")


def _locked(mark: Path) -> Lock | None:
    """Make a mark, locked; None on a disk that cannot lock: there it stays if the job is killed."""
    try:
        return Lock.acquire(mark)
    except OSError:
        atomic_write(mark, b"")
        return None


def _clear(folder: Path) -> None:
    """Remove what killed jobs of this machine have left: locks of others may not be seen from here."""
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if _MARK.fullmatch(entry.name) and is_own(entry.stat(follow_symlinks=False)):
                with contextlib.suppress(OSError, LockHeldError):
                    _remove_if_left(folder / entry.name)


def _remove_if_left(mark: Path) -> None:
    if not was_taken_here(mark):
        return
    lock = Lock.acquire(mark)
    try:
        lent = _lent(mark)
        if lent.is_dir() and not lent.is_symlink() and machine.is_mine(lent.lstat()):
            shutil.rmtree(lent)
    finally:
        lock.release()
