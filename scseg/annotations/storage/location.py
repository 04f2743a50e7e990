"""Where the annotation of a tomogram is kept, and whether this process may write it.

Beside the tomogram; where that folder cannot be written or locked, in the user's own data folder. What was
once begun there is found there again, so that it never seems lost.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from scseg.annotations.contents import Contents
from scseg.annotations.storage.database import roll_back
from scseg.annotations.storage.reading import check_header, read_database
from scseg.annotations.storage.side_files import (
    foreign_side_files,
    journal_path,
    set_aside,
    set_aside_message,
    unread_side_file_messages,
)
from scseg.annotations.storage.writing import lock_path
from scseg.base.errors import ScsegError
from scseg.base.file_names import fit_file_name
from scseg.base.files import handle_limit, locks
from scseg.base.files.locks import Lock, LockHeldError
from scseg.base.files.writing import acquire_lock, write_errors_as_sentences
from scseg.base.folders import data_folder

if TYPE_CHECKING:
    from scseg.annotations.crop import Shape

SUFFIX = ".scna"

_EFFECTIVE = os.access in os.supports_effective_ids


@dataclass(frozen=True)
class AnnotationLocation:
    """Where the annotation of a tomogram is read and written.

    Attributes:
        path: the file to write.
        read_from: the file to read: another one where the annotation so far is in a folder that cannot be
            written.
        lock: held while this process may write; None where it may only read.
        messages: sentences for the user on why the file is elsewhere, or read only.
    """

    path: Path
    read_from: Path
    lock: Lock | None
    messages: tuple[str, ...] = ()


def annotation_path(tomogram: Path) -> Path:
    """Return where the annotation of a tomogram belongs: `t.mrc.scna` beside `t.mrc`.

    The whole name counts, since `t.st`, `t.ali` and `t.rec` of one tilt series are different volumes.
    """
    return tomogram.with_name(tomogram.name + SUFFIX)


def fallback_folder() -> Path:
    """Return where annotations are kept that cannot be beside their tomograms; it may not be there yet."""
    return data_folder() / "annotations"


def fallback_path(tomogram: Path) -> Path:
    """Return where the annotation is kept if the folder of the tomogram cannot be written or locked."""
    key = hashlib.sha256(os.fsencode(tomogram.absolute())).hexdigest()[:16]
    name = f"{key}_{tomogram.name[:150]}"
    length = len(os.fsencode(journal_path(Path(name + SUFFIX))))
    # Cut by characters, as it always was, where that fits: what was begun is found again.
    return (
        data_folder()
        / "annotations"
        / (name + SUFFIX if length <= 255 else fit_file_name(name, SUFFIX))
    )


def is_annotated(tomogram: Path) -> bool:
    """Tell whether there is an annotation of a tomogram, in either place."""
    return any(map(os.path.lexists, (annotation_path(tomogram), fallback_path(tomogram))))


def choose_location(tomogram: Path) -> AnnotationLocation:
    """Choose where the annotation of a tomogram is read and written, and take its lock if that is free.

    Raises:
        ScsegError: nowhere can it be written.
    """
    place = _locked(tomogram)
    try:
        cleared = _cleared(place)
    except BaseException:
        _release(place)
        raise
    if cleared.lock is None:
        _release(place)
    return cleared


def read_contents(place: AnnotationLocation, shape: Shape) -> tuple[Contents, str | None]:
    """Read the annotation so far. Return it with the mark of the last writer of `place.path`, if any.

    Raises:
        ScsegError: the file is no annotation, or that of another tomogram.
    """
    source = place.read_from
    if not os.path.lexists(source):
        return Contents.empty(shape), None
    contents, mark = read_database(source, shape)
    if source != place.path:
        return contents, None
    if place.lock is not None and os.path.lexists(journal_path(source)):
        roll_back(source)
    return contents, mark


def is_held(tomogram: Path) -> bool:
    """Tell whether another process has the annotation of a tomogram open for editing."""
    own = fallback_path(tomogram)
    path = own if os.path.lexists(own) else annotation_path(tomogram)
    return locks.is_held(lock_path(path))


def _locked(tomogram: Path) -> AnnotationLocation:
    beside, own = annotation_path(tomogram), fallback_path(tomogram)
    if os.path.lexists(own):
        return _settle_own(own, own, _kept_in(own, beside))
    try:
        return AnnotationLocation(beside, beside, _lock_writable(beside))
    except LockHeldError as holder:
        return AnnotationLocation(beside, beside, None, (_read_only(beside, holder),))
    except OSError as error:
        if handle_limit.is_out_of_handles(error):
            # That says nothing about the folder, and the annotation must stay where it is.
            raise ScsegError(f"Cannot open {beside}: {handle_limit.REMEDY}.") from error
        reason = error.strerror or str(error)
        message = f"{beside} cannot be written ({reason}): the annotation goes to {own}."
        return _settle_own(own, beside, message)


def _release(place: AnnotationLocation) -> None:
    if place.lock is not None:
        place.lock.release()


def _cleared(place: AnnotationLocation) -> AnnotationLocation:
    """Set foreign side files aside, and say so: then, and through a link, nothing may be written this time.

    Raises:
        ScsegError: there are some, but the file is not for this version; or its journal cannot be read.
    """
    path = place.path
    unread = unread_side_file_messages(place.read_from)
    if path.is_symlink():
        linked = (
            f"{path} is a link, so it can be seen here but not changed; "
            f"open the tomogram beside {os.path.realpath(path)}."
        )
        return replace(place, lock=None, messages=(*place.messages, linked, *unread))
    if place.read_from != path:
        place = replace(place, messages=(*place.messages, *unread))
    sides = foreign_side_files(path)
    if not sides:
        return place
    if os.path.lexists(path):
        check_header(path)
    told = [set_aside_message(path, side, _set_aside(side, place)) for side in sides]
    return replace(place, lock=None, messages=(*place.messages, *told))


def _set_aside(side: Path, place: AnnotationLocation) -> Path | None:
    """Set a side file aside, unless another process may need it; return where it is, if it could be moved."""
    if place.lock is None:
        return None
    try:
        return set_aside(side)
    except OSError:
        return None


def _settle_own(own: Path, read_from: Path, message: str) -> AnnotationLocation:
    with write_errors_as_sentences(own.parent):
        own.parent.mkdir(exist_ok=True)
    try:
        return AnnotationLocation(own, read_from, acquire_lock(lock_path(own)), (message,))
    except LockHeldError as holder:
        return AnnotationLocation(own, read_from, None, (_read_only(own, holder),))


def _lock_writable(path: Path) -> Lock:
    """Take the lock of an annotation that may be written.

    Raises:
        LockHeldError: another process has it.
        OSError: it may not be written, or not be locked.
    """
    if path.exists() and not os.access(path, os.W_OK, effective_ids=_EFFECTIVE):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    with contextlib.suppress(FileNotFoundError):
        journal_path(path).lstat()  # its name may be too long where that of the lock is not
    return Lock.acquire(lock_path(path))


def _read_only(path: Path, holder: LockHeldError) -> str:
    return f"{path} is open in {holder}, so it can be seen here but not changed; close it there."


def _kept_in(own: Path, beside: Path) -> str:
    message = f"The annotation is kept in {own}, since {beside.parent} could not be written when it was begun"
    if os.path.exists(beside):  # noqa: PTH110 - that of a path fails on a name that is too long
        return f"{message}; {beside} holds another one, which is not shown."
    return f"{message}."
