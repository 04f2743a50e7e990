"""Writing files beside the frames, where the user wants them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from scseg.base.errors import ScsegError
from scseg.state.requests import FileToWrite, Work

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from scseg.base.progress import Report
    from scseg.state.requests import Workflow
    from scseg.state.session import Session

    Write = Callable[[Path, Report], None]


def ask(session: Session, title: str, proposed: Path, write: Write) -> None:
    """Ask where to write a file, then do so in a thread; no open tomogram is ever written over."""
    session.requests.append(_ask(session, FileToWrite(title, proposed), write))


def written(session: Session, path: Path, run: Callable[[Report], None]) -> Workflow:
    """Write a file by long work, then tell the user where it is."""
    yield Work(f"Writing {path.name}", run, keeps=True)
    session.notify("info", f"Written: {path}")


def _ask(session: Session, question: FileToWrite, write: Write) -> Workflow:
    path: Path = yield question
    tomograms = [each.tomogram.path for each in session.tomograms]
    yield from written(session, path, partial(_write_unless_open, tomograms, write, path))


def _write_unless_open(tomograms: Sequence[Path], write: Write, path: Path, report: Report) -> None:
    if any(_same(path, tomogram) for tomogram in tomograms):
        raise ScsegError(f"{path} is an open tomogram: choose another name for the mask.")
    write(path, report)


def _same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except OSError:
        return False
