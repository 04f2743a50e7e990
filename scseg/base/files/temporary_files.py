"""Hidden files beside one that is being written: its content so far, and the lock of who writes it.

A writer that is killed leaves both. Whoever can take the lock afterwards knows that, and removes the content.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import stat
from typing import TYPE_CHECKING

from scseg.base import machine
from scseg.base.files import regular_files
from scseg.base.files.locks import Lock, LockHeldError

if TYPE_CHECKING:
    from pathlib import Path

_LONGEST_NAME = 180
"""Bytes; file systems allow 255, and something is added."""
_LONGEST_SUFFIX = 32
_LOCK = ".scseg-lock"
_ENDING = r"[0-9a-f]{12}\.scseg-tmp(?:\.[^.]*)?"


def new_temporary(path: Path) -> Path:
    """Make an empty file for the content of `path`, in its folder and with its suffix: libraries go by that.

    Raises:
        OSError: the system refuses.
    """
    suffix = path.suffix if len(path.suffix) <= _LONGEST_SUFFIX else ""
    name = f"{hidden_name(path)}.{secrets.token_hex(6)}.scseg-tmp{suffix}"
    temporary = path.with_name(name)
    os.close(regular_files.create_descriptor(temporary))
    return temporary


def lock_path(path: Path) -> Path:
    """Return the file whose lock says who writes `path`."""
    return path.with_name(f"{hidden_name(path)}{_LOCK}")


def lock_path_of_temporary(temporary: Path) -> Path | None:
    """Return the file whose lock says who writes a temporary file; None if it is called otherwise."""
    found = re.fullmatch(rf"(\..+)\.{_ENDING}", temporary.name, re.DOTALL)
    return temporary.with_name(found[1] + _LOCK) if found else None


def remove_leftovers(lock_file: Path) -> None:
    """Remove what killed writers of a file have left; to be called by whoever has taken its lock.

    Only ordinary files of this user that are called exactly as `new_temporary` calls them.
    """
    start = lock_file.name.removesuffix(_LOCK)
    pattern = re.compile(rf"{re.escape(start)}\.{_ENDING}")
    with contextlib.suppress(OSError), os.scandir(lock_file.parent) as entries:
        for entry in entries:
            if pattern.fullmatch(entry.name) and is_own(entry.stat(follow_symlinks=False)):
                with contextlib.suppress(OSError):
                    lock_file.with_name(entry.name).unlink()


def clear_leftovers(folder: Path) -> None:
    """Remove what killed writers of any file have left in a folder of the program's own."""
    for lock_file in folder.glob(f".*{_LOCK}"):
        with contextlib.suppress(LockHeldError, OSError):
            lock = Lock.acquire(lock_file)
            remove_leftovers(lock_file)
            lock.release()


def hidden_name(path: Path) -> str:
    """Return how the hidden files beside a file begin: with its name, or a hash where it leaves no room."""
    name = os.fsencode(path.name)
    known = path.name if len(name) <= _LONGEST_NAME else hashlib.sha256(name).hexdigest()[:32]
    return f".{known}"


def is_own(status: os.stat_result) -> bool:
    """Tell whether a file is an ordinary one of this user."""
    return stat.S_ISREG(status.st_mode) and machine.is_mine(status)
