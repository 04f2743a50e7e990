"""Opening files that the user chooses, whatever is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.state.requests import FilesToOpen, OpenPaths

if TYPE_CHECKING:
    from pathlib import Path

    from scseg.state.requests import Kind, Workflow
    from scseg.state.session import Session


def ask(session: Session, kind: Kind) -> None:
    """Ask for files of a kind, then open them."""
    session.requests.append(_ask(session, kind))


def _ask(session: Session, kind: Kind) -> Workflow:
    paths: tuple[Path, ...] = yield FilesToOpen(kind)
    session.requests.append(OpenPaths(paths))
