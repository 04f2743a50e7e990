"""What the program keeps of its own on the disk: shown on a page of the window, and removed there."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from scseg.actions.view import view
from scseg.base.formatting import format_bytes
from scseg.persistence.disk_use.listing import listed
from scseg.persistence.disk_use.removing import remove as removed_of
from scseg.persistence.last_session import remembered
from scseg.state.disk_use import Removed, Shown
from scseg.state.requests import Work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scseg.state.disk_use import Entry, Listing
    from scseg.state.requests import Workflow
    from scseg.state.session import Session


def open_page(session: Session) -> None:
    """Show the page, with what is there now as soon as that is known."""
    session.storage = Shown(busy=session.storage.busy)
    view.show_page(session, "storage")
    look(session)


def look(session: Session) -> None:
    """Find out what is there, in a thread."""
    if session.storage.busy:
        return
    session.storage = replace(session.storage, busy=True)
    find = Work("Looking at what is stored", partial(listed, remembered(session)))
    session.requests.append(_look(session, find))


def _look(session: Session, find: Work[Listing]) -> Workflow:
    try:
        listing: Listing = yield find
        session.storage = replace(session.storage, listing=listing)
    finally:
        session.storage = replace(session.storage, busy=False)


def ask(session: Session, entries: Sequence[Entry]) -> None:
    """Remove entries that are not in use; what is not saved, after a question."""
    if any(each.unsaved for each in entries):
        session.storage = replace(session.storage, asked=tuple(entries))
    else:
        remove(session, entries)


def keep(session: Session) -> None:
    """Remove nothing of what was asked about."""
    session.storage = replace(session.storage, asked=())


def remove(session: Session, entries: Sequence[Entry]) -> None:
    """Remove entries in a thread, then show what is left."""
    if session.storage.busy:
        return
    session.storage = replace(session.storage, busy=True, asked=())
    run = partial(removed_of, entries, remembered(session))
    session.requests.append(_remove(session, Work("Removing what is stored", run)))


def _remove(session: Session, removing: Work[Removed]) -> Workflow:
    try:
        removed: Removed = yield removing
        session.notify("info", f"{format_bytes(removed.nbytes)} removed.")
        for sentence in removed.kept:
            session.notify("warning", sentence)
    finally:
        session.storage = replace(session.storage, busy=False)
        look(session)
