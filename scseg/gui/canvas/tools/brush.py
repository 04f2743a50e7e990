"""The brushes: they paint under the pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, imgui

from scseg.actions.annotation import changes, strokes
from scseg.base.labels import BACKGROUND, FEATURE, IGNORE
from scseg.gui.theme import packed

if TYPE_CHECKING:
    from scseg.drawing.region import Point
    from scseg.gui.canvas.tools.surface import Surface
    from scseg.gui.ui import Ui
    from scseg.runtime.on_screen import OnScreen
    from scseg.state.session import Session

LEAST = 2.5
"""The radius in points of the cursor of the smallest brush, seen from afar."""

DASHES = 24


class Brush:
    """Paints a label; with `alike`, only what looks like the place where the stroke began."""

    def __init__(
        self, session: Session, on_screen: OnScreen, label: int = FEATURE, *, alike: bool = False
    ) -> None:
        self._session = session
        self._on_screen = on_screen
        self._label = label
        self._alike = alike

    @property
    def at_work(self) -> bool:
        return self._session.drag is not None

    def press(self, session: Session, at: Point, *, erases: bool) -> None:
        label = BACKGROUND if erases else self._label
        look, shown = None, self._on_screen.shown
        if self._alike and not erases and shown is not None:
            look = strokes.Look(shown.seen.values, shown.seen.automatic)
        strokes.begin(session, at, label, look)

    def move(self, session: Session, at: Point) -> None:
        strokes.extend(session, at)

    def release(self, session: Session) -> None:
        strokes.end(session)

    def cancel(self, session: Session) -> None:
        strokes.abort(session)

    def draw(self, session: Session, ui: Ui, surface: Surface, *, erases: bool) -> None:
        """Draw the brush cursor: a circle as large as what it paints, dashed where it paints no feature."""
        feature = changes.chosen_feature(session)
        if feature is None:
            return
        middle = imgui.get_io().mouse_pos
        radius = max(LEAST * ui.scale, surface.length(feature.brush_px))
        lines = imgui.get_window_draw_list()
        # A dark rim keeps the circle visible on its own colour.
        lines.add_circle(middle, radius + ui.scale, packed((0, 0, 0), 0.55), 0, 2.5 * ui.scale)
        if self._label == IGNORE or self._alike:
            _dashed(middle, radius, packed(feature.colour), 1.8 * ui.scale)
        else:
            lines.add_circle(middle, radius, packed(feature.colour), 0, 1.5 * ui.scale)
        if erases:
            half = ImVec2(4 * ui.scale, 0)
            lines.add_line(middle - half, middle + half, packed((0, 0, 0), 0.6), 3.5 * ui.scale)
            lines.add_line(middle - half, middle + half, packed(feature.colour), 1.5 * ui.scale)


def _dashed(middle: ImVec2, radius: float, colour: int, thickness: float) -> None:
    lines = imgui.get_window_draw_list()
    step = 6.283185 / DASHES
    for number in range(DASHES):
        lines.path_arc_to(middle, radius, number * step, (number + 0.5) * step)
        lines.path_stroke(colour, thickness)
