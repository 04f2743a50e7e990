"""The bucket: it fills a closed contour with a click."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import imgui

from scseg.actions.annotation import areas, changes
from scseg.base.labels import BACKGROUND, FEATURE
from scseg.gui.theme import packed

if TYPE_CHECKING:
    from scseg.drawing.region import Point
    from scseg.gui.canvas.tools.surface import Surface
    from scseg.gui.ui import Ui
    from scseg.state.session import Session


class Bucket:
    """Fills at the press; its cursor is a disk."""

    at_work = False

    def press(self, session: Session, at: Point, *, erases: bool) -> None:
        areas.fill_bucket(session, at, BACKGROUND if erases else FEATURE)

    def move(self, session: Session, at: Point) -> None:
        """A press has done it all."""

    def release(self, session: Session) -> None:
        """A press has done it all."""

    def cancel(self, session: Session) -> None:
        """A press has done it all."""

    def draw(self, session: Session, ui: Ui, surface: Surface, *, erases: bool) -> None:  # noqa: ARG002
        feature = changes.chosen_feature(session)
        if feature is not None:
            middle = imgui.get_io().mouse_pos
            lines = imgui.get_window_draw_list()
            lines.add_circle_filled(middle, 5.5 * ui.scale, packed((0, 0, 0), 0.6))
            lines.add_circle_filled(middle, 4 * ui.scale, packed(feature.colour))
