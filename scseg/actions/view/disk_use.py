"""What the program keeps of its own on the disk: shown on a page of the window, and removed there."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from scseg.actions.view import view
from scseg.base.units import in_units
from scseg.persistence.disk_use.listing import listed
from scseg.persistence.disk_use.removing import remove as removed_of
from scseg.persistence.last_session import remembered
from scseg.state.disk_use import Removed, Shown
from scseg.state.requests import DoInThread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scseg.base.progress import Report
    from scseg.state.disk_use import Entry, Listing
    from scseg.state.notices import End
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
    work = partial(listed, remembered(session))
    then, ended = partial(_take, session), partial(_end, session)
    session.effects.append(DoInThread("Looking at what is stored", work, then, ended=ended))


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
    here = remembered(session)

    def work(report: Report) -> Removed:
        return removed_of(entries, here, report)

    def ended(end: End) -> None:
        _end(session, end)
        look(session)

    then = partial(_tell, session)
    session.effects.append(DoInThread("Removing what is stored", work, then, ended=ended))


def _take(session: Session, listing: Listing) -> None:
    session.storage = replace(session.storage, listing=listing)


def _end(session: Session, _: End) -> None:
    session.storage = replace(session.storage, busy=False)


def _tell(session: Session, removed: Removed) -> None:
    session.notify("info", f"{in_units(removed.nbytes)} removed.")
    for sentence in removed.kept:
        session.notify("warning", sentence)
