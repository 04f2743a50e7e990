"""A copy of an annotation under a name that the user gives."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scseg.actions import annotation_features
from scseg.annotations.place import SUFFIX
from scseg.annotations.store import save_copy
from scseg.errors import ScsegError
from scseg.session import WriteInThread

if TYPE_CHECKING:
    from scseg.annotations.contents import Contents
    from scseg.progress import Report
    from scseg.session import Session


def begin(session: Session) -> None:
    """Ask for the name of a copy of the annotation in view."""
    session.copying = session.active


def cancel(session: Session) -> None:
    session.copying = None


def suggested(session: Session) -> str:
    """Return a name to begin with, beside the tomogram."""
    opened = session.copying
    if opened is None:
        return ""
    path = opened.tomogram.path
    return str(path.with_name(f"{path.stem}_copy{SUFFIX}"))


def write(session: Session, name: str) -> None:
    """Write the copy.

    Raises:
        ScsegError: the name is that of the annotation itself, or none.
    """
    opened = session.copying
    if opened is None or opened.annotated is None:
        return
    path = Path(name.strip()).expanduser()
    if path.suffix != SUFFIX:
        path = path.with_name(path.name + SUFFIX) if path.name else path
    if not path.name or path.absolute() == opened.annotated.path.absolute():
        raise ScsegError(f"{name!r} cannot be the name of a copy: choose another file name.")
    session.copying = None
    annotation_features.settle(session, opened)
    contents = opened.annotated.annotation.contents.snapshot()
    session.effects.append(WriteInThread(path, partial(_write, path, contents)))


def _write(path: Path, contents: Contents, _: Report) -> None:
    save_copy(path, contents)
