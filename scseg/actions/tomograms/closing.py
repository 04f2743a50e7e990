"""The end of a tomogram in the window: whatever ends it, nothing that was done on it is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.actions.annotation import areas, contrast, cropping, features, strokes
from scseg.actions.objects import curating
from scseg.actions.tomograms import listing
from scseg.state.tomograms import OpenTomogram

if TYPE_CHECKING:
    from scseg.state.session import Session
    from scseg.state.tomograms import MissingTomogram


def close(session: Session, *rows: OpenTomogram | MissingTomogram) -> None:
    """Close tomograms; where strokes would be lost with them, the user is asked first."""
    session.closing = rows
    if not any(map(unsaved, rows)):
        close_now(session)


def close_others(session: Session, opened: OpenTomogram) -> None:
    session.active = opened
    close(session, *_others(session, opened), *session.missing)


def close_all(session: Session) -> None:
    close(session, *session.tomograms, *session.missing)


def unsaved(row: OpenTomogram | MissingTomogram) -> str:
    """Return why what was drawn cannot be saved just now; nothing where all is well."""
    if not isinstance(row, OpenTomogram) or row.annotated is None:
        return ""
    state = row.annotated.state
    return state.problem or "" if state.waiting else ""


def close_now(session: Session) -> None:
    """Close what is to be closed; after the active tomogram its neighbour in the list is shown."""
    rows, session.closing = session.closing, ()
    for row in rows:
        if row is not session.active:
            close_tomogram(session, row)
    if session.active in rows:
        active, order = session.active, listing.tomograms(session)
        index = order.index(active)
        left = order[index + 1 :] or order[:index][-1:] or _others(session, active)
        close_tomogram(session, active)
        session.active = left[0] if left else None


def keep_open(session: Session) -> None:
    """Close none of what was to be closed."""
    session.closing = ()


def finish_edits(session: Session, opened: OpenTomogram) -> None:
    """Keep what is being drawn, typed or dragged of a tomogram, as if the hand had let go of it."""
    strokes.end_on(session, opened)
    if session.outline is not None and session.outline.opened is opened:
        areas.end_outline(session)
    features.commit(session, opened)
    cropping.commit(session, opened)
    contrast.commit(opened)
    curating.commit(session, opened)


def close_tomogram(session: Session, row: OpenTomogram | MissingTomogram) -> None:
    """Take a row out of the list: what every way of closing, and every replacing of a row, comes to.

    Its annotation belongs to whoever opened it, who saves and closes it once it is not in the list.
    """
    if isinstance(row, OpenTomogram):
        finish_edits(session, row)
        if row.annotated is not None:
            session.history.forget(row.annotated)
            row.annotated = None
    if row in session.tomograms:
        session.tomograms.remove(row)
        _close_volumes(session, row)
    elif row in session.missing:
        session.missing.remove(row)


def _close_volumes(session: Session, opened: OpenTomogram) -> None:
    """Close the volumes that were shown over a tomogram, unless it is only opened anew."""
    if isinstance(opened, OpenTomogram) and all(
        each.ref.path != opened.ref.path for each in session.tomograms
    ):
        over = session.volumes.over(opened.ref.path)
        session.volumes.open = [each for each in session.volumes.open if each not in over]


def _others(session: Session, opened: OpenTomogram) -> list[OpenTomogram]:
    return [each for each in session.tomograms if each is not opened]
