"""Writing files so that a reader sees the old one or the new one, never half of either."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import time
from typing import TYPE_CHECKING, Any, BinaryIO

from scseg.base import machine
from scseg.base.errors import ScsegError
from scseg.base.files import handle_limit, regular_files
from scseg.base.files.locks import Lock, LockHeldError
from scseg.base.files.temporary_files import lock_path, new_temporary, remove_leftovers
from scseg.base.json_values import parse_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

PATIENCE_SECONDS = 2.0
"""How long a writer waits for another: a session or a description is written in less."""

_REMEDIES = {
    errno.ENOSPC: "the disk is full; free some space and try again",
    errno.EDQUOT: "your disk quota is used up; free some space and try again",
    errno.EACCES: "you may not write there; choose another folder",
    errno.EPERM: "you may not write there; choose another folder",
    errno.EROFS: "the disk is read-only; choose another folder",
    errno.ENOENT: "its folder does not exist; create it or choose another",
    errno.ENOTDIR: "its folder is a file; choose another folder",
    errno.EEXIST: "there is a file of that name; choose another name",
    errno.EISDIR: "there is a folder of that name; choose another name",
    errno.ENAMETOOLONG: "its name is too long; choose a shorter one",
}


class BusyError(ScsegError):
    """Another run, or another job of this one, writes the file at this moment."""


@contextlib.contextmanager
def atomic_path(path: Path, called: Path | None = None) -> Iterator[Path]:
    """Yield a temporary path in the same folder; on success flush it to disk and rename it over `path`.

    On any exception `path` is left as it was and the temporary file is removed. `atomic_file` and
    `atomic_write` need no path. Errors call the file `called`, where the user knows it by that name.

    Raises:
        BusyError: somebody else is writing `path`.
        ScsegError: the file cannot be written (no space, no permission, no folder), or is a link.
    """
    with write_errors_as_sentences(called or path):
        regular_files.check_to_write(path)
        with write_lock(path):
            temporary = new_temporary(path)
            try:
                yield temporary
                flush_file(temporary)
                temporary.replace(path)
                flush_folder(path.parent)
            finally:
                temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def atomic_file(path: Path, called: Path | None = None) -> Iterator[BinaryIO]:
    """Yield an open file, empty, which takes the place of `path` on success; otherwise as `atomic_path`."""
    with atomic_path(path, called) as temporary, regular_files.open_to_change(temporary) as file:
        yield file


def atomic_write(path: Path, content: bytes) -> None:
    """Replace what is in a file; otherwise as `atomic_path`."""
    with atomic_file(path) as file:
        file.write(content)


@contextlib.contextmanager
def write_lock(path: Path, called: Path | None = None) -> Iterator[bool]:
    """Keep others from writing `path` meanwhile; tell whether the last who did was killed at it.

    What that one has left is removed. On a disk that cannot lock, nobody is kept from anything. Errors call
    the file `called`, where the user knows it by that name.

    Raises:
        BusyError: somebody else is writing it, and takes more than a moment.
        OSError: a link lies where the lock belongs.
    """
    lock = _lock_of(path, called or path)
    try:
        if lock is not None and lock.was_left:
            remove_leftovers(lock_path(path))
        yield lock is not None and lock.was_left
    finally:
        if lock is not None:
            lock.release()


def write_errors_as_sentences(path: Path) -> contextlib.AbstractContextManager[None]:
    """Turn an OSError of writing `path` into a sentence with a remedy.

    Raises:
        ScsegError: in place of any OSError that passes through.
    """
    return os_errors_as_sentences("write", path, _REMEDIES)


@contextlib.contextmanager
def os_errors_as_sentences(doing: str, path: Path, remedies: Mapping[int, str]) -> Iterator[None]:
    """Turn an OSError of reading or writing a file into a sentence: the remedy of its number, if any.

    Raises:
        ScsegError: in place of any OSError that passes through.
    """
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        if not isinstance(error, regular_files.IrregularError):
            reason = (handle_limit.REMEDIES | dict(remedies)).get(error.errno or 0, reason)
        raise ScsegError(f"Cannot {doing} {path}: {reason}.") from error


def parse_document(
    text: str | bytes, name: str, kind: tuple[str, int], foreign: str
) -> dict[str, Any]:
    """Return the JSON object of a file of this program; `kind` is its format and version.

    Raises:
        ScsegError: it is none (then with the sentence `foreign`), damaged, or of a newer version.
    """
    damaged = "{} is damaged ({}): copy it again, or make it anew."
    try:
        content = parse_json(text)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ScsegError(foreign) from error
    except ValueError as error:
        raise ScsegError(damaged.format(name, error)) from error
    if not isinstance(content, dict) or content.get("format") != kind[0]:
        raise ScsegError(foreign)
    version = content.get("version")
    if type(version) is not int or version < 1:
        raise ScsegError(damaged.format(name, "its version is no number"))
    if version > kind[1]:
        raise ScsegError(
            f"{name} was written by a newer version of this program (format version {version}, this one "
            f"reads {kind[1]}): update the program to read it."
        )
    return content


def flush_file(path: Path) -> None:
    """Force a file's content to the disk."""
    with regular_files.open_to_change(path) as file:
        os.fsync(file.fileno())


def flush_folder(folder: Path) -> None:
    """Force a folder's names to the disk, where the system can (Windows does it by itself)."""
    if machine.is_windows():
        return
    # The file is whole already. Network disks may refuse this, and folders that one may not list.
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def acquire_lock(path: Path) -> Lock:
    """Take the lock at `path`, in a folder that is known to be good.

    Raises:
        LockHeldError: another process has it.
        ScsegError: the folder is not good after all.
    """
    with write_errors_as_sentences(path):
        return Lock.acquire(path)


def _lock_of(path: Path, called: Path) -> Lock | None:
    """Return the lock of who writes a file, held; None where there can be none."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return Lock.acquire(lock_path(path))
        except LockHeldError as holder:
            if time.monotonic() >= until:
                raise BusyError(
                    f"Cannot write {called}: it is being written by {holder}; wait for it, or choose another "
                    "name."
                ) from holder
        except regular_files.IrregularError:
            raise
        except OSError:  # where there is more to it, writing meets it too
            return None
        time.sleep(0.02)
