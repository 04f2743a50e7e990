"""The crop in the panel Filters: its switch and, while it is on, its slices."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scseg.actions.annotation import cropping
from scseg.gui.widgets import checkbox, slider

if TYPE_CHECKING:
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram


def draw(session: Session, opened: OpenTomogram) -> None:
    crop = opened.crop
    if crop is None:
        return
    if checkbox(
        "crop",
        crop.enabled,
        "Look at a part of the tomogram (C): pull its corners on the slice, move it whole by its edges.",
    ):
        cropping.toggle(session)
        return
    if not crop.enabled:
        return
    slices = (1.0, float(opened.shape[0]))
    first = slider("first", crop.z0 + 1, slices, "from slice %.0f", "The first slice of the crop.")
    last = slider("last", crop.z1, slices, "to slice %.0f", "The last slice of the crop.")
    if first is not None:
        cropping.edit(session, opened, replace(crop, z0=min(round(first), crop.z1) - 1))
    if last is not None:
        cropping.edit(session, opened, replace(crop, z1=max(round(last), crop.z0 + 1)))
