"""A copy of an annotation under a name that the user gives."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from scseg.actions import writing
from scseg.actions.annotation import features
from scseg.annotations.storage.location import SUFFIX
from scseg.annotations.storage.writing import save_copy
from scseg.base.errors import ScsegError
from scseg.base.file_names import fit_file_name
from scseg.state.requests import FileToWrite

if TYPE_CHECKING:
    from pathlib import Path

    from scseg.annotations.contents import Contents
    from scseg.base.progress import Report
    from scseg.state.requests import Workflow
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram


def choose(session: Session) -> None:
    """Ask for the name of a copy of the annotation in view."""
    opened = session.active
    if opened is not None and opened.annotated is not None:
        path = opened.tomogram.path
        proposed = path.with_name(fit_file_name(path.stem, f"_copy{SUFFIX}"))
        session.requests.append(_copy(session, opened, proposed))


def _copy(session: Session, opened: OpenTomogram, proposed: Path) -> Workflow:
    """Write the annotation as it is when the name is chosen; it goes on in its own file.

    Raises:
        ScsegError: the name is that of the annotation itself.
    """
    path: Path = yield FileToWrite("Save a copy of the annotation", proposed)
    if opened.annotated is None:
        return
    if path.absolute() == opened.annotated.path.absolute():
        raise ScsegError(f"{path} is the annotation itself: give the copy another name.")
    features.commit(session, opened)
    contents = opened.annotated.annotation.contents.snapshot()
    yield from writing.written(session, path, partial(_write, path, contents))


def _write(path: Path, contents: Contents, _: Report) -> None:
    save_copy(path, contents)
