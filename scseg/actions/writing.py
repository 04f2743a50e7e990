"""Asking where to write a file, and writing it beside the frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.base.errors import ScsegError
from scseg.state.requests import ChooseTarget, WriteInThread

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scseg.base.progress import Report
    from scseg.state.session import Session

    Write = Callable[[Path, Report], None]


def ask(session: Session, title: str, proposed: Path, write: Write) -> None:
    """Ask where to write a file, then do so in a thread; no open tomogram is ever written over."""

    def chosen(path: Path) -> None:
        tomograms = [each.tomogram.path for each in session.tomograms]

        def work(report: Report) -> None:
            if any(_same(path, tomogram) for tomogram in tomograms):
                raise ScsegError(f"{path} is an open tomogram: choose another name for the mask.")
            write(path, report)

        session.effects.append(WriteInThread(path, work))

    session.effects.append(ChooseTarget(title, proposed, chosen))


def _same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except OSError:
        return False
