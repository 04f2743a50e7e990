"""The frame around the place that was chosen from those where models are in doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.actions.models import advice
from scseg.gui.canvas.tools.drawn_boxes import draw_box

if TYPE_CHECKING:
    from scseg.gui.canvas.surface import Surface
    from scseg.gui.ui import Ui
    from scseg.state.session import Session

COLOUR = (1.0, 0.8, 0.2)


def draw(session: Session, ui: Ui, surface: Surface) -> None:
    found, shown = advice.current(session), ui.on_screen.shown
    if found is None or found.shown is None or shown is None or not session.overlays:
        return
    place = found.shown
    if shown.opened is session.active and shown.image.key.z == place.z:
        low, size = found.box_size // 2 + 0.5, found.box_size
        corner = place.y - low, place.x - low
        end = corner[0] + size, corner[1] + size
        draw_box((corner, end), COLOUR, ui, surface)
