"""Tools that fill an area at once: the lasso and the bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import imgui

from scseg.actions import annotation, annotation_areas
from scseg.gui.theme import packed
from scseg.labels import BACKGROUND, FEATURE

if TYPE_CHECKING:
    from scseg.drawing.region import Point
    from scseg.gui.surface import Surface
    from scseg.gui.ui import Ui
    from scseg.session import Session


class Lasso:
    """Fills what the line of a drag encloses."""

    def __init__(self) -> None:
        self._path: list[Point] = []
        self._label = FEATURE

    @property
    def at_work(self) -> bool:
        return bool(self._path)

    def press(self, session: Session, ui: Ui, at: Point, *, erases: bool) -> None:  # noqa: ARG002
        if annotation.chosen(session) is None:
            annotation.ask_for_feature(session)
            return
        self._label = BACKGROUND if erases else FEATURE
        self._path = [at]

    def move(self, session: Session, at: Point) -> None:  # noqa: ARG002 - nothing is changed yet
        if at != self._path[-1]:
            self._path.append(at)

    def release(self, session: Session) -> None:
        path, self._path = self._path, []
        annotation_areas.fill_polygon(session, path, self._label)

    def cancel(self, session: Session) -> None:  # noqa: ARG002 - nothing was changed
        self._path = []

    def draw(self, session: Session, ui: Ui, surface: Surface, *, erases: bool) -> None:  # noqa: ARG002
        feature = annotation.chosen(session)
        if feature is None or len(self._path) < 2:
            return
        lines = imgui.get_window_draw_list()
        points = [surface.to_screen(at) for at in self._path]
        for colour, thickness in ((packed((0, 0, 0), 0.55), 3.5), (packed(feature.colour), 1.8)):
            for point in points:
                lines.path_line_to(point)
            lines.path_stroke(colour, thickness * ui.scale)
        # The line that will close it.
        lines.add_line(points[-1], points[0], packed(feature.colour, 0.5), 1.2 * ui.scale)


class Bucket:
    """Fills a closed contour with a click."""

    at_work = False

    def press(self, session: Session, ui: Ui, at: Point, *, erases: bool) -> None:  # noqa: ARG002
        annotation_areas.fill_bucket(session, at, BACKGROUND if erases else FEATURE)

    def move(self, session: Session, at: Point) -> None:
        """A press has done it all."""

    def release(self, session: Session) -> None:
        """A press has done it all."""

    def cancel(self, session: Session) -> None:
        """A press has done it all."""

    def draw(self, session: Session, ui: Ui, surface: Surface, *, erases: bool) -> None:  # noqa: ARG002
        feature = annotation.chosen(session)
        if feature is not None:
            middle = imgui.get_io().mouse_pos
            lines = imgui.get_window_draw_list()
            lines.add_circle_filled(middle, 5.5 * ui.scale, packed((0, 0, 0), 0.6))
            lines.add_circle_filled(middle, 4 * ui.scale, packed(feature.colour))
