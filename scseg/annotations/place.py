"""Where the annotation of a tomogram is kept, and whether this process may write it.

Beside the tomogram; where that folder cannot be written or locked, in the user's own data folder. What was
once begun there is found there again, so that it never seems lost.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scseg.annotations.contents import Contents
from scseg.annotations.database import journal
from scseg.annotations.lock import HeldError, Lock, taken
from scseg.annotations.reading import read
from scseg.annotations.store import lock_path
from scseg.errors import ScsegError
from scseg.files import explained
from scseg.folders import data_folder

if TYPE_CHECKING:
    from scseg.annotations.crop import Shape

SUFFIX = ".scna"

_EFFECTIVE = os.access in os.supports_effective_ids


@dataclass(frozen=True)
class Place:
    """Where to write (`path`, under `lock`; None: read only) and where to read what there is so far."""

    path: Path
    read_from: Path
    lock: Lock | None
    messages: tuple[str, ...] = ()


def annotation_path(tomogram: Path) -> Path:
    """Return where the annotation of a tomogram belongs: `t.mrc.scna` beside `t.mrc`.

    The whole name counts, since `t.st`, `t.ali` and `t.rec` of one tilt series are different volumes.
    """
    return tomogram.with_name(tomogram.name + SUFFIX)


def own_path(tomogram: Path) -> Path:
    """Return where the annotation is kept if the tomogram's folder does not let it."""
    key = hashlib.sha256(os.fsencode(tomogram.absolute())).hexdigest()[:16]
    return data_folder() / "annotations" / f"{key}_{tomogram.name[:150]}{SUFFIX}"


def settle(tomogram: Path) -> Place:
    """Decide on the place and take its lock.

    Raises:
        ScsegError: nowhere can it be written.
    """
    beside, own = annotation_path(tomogram), own_path(tomogram)
    if os.path.lexists(own):
        return _settle_own(own, own, _kept_in(own, beside))
    try:
        return Place(beside, beside, _lock_writable(beside))
    except HeldError as holder:
        return Place(beside, beside, None, (_read_only(beside, holder),))
    except OSError as error:
        reason = error.strerror or str(error)
        message = f"{beside} cannot be written ({reason}): the annotation goes to {own}."
        return _settle_own(own, beside, message)


def read_contents(place: Place, shape: Shape) -> tuple[Contents, str | None]:
    """Return what is annotated so far, and the mark of the file where it will be written.

    Raises:
        ScsegError: the file is none, or not of this tomogram.
    """
    source = place.read_from
    if not os.path.lexists(source):
        return Contents.empty(shape), None
    if source == place.path:
        return read(source, shape, "ro" if place.lock is None else "rw")
    try:
        return read(source, shape, "ro")[0], None
    except ScsegError:
        if not journal(source).exists():
            raise
    return _recovered(source, shape), None


def _settle_own(own: Path, read_from: Path, message: str) -> Place:
    with explained(own.parent):
        own.parent.mkdir(exist_ok=True)
    try:
        return Place(own, read_from, taken(lock_path(own)), (message,))
    except HeldError as holder:
        return Place(own, read_from, None, (_read_only(own, holder),))


def _lock_writable(path: Path) -> Lock:
    """Take the lock of an annotation that may be written.

    Raises:
        HeldError: another process has it.
        OSError: it may not be written, or not be locked.
    """
    if path.exists() and not os.access(path, os.W_OK, effective_ids=_EFFECTIVE):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return Lock.take(lock_path(path))


def _recovered(path: Path, shape: Shape) -> Contents:
    """Read a file that may not be written and whose last transaction was cut off, from a copy.

    SQLite has to write in order to roll back.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        with explained(copy):
            shutil.copyfile(journal(path), journal(copy))
            shutil.copyfile(path, copy)
        return read(copy, shape, "rw")[0]


def _read_only(path: Path, holder: HeldError) -> str:
    return f"{path} is open in {holder}, so it can be seen here but not changed; close it there."


def _kept_in(own: Path, beside: Path) -> str:
    message = f"The annotation is kept in {own}, since {beside.parent} could not be written when it was begun"
    if beside.exists():
        return f"{message}; {beside} holds another one, which is not shown."
    return f"{message}."
