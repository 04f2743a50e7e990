"""The cursor of the brush: a circle as large as what it paints, in the feature's colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, imgui

from scseg.actions import annotation
from scseg.gui.theme import packed
from scseg.labels import BACKGROUND

if TYPE_CHECKING:
    from scseg.gui.surface import Surface
    from scseg.gui.ui import Ui
    from scseg.session import Session

LEAST = 2.5
"""The radius in points of the cursor of the smallest brush, seen from afar."""


def draw(session: Session, ui: Ui, surface: Surface) -> None:
    feature = annotation.chosen(session)
    if feature is None:
        return
    middle = imgui.get_io().mouse_pos
    radius = max(LEAST * ui.scale, surface.length(feature.brush_px))
    lines = imgui.get_window_draw_list()
    # A dark rim keeps the circle visible on its own colour.
    lines.add_circle(middle, radius + ui.scale, packed((0, 0, 0), 0.55), 0, 2.5 * ui.scale)
    lines.add_circle(middle, radius, packed(feature.colour), 0, 1.5 * ui.scale)
    if _erases(session):
        half = ImVec2(4 * ui.scale, 0)
        lines.add_line(middle - half, middle + half, packed((0, 0, 0), 0.6), 3.5 * ui.scale)
        lines.add_line(middle - half, middle + half, packed(feature.colour), 1.5 * ui.scale)


def _erases(session: Session) -> bool:
    if session.drag is not None:
        return session.drag.label == BACKGROUND
    return imgui.is_key_down(imgui.Key.x)
