"""The lasso: it fills what a line encloses, drawn in one drag or set corner by corner with clicks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import imgui

from scseg.actions.annotation import areas, changes
from scseg.base.labels import BACKGROUND, FEATURE
from scseg.gui.shortcuts import keys_are_free
from scseg.gui.theme import packed
from scseg.state.tomograms import Outline, is_near

if TYPE_CHECKING:
    from scseg.drawing.region import Point
    from scseg.gui.canvas.tools.surface import Surface
    from scseg.gui.ui import Ui
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

Key = imgui.Key


class Lasso:
    """A click sets a corner; a drag among clicks draws its part of the line, one alone the whole.

    Corners belong to their slice: another slice may be looked at in between, but with another tool in the
    hand, or another tomogram in the view, they are gone.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._corners: list[Point] = []
        self._where: tuple[OpenTomogram, int] | None = None

    @property
    def at_work(self) -> bool:
        return self._session.outline is not None

    def press(self, session: Session, ui: Ui, at: Point, *, erases: bool) -> None:  # noqa: ARG002
        opened = session.active
        if opened is None or changes.chosen(session) is None:
            changes.ask_for_feature(session)
            return
        if not self._is_seen(opened):
            self._corners = []
        self._where = opened, opened.z
        label = BACKGROUND if erases else FEATURE
        alone = erases or not self._corners
        session.outline = Outline(opened, opened.z, label, [at], alone)

    def move(self, session: Session, at: Point) -> None:
        if session.outline is not None and at != session.outline.path[-1]:
            session.outline.path.append(at)

    def release(self, session: Session) -> None:
        outline = session.outline
        if outline is not None and self._is_seen(outline.opened):
            if outline.is_click and outline.label == BACKGROUND:
                self._corners = self._corners[:-1]
            elif outline.is_click:
                self._click(session, outline.opened, outline.path[0])
            elif not outline.alone:
                self._corners += outline.path
        areas.end_outline(session)

    def cancel(self, session: Session) -> None:
        session.outline = None

    def attend(self, session: Session, opened: OpenTomogram, ui: Ui) -> None:
        """Belongs into every frame: keys close what the corners enclose, take one back, drop them."""
        if session.tool != "lasso" or (self._where and self._where[0] is not opened):
            self._corners = []
        if not (self._corners and self._is_seen(opened)):
            return
        ui.hint = "Enter closes the polygon, Backspace takes a corner back, Escape drops it"
        if self.at_work or not keys_are_free():
            return
        if imgui.is_key_pressed(Key.enter) or imgui.is_key_pressed(Key.keypad_enter):
            self._close(session)
        elif imgui.is_key_pressed(Key.backspace):
            self._corners = self._corners[:-1]
        elif imgui.is_key_pressed(Key.escape):
            self._corners = []

    def draw(self, session: Session, ui: Ui, surface: Surface, *, erases: bool) -> None:  # noqa: ARG002
        """Draw the line of the drag."""
        feature, outline = changes.chosen(session), session.outline
        if feature is None or outline is None or len(outline.path) < 2:
            return
        path = outline.path
        _draw_line(path, packed(feature.colour), ui, surface)
        if outline.alone:
            _draw_closing(path[-1], path[0], packed(feature.colour, 0.5), ui, surface)

    def draw_corners(self, session: Session, ui: Ui, surface: Surface) -> None:
        """Draw the corners set so far, and what a click where the mouse is would add."""
        feature, shown = changes.chosen(session), ui.on_screen.shown
        if feature is None or shown is None or not self._corners:
            return
        if self._where != (shown.opened, shown.image.key.z):
            return
        colour = packed(feature.colour)
        outline = session.outline
        here = outline.path if outline else [surface.to_slice(imgui.get_io().mouse_pos)]
        _draw_line([*self._corners, here[0]], colour, ui, surface)
        _draw_closing(here[-1], self._corners[0], packed(feature.colour, 0.5), ui, surface)
        lines = imgui.get_window_draw_list()
        for number, corner in enumerate(self._corners):
            # The first is the one that closes it.
            size = (3.0 if number else 5.0) * ui.scale
            lines.add_circle_filled(surface.to_screen(corner), size + ui.scale, packed((0, 0, 0)))
            lines.add_circle_filled(surface.to_screen(corner), size, colour)

    def _click(self, session: Session, opened: OpenTomogram, at: Point) -> None:
        """Set a corner; on the first or, as a double click does, on the last one, close the polygon."""
        zoom, corners = opened.view.zoom, self._corners
        if corners and (is_near(at, corners[0], zoom) or is_near(at, corners[-1], zoom)):
            if len(corners) > 2:
                self._close(session)
        else:
            corners.append(at)

    def _close(self, session: Session) -> None:
        corners, self._corners = self._corners, []
        areas.fill_polygon(session, corners, FEATURE)

    def _is_seen(self, opened: OpenTomogram) -> bool:
        """Tell whether what was begun belongs to the slice in view."""
        return self._where == (opened, opened.z)


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
