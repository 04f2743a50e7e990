"""Writing files so that a reader sees the old one or the new one, never half of either."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scseg.errors import ScsegError
from scseg.said import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
}


@contextlib.contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """Yield a temporary path in the same folder; on success flush it to disk and rename it over `path`.

    On any exception `path` is left as it was and the temporary file is removed.

    Raises:
        ScsegError: the file cannot be written (no space, no permission, no folder).
    """
    with explained(path):
        # Keras and others go by the ending, so the temporary name keeps it.
        handle, name = tempfile.mkstemp(
            dir=path.parent, prefix=f".{path.stem}.", suffix=path.suffix
        )
        os.close(handle)
        temporary = Path(name)
        try:
            yield temporary
            _as_readable_as_a_new_file(temporary)
            flush(temporary)
            temporary.replace(path)
            flush_folder(path.parent)
        finally:
            temporary.unlink(missing_ok=True)


def explained(path: Path) -> contextlib.AbstractContextManager[None]:
    """Turn an OSError of writing `path` into a sentence with a remedy.

    Raises:
        ScsegError: in place of any OSError that passes through.
    """
    return told("write", path, _REMEDIES)


@contextlib.contextmanager
def told(doing: str, path: Path, remedies: Mapping[int, str]) -> Iterator[None]:
    """Turn an OSError of reading or writing a file into a sentence: the remedy of its number, if any.

    Raises:
        ScsegError: in place of any OSError that passes through.
    """
    try:
        yield
    except OSError as error:
        remedy = remedies.get(error.errno or 0, error.strerror or str(error))
        raise ScsegError(f"Cannot {doing} {path}: {remedy}.") from error


def document(text: str | bytes, name: str, kind: tuple[str, int], foreign: str) -> dict[str, Any]:
    """Return the JSON object of a file of this program; `kind` is its format and version.

    Raises:
        ScsegError: it is none (then with the sentence `foreign`), damaged, or of a newer version.
    """
    damaged = "{} is damaged ({}): copy it again, or make it anew."
    try:
        content = parsed(text)
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


def flush(path: Path) -> None:
    """Force a file's content to the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def flush_folder(folder: Path) -> None:
    """Force a folder's names to the disk, where the system can (Windows does it by itself)."""
    if os.name == "nt":
        return
    # The file is whole already. Network disks may refuse this, and folders that one may not list.
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _as_readable_as_a_new_file(path: Path) -> None:
    """Give a temporary file, made private, the mode that any new file of this user would have."""
    umask = os.umask(0)
    os.umask(umask)
    path.chmod(0o666 & ~umask)
