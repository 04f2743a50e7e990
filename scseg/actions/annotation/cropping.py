"""The crop of a tomogram: the part of it that one looks at and segments.

While a hand is on it, its new place is a draft; it becomes one step when the hand lets go.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from scseg.actions.annotation import changes
from scseg.annotations import steps

if TYPE_CHECKING:
    from scseg.annotations.crop import Crop
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram


def is_on(session: Session) -> bool:
    opened = session.active
    return opened is not None and opened.crop is not None and opened.crop.enabled


def toggle(session: Session) -> None:
    """Switch the crop of the tomogram in view on or off."""
    opened = session.active
    if opened is not None and opened.crop is not None:
        commit(session, opened)
        edit(session, opened, replace(opened.crop, enabled=not opened.crop.enabled))
        commit(session, opened)


def edit(session: Session, opened: OpenTomogram, crop: Crop) -> None:
    """Show the crop changed; it becomes a step when it rests."""
    if changes.may_change(session, opened):
        opened.cropping = crop.clipped(opened.shape)
        opened.drafted = time.monotonic()


def move(crop: Crop, by: tuple[int, int], opened: OpenTomogram) -> Crop:
    """Return the crop moved by (y, x) voxels, as far as it stays inside the slice."""
    _, rows, columns = opened.shape
    y = min(max(by[0], -crop.y0), rows - crop.y1)
    x = min(max(by[1], -crop.x0), columns - crop.x1)
    return replace(crop, y0=crop.y0 + y, y1=crop.y1 + y, x0=crop.x0 + x, x1=crop.x1 + x)


def commit(session: Session, opened: OpenTomogram) -> None:
    """Make the draft of the crop a step, now."""
    crop, opened.cropping = opened.cropping, None
    if crop is not None and opened.annotation is not None:
        changes.apply_step(session, opened, steps.change_crop(opened.annotation.contents, crop))
