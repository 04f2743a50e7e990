"""The lasso: a line is drawn in one drag, or corner by corner with clicks, and what it encloses is filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.actions.annotation import areas, changes
from scseg.base.labels import BACKGROUND, FEATURE
from scseg.state.tomograms import Outline, is_near

if TYPE_CHECKING:
    from scseg.drawing.region import Point
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram


class Lasso:
    """A click sets a corner; a drag among clicks draws its part of the line, one alone the whole.

    Corners belong to their slice: another slice may be looked at in between, but with another tool in the
    hand, or another tomogram in the view, they are gone.
    """

    def __init__(self, session: Session) -> None:
        self.corners: list[Point] = []
        self._session = session
        self._where: tuple[OpenTomogram, int] | None = None

    @property
    def at_work(self) -> bool:
        return self._session.outline is not None

    def press(self, session: Session, at: Point, *, erases: bool) -> None:
        opened = session.active
        if opened is None or changes.chosen_feature(session) is None:
            changes.ask_for_feature(session)
            return
        if not self.is_on(opened, opened.z):
            self.corners = []
        self._where = opened, opened.z
        label = BACKGROUND if erases else FEATURE
        alone = erases or not self.corners
        session.outline = Outline(opened, opened.z, label, [at], alone)

    def move(self, session: Session, at: Point) -> None:
        if session.outline is not None and at != session.outline.path[-1]:
            session.outline.path.append(at)

    def release(self, session: Session) -> None:
        outline = session.outline
        if outline is not None and self.is_on(outline.opened, outline.opened.z):
            if outline.is_click and outline.label == BACKGROUND:
                self.take_back()
            elif outline.is_click:
                self._click(session, outline.opened, outline.path[0])
            elif not outline.alone:
                self.corners += outline.path
        areas.end_outline(session)

    def cancel(self, session: Session) -> None:
        session.outline = None

    def keep(self, session: Session, opened: OpenTomogram) -> bool:
        """Drop the corners of another tool or tomogram; tell whether there are some on the slice in view."""
        if session.tool != "lasso" or (self._where and self._where[0] is not opened):
            self.corners = []
        return bool(self.corners) and self.is_on(opened, opened.z)

    def close(self, session: Session) -> None:
        """Fill what the corners enclose."""
        corners, self.corners = self.corners, []
        areas.fill_polygon(session, corners, FEATURE)

    def take_back(self) -> None:
        """Take the latest corner back."""
        self.corners = self.corners[:-1]

    def is_on(self, opened: OpenTomogram, z: int) -> bool:
        """Tell whether what was begun belongs to a slice."""
        return self._where == (opened, z)

    def _click(self, session: Session, opened: OpenTomogram, at: Point) -> None:
        """Set a corner; on the first or, as a double click does, on the last one, close the polygon."""
        zoom, corners = opened.view.zoom, self.corners
        if corners and (is_near(at, corners[0], zoom) or is_near(at, corners[-1], zoom)):
            if len(corners) > 2:
                self.close(session)
        else:
            corners.append(at)
