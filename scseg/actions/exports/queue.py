"""What a user does with exports in the queue."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scseg.actions import notices

if TYPE_CHECKING:
    from scseg.state.exports import QueuedExport
    from scseg.state.session import Session


def cancel(session: Session, export: QueuedExport) -> None:
    """Do not write it: of one that is being written, nothing is left."""
    exports = session.exports
    if export.id == exports.running and exports.job is not None:
        notices.cancel(exports.job)
    else:
        exports.end(export.id, "cancelled")


def retry(session: Session, export: QueuedExport) -> None:
    """Let one that failed or was cancelled wait for its turn again, where it stands."""
    session.exports.change(replace(export, status="waiting", told="", volumes=()))


def remove(session: Session, export: QueuedExport) -> None:
    """Take one out of the list; volumes that are written stay."""
    if export.id != session.exports.running:
        kept = [each for each in session.exports.queue if each.id != export.id]
        session.exports.queue = tuple(kept)


def can_clear(session: Session) -> bool:
    return any(each.status != "waiting" for each in session.exports.queue)


def clear(session: Session) -> None:
    """Take all out of the list that do not wait; volumes that are written stay."""
    waiting = [each for each in session.exports.queue if each.status == "waiting"]
    session.exports.queue = tuple(waiting)
