"""Open tomograms: adding, choosing, closing, browsing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scseg.actions import listing, reopening
from scseg.effects import OpenPaths
from scseg.errors import ScsegError
from scseg.open_tomograms import OpenTomogram

if TYPE_CHECKING:
    from scseg.compute.messages import TomogramRef
    from scseg.datasets.tomogram import Tomogram
    from scseg.open_tomograms import Absent, Contrast
    from scseg.session import Session

SMALLEST_APIX, LARGEST_APIX = 0.01, 1000.0


def add(
    session: Session, tomogram: Tomogram, ref: TomogramRef, *, show: bool = True
) -> OpenTomogram:
    """Put a tomogram into the window, at its middle slice; one of the same file goes on with this."""
    row = reopening.row_of(session, ref.path)
    if row is None:
        opened = OpenTomogram(tomogram, ref, z=tomogram.shape[0] // 2)
        session.tomograms.append(opened)
    elif isinstance(row, OpenTomogram) and reopening.reopen(row, tomogram, ref):
        opened = row
    else:
        opened = reopening.put_in_place(session, row, tomogram, ref)
    if show or session.active is None:
        session.active = opened
    for warning in tomogram.warnings:
        session.notify("warning", warning)
    session.settings = session.settings.opened(tomogram.path)
    return opened


def activate(session: Session, opened: OpenTomogram) -> None:
    session.active = opened


def close(session: Session, *rows: OpenTomogram | Absent) -> None:
    """Close tomograms; where strokes would be lost with them, the user is asked first."""
    session.closing = rows
    if not any(map(unsaved, rows)):
        close_now(session)


def close_others(session: Session, opened: OpenTomogram) -> None:
    session.active = opened
    close(session, *_others(session, opened), *session.absent)


def close_all(session: Session) -> None:
    close(session, *session.tomograms, *session.absent)


def unsaved(row: OpenTomogram | Absent) -> str:
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
            _remove(session, row)
    if session.active in rows:
        active, order = session.active, listing.tomograms(session)
        index = order.index(active)
        left = order[index + 1 :] or order[:index][-1:] or _others(session, active)
        _remove(session, active)
        session.active = left[0] if left else None


def keep_open(session: Session) -> None:
    """Close none of what was to be closed."""
    session.closing = ()


def _remove(session: Session, row: OpenTomogram | Absent) -> None:
    if row in session.tomograms:
        session.tomograms.remove(row)
    elif row in session.absent:
        session.absent.remove(row)


def _others(session: Session, opened: OpenTomogram) -> list[OpenTomogram]:
    return [each for each in session.tomograms if each is not opened]


def step_tomogram(session: Session, by: int) -> None:
    """Show the tomogram `by` places further in the list as it is sorted and filtered, staying inside it."""
    if session.active is None:
        return
    order = listing.tomograms(session)
    index = order.index(session.active) + by
    session.active = order[max(0, min(index, len(order) - 1))]


def set_slice(session: Session, z: int) -> None:
    """Show slice `z` of the active tomogram, counted from 0, or the nearest that there is."""
    opened = session.active
    if opened is None:
        return
    z = max(0, min(z, opened.shape[0] - 1))
    if z != opened.z:
        opened.direction = 1 if z > opened.z else -1
        opened.z = z


def step_slice(session: Session, by: int) -> None:
    if session.active is not None:
        set_slice(session, session.active.z + by)


def set_contrast(session: Session, contrast: Contrast) -> None:
    if session.active is not None:
        session.active.contrast = contrast


def set_apix(opened: OpenTomogram, apix: float | None) -> None:
    """Take the user's word for A per voxel; None goes back to the file's.

    Raises:
        ScsegError: the number cannot be a voxel size.
    """
    if apix is not None and not SMALLEST_APIX <= apix <= LARGEST_APIX:
        raise ScsegError(
            f"A voxel of {apix:g} A is not plausible: give the size in angstrom, "
            f"between {SMALLEST_APIX:g} and {LARGEST_APIX:g}."
        )
    opened.ref = replace(opened.ref, apix=apix)
    opened.apix_asked = True


def leave_apix_unknown(opened: OpenTomogram) -> None:
    opened.apix_asked = True


def read_bytes_as(session: Session, opened: OpenTomogram, *, signed: bool | None) -> None:
    """Open a tomogram of bytes again, taking them as signed, as unsigned or as the file says."""
    session.effects.append(OpenPaths((opened.tomogram.path,), signed=signed))
