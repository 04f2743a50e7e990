"""The lasso on the slice: its keys, its line and its corners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import imgui

from scseg.actions.annotation import changes
from scseg.actions.annotation.lasso import Lasso
from scseg.gui.shortcuts import keys_are_free
from scseg.gui.theme import packed

if TYPE_CHECKING:
    from scseg.drawing.region import Point
    from scseg.gui.canvas.tools.surface import Surface
    from scseg.gui.ui import Ui
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

Key = imgui.Key


class LassoTool(Lasso):
    """The lasso with its keys, and how it is drawn."""

    def attend(self, session: Session, opened: OpenTomogram, ui: Ui) -> None:
        """Belongs into every frame: keys close what the corners enclose, take one back, drop them."""
        if not self.keep(session, opened):
            return
        ui.hint = "Enter closes the polygon, Backspace takes a corner back, Escape drops it"
        if self.at_work or not keys_are_free():
            return
        if imgui.is_key_pressed(Key.enter) or imgui.is_key_pressed(Key.keypad_enter):
            self.close(session)
        elif imgui.is_key_pressed(Key.backspace):
            self.take_back()
        elif imgui.is_key_pressed(Key.escape):
            self.corners = []

    def draw(self, session: Session, ui: Ui, surface: Surface, *, erases: bool) -> None:  # noqa: ARG002
        """Draw the line of the drag."""
        feature, outline = changes.chosen_feature(session), session.outline
        if feature is None or outline is None or len(outline.path) < 2:
            return
        path = outline.path
        _draw_line(path, packed(feature.colour), ui, surface)
        if outline.alone:
            _draw_closing(path[-1], path[0], packed(feature.colour, 0.5), ui, surface)

    def draw_corners(self, session: Session, ui: Ui, surface: Surface) -> None:
        """Draw the corners set so far, and what a click where the mouse is would add."""
        feature, shown = changes.chosen_feature(session), ui.on_screen.shown
        if feature is None or shown is None or not self.corners:
            return
        if not self.is_on(shown.opened, shown.image.key.z):
            return
        colour = packed(feature.colour)
        outline = session.outline
        here = outline.path if outline else [surface.to_slice(imgui.get_io().mouse_pos)]
        _draw_line([*self.corners, here[0]], colour, ui, surface)
        _draw_closing(here[-1], self.corners[0], packed(feature.colour, 0.5), ui, surface)
        lines = imgui.get_window_draw_list()
        for number, corner in enumerate(self.corners):
            # The first is the one that closes it.
            size = (3.0 if number else 5.0) * ui.scale
            lines.add_circle_filled(surface.to_screen(corner), size + ui.scale, packed((0, 0, 0)))
            lines.add_circle_filled(surface.to_screen(corner), size, colour)


def _draw_line(path: list[Point], colour: int, ui: Ui, surface: Surface) -> None:
    lines = imgui.get_window_draw_list()
    points = [surface.to_screen(at) for at in path]
    for shade, thickness in ((packed((0, 0, 0), 0.55), 3.5), (colour, 1.8)):
        for point in points:
            lines.path_line_to(point)
        lines.path_stroke(shade, thickness * ui.scale)


def _draw_closing(end: Point, start: Point, colour: int, ui: Ui, surface: Surface) -> None:
    """Draw the line that will close what was drawn."""
    lines = imgui.get_window_draw_list()
    lines.add_line(surface.to_screen(end), surface.to_screen(start), colour, 1.2 * ui.scale)
