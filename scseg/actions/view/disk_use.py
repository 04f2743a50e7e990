"""What the program keeps of its own on the disk: shown on a page of the window, and removed there."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from scseg.actions.view import view
from scseg.base.formatting import format_bytes
from scseg.persistence.disk_use.listing import listed
from scseg.persistence.disk_use.removing import remove as removed_of
from scseg.persistence.last_session import record_of_session
from scseg.state.disk_use import DiskUsePage, RemovalResult
from scseg.state.requests import Work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scseg.state.disk_use import StoredItem, StoredItems
    from scseg.state.requests import Workflow
    from scseg.state.session import Session


def open_page(session: Session) -> None:
    """Show the page, with what is there now as soon as that is known."""
    session.disk_use = DiskUsePage(busy=session.disk_use.busy)
    view.show_page(session, "storage")
    look(session)


def look(session: Session) -> None:
    """Find out what is there, in a thread."""
    if session.disk_use.busy:
        return
    session.disk_use = replace(session.disk_use, busy=True)
    find = Work("Looking at what is stored", partial(listed, record_of_session(session)))
    session.requests.append(_look(session, find))


def _look(session: Session, find: Work[StoredItems]) -> Workflow:
    try:
        listing: StoredItems = yield find
        session.disk_use = replace(session.disk_use, listing=listing)
    finally:
        session.disk_use = replace(session.disk_use, busy=False)


def ask(session: Session, entries: Sequence[StoredItem]) -> None:
    """Remove entries that are not in use; what is not saved, after a question."""
    if any(each.unsaved for each in entries):
        session.disk_use = replace(session.disk_use, asked=tuple(entries))
    else:
        remove(session, entries)


def keep(session: Session) -> None:
    """Remove nothing of what was asked about."""
    session.disk_use = replace(session.disk_use, asked=())


def remove(session: Session, entries: Sequence[StoredItem]) -> None:
    """Remove entries in a thread, then show what is left."""
    if session.disk_use.busy:
        return
    session.disk_use = replace(session.disk_use, busy=True, asked=())
    run = partial(removed_of, entries, record_of_session(session))
    session.requests.append(_remove(session, Work("Removing what is stored", run)))


def _remove(session: Session, removing: Work[RemovalResult]) -> Workflow:
    try:
        removed: RemovalResult = yield removing
        session.notify("info", f"{format_bytes(removed.nbytes)} removed.")
        for sentence in removed.kept:
            session.notify("warning", sentence)
    finally:
        session.disk_use = replace(session.disk_use, busy=False)
        look(session)
