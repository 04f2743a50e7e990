"""Picks on the slice: circles, one of which a click removes; Shift + click adds one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from imgui_bundle import imgui

from scseg.actions.objects import curating, picking
from scseg.gui.canvas.tools.tool import moves_slice
from scseg.gui.shortcuts import shift_held
from scseg.gui.theme import packed
from scseg.runtime.display import picks_on_slice
from scseg.state.tomograms import CLICK_REACH

if TYPE_CHECKING:
    from scseg.gui.canvas.tools.surface import Surface
    from scseg.gui.ui import Ui
    from scseg.runtime.display.picks_on_slice import DrawnPick
    from scseg.state.models import Colour
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

COLOUR: Colour = (1.0, 0.86, 0.2)
CHOSEN: Colour = (1.0, 1.0, 1.0)
LEAST = 3.0
"""The radius in points of the smallest circle."""


class PickTool:
    """`act` belongs after the item that is the slice view, `draw` after the slice; on the stage Objects."""

    def __init__(self) -> None:
        self._under: int | None = None

    def act(self, session: Session, opened: OpenTomogram, ui: Ui, surface: Surface) -> None:
        self._under = None
        on_it = imgui.is_item_hovered() and not moves_slice() and ui.on_screen.shows(opened)
        if not on_it or picking.may_not_change(session, opened):
            return
        mouse = imgui.get_io().mouse_pos
        if not shift_held():
            self._under = _under(opened, surface, (mouse.x, mouse.y))
        there = self._under is not None
        if there:
            ui.hint = "Click removes this pick"
        elif len(picking.picks_of(opened)):
            ui.hint = "Shift + click adds a pick"
        if not (imgui.is_item_activated() and imgui.is_mouse_clicked(imgui.MouseButton_.left)):
            return
        if shift_held():
            curating.add(session, opened, surface.to_slice(mouse))
        elif self._under is not None:
            curating.remove(session, opened, self._under)
            self._under = None

    def draw(self, opened: OpenTomogram, z: int, ui: Ui, surface: Surface) -> None:
        for pick in picks_on_slice.on_slice(opened, z):
            _draw(pick, self._look(pick, opened, ui), ui, surface)

    def _look(self, pick: DrawnPick, opened: OpenTomogram, ui: Ui) -> Colour:
        if pick.number == self._under:
            return ui.palette.error
        return CHOSEN if pick.number == opened.objects.pick else COLOUR


def _draw(pick: DrawnPick, colour: Colour, ui: Ui, surface: Surface) -> None:
    """Draw a circle, the fainter the farther the pick is from the slice; those on it have a point, too."""
    lines, middle = imgui.get_window_draw_list(), surface.to_screen(pick.at)
    radius = max(LEAST * ui.scale, surface.length(pick.radius))
    strength = 1.0 - 0.4 * pick.depth
    thick = (2.4 if colour == CHOSEN else 1.4) * ui.scale
    lines.add_circle(middle, radius, packed((0, 0, 0), 0.45 * strength), 0, thick + 1.6 * ui.scale)
    lines.add_circle(middle, radius, packed(colour, strength), 0, thick)
    if pick.depth < 0.25:
        lines.add_circle_filled(middle, 1.8 * ui.scale, packed(colour, strength))


def _under(opened: OpenTomogram, surface: Surface, mouse: tuple[float, float]) -> int | None:
    """Return the number of the pick whose middle is nearest to the mouse, of those that it is on."""
    found: tuple[float, int] | None = None
    for pick in picks_on_slice.on_slice(opened, opened.z):
        middle = surface.to_screen(pick.at)
        away = math.dist((middle.x, middle.y), mouse)
        reach = max(CLICK_REACH, surface.length(pick.radius))
        if away <= reach and (found is None or away < found[0]):
            found = away, pick.number
    return None if found is None else found[1]
