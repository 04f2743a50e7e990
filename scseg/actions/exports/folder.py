"""The folder that volumes are written into."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scseg.actions.exports import planning
from scseg.state.requests import FolderToWrite

if TYPE_CHECKING:
    from pathlib import Path

    from scseg.state.requests import Workflow
    from scseg.state.session import Session


def choose(session: Session) -> None:
    """Ask for the folder."""
    session.requests.append(_choose(session))


def type_in(session: Session, text: str) -> None:
    """Take a folder that was typed; an empty one is the usual one."""
    name = text.strip().strip('"')
    session.exports.plan = replace(session.exports.plan, folder=name)


def _choose(session: Session) -> Workflow:
    proposed = planning.folder(session)
    path: Path = yield FolderToWrite("Choose the folder for volumes", proposed)
    session.exports.plan = replace(session.exports.plan, folder=str(path.absolute()))
