"""Notices and jobs: what the user can do about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.base.printable import printable
from scseg.state.notices import Notice

if TYPE_CHECKING:
    from collections.abc import Collection

    from scseg.state.notices import Job
    from scseg.state.session import Session


INFO_SECONDS = 8.0


def dismiss(session: Session, notice: Notice) -> None:
    if notice in session.notices:
        session.notices.remove(notice)


def withdraw(session: Session, sentences: Collection[str]) -> None:
    """Take away what was told once and is so no longer; it will be told again if it is so again."""
    session.told_once.difference_update(sentences)
    shown = set(map(printable, sentences))
    session.notices[:] = [each for each in session.notices if each.sentence not in shown]


def dismiss_all(session: Session) -> None:
    session.notices.clear()


def tell_removed(session: Session, name: str) -> None:
    """Tell in the status line that what was removed is not lost."""
    session.feedback = Notice("info", f"Removed {name}; Ctrl+Z brings it back")


def forget_old(session: Session, now: float) -> None:
    """Take away mere infos that could be read for long enough; the list of messages keeps them."""
    session.notices[:] = [
        notice
        for notice in session.notices
        if notice.level != "info" or notice.stays or now - notice.told < INFO_SECONDS
    ]


def cancel(job: Job) -> None:
    """Ask a job to stop; it does so at its next report."""
    job.cancelled = True
