"""Notices and jobs: what the user can do about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scseg.news import Job, Notice
    from scseg.session import Session


def dismiss(session: Session, notice: Notice) -> None:
    if notice in session.notices:
        session.notices.remove(notice)


def dismiss_all(session: Session) -> None:
    session.notices.clear()


def cancel(job: Job) -> None:
    """Ask a job to stop; it does so at its next report."""
    job.cancelled = True
