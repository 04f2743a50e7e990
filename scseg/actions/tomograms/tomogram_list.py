"""Open tomograms: adding, choosing, and what the user says of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scseg.actions.tomograms import reopening
from scseg.base.errors import ScsegError
from scseg.state.requests import OpenPaths
from scseg.state.tomograms import OpenTomogram

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scseg.compute.messages import TomogramRef
    from scseg.datasets.tomogram import Tomogram
    from scseg.state.session import Session
    from scseg.state.tomograms import Contrast

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


def keep_order(session: Session, paths: Sequence[str]) -> None:
    """Let those of these files that are open stand in this order, in the places that they have together."""
    order = {path: number for number, path in enumerate(paths)}
    places = [at for at, each in enumerate(session.tomograms) if each.ref.path in order]
    members = sorted((session.tomograms[at] for at in places), key=lambda it: order[it.ref.path])
    for at, opened in zip(places, members, strict=True):
        session.tomograms[at] = opened


def activate(session: Session, opened: OpenTomogram) -> None:
    session.active = opened


def set_contrast(session: Session, contrast: Contrast) -> None:
    if session.active is not None:
        session.active.contrast = contrast


def set_apix(opened: OpenTomogram, apix: float | None) -> None:
    """Take the user's word for A per voxel; None goes back to the file's.

    Raises:
        ScsegError: the number cannot be a voxel size.
    """
    _check_plausible(apix)
    opened.ref = replace(opened.ref, apix=apix)
    opened.apix_asked = True


def set_apix_z(opened: OpenTomogram, apix_z: float | None) -> None:
    """Take the user's word for A from slice to slice; None goes back to the file's.

    Raises:
        ScsegError: the number cannot be a voxel size.
    """
    _check_plausible(apix_z)
    opened.apix_z = apix_z


def _check_plausible(size: float | None) -> None:
    if size is not None and not SMALLEST_APIX <= size <= LARGEST_APIX:
        raise ScsegError(
            f"A voxel of {size:g} A is not plausible: give the size in angstrom, "
            f"between {SMALLEST_APIX:g} and {LARGEST_APIX:g}."
        )


def leave_apix_unknown(opened: OpenTomogram) -> None:
    opened.apix_asked = True


def read_bytes_as(session: Session, opened: OpenTomogram, *, signed: bool | None) -> None:
    """Open a tomogram of bytes again, taking them as signed, as unsigned or as the file says."""
    session.requests.append(OpenPaths((opened.tomogram.path,), signed=signed))
