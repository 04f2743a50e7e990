"""Going through the slices of a tomogram."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scseg.state.session import Session


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
