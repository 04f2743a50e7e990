"""Brings the slice in view to the graphics card, before a frame is drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scseg.actions.view import view
from scseg.state.filters import effective

if TYPE_CHECKING:
    from scseg.gui.gl.painter import SlicePainter
    from scseg.runtime.on_screen import OnScreen


def upload(painter: SlicePainter, on_screen: OnScreen) -> None:
    """Upload what has changed of the slice, its predictions and masks; then filter it."""
    shown = on_screen.shown
    if shown is None:
        return
    painter.upload_slice(shown.image)
    painter.upload_predictions(on_screen.masks)
    painter.upload_labels({feature: labels.mask for feature, labels in on_screen.labels.items()})
    # After the uploads, which would wait for this drawing.
    stack = effective(shown.opened.filters)
    seen = painter.filter_slice(shown.image, stack)
    view.note_automatic(shown.opened, seen.automatic)
    on_screen.shown = replace(shown, seen=seen, filters=stack)
