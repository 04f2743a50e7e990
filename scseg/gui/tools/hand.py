"""Takes the mouse on the slice to the tool that it is meant for, from press to release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import imgui

from scseg.actions import annotation_boxes, annotation_features, annotation_strokes
from scseg.gui.tools import boxes, brush
from scseg.labels import BACKGROUND, FEATURE

if TYPE_CHECKING:
    from scseg.drawing.region import Point
    from scseg.gui.surface import Surface
    from scseg.gui.ui import Ui
    from scseg.session import OpenTomogram, Session

LEFT, RIGHT = imgui.MouseButton_.left, imgui.MouseButton_.right


class Hand:
    """`act` belongs after the item that is the slice view, every frame; `draw` after the slice."""

    def act(self, session: Session, opened: OpenTomogram, ui: Ui, surface: Surface) -> None:
        at = surface.to_slice(imgui.get_io().mouse_pos)
        if session.drag is not None:
            self._go_on(session, opened, at)
        elif imgui.is_item_activated() and not moves_slice() and is_seen(opened, ui):
            shift = imgui.get_io().key_shift
            if shift and imgui.is_mouse_clicked(LEFT):
                annotation_boxes.place(session, at)
            elif shift and imgui.is_mouse_clicked(RIGHT):
                annotation_boxes.remove_nearest(session, at)
            elif imgui.is_mouse_clicked(LEFT):
                annotation_strokes.begin(session, at, BACKGROUND if erases() else FEATURE)
            elif imgui.is_mouse_clicked(RIGHT):
                annotation_strokes.begin(session, at, BACKGROUND)
        if imgui.is_item_hovered() and imgui.get_io().key_ctrl and imgui.get_io().mouse_wheel:
            annotation_features.size_brush(session, imgui.get_io().mouse_wheel)

    def draw(self, session: Session, ui: Ui, surface: Surface) -> None:
        """Show boxes, and what a press of the mouse would do."""
        if ui.shown is not None and session.overlays:
            boxes.draw(ui.shown.opened, ui.shown.image.key.z, ui, surface)
        if session.drag is not None or (imgui.is_item_hovered() and not moves_slice()):
            brush.draw(session, ui, surface)

    def _go_on(self, session: Session, opened: OpenTomogram, at: Point) -> None:
        drag = session.drag
        if drag is None:
            return
        elsewhere = opened is not drag.opened or opened.z != drag.stroke.z
        if imgui.is_key_pressed(imgui.Key.escape):
            annotation_strokes.abort(session)
        elif elsewhere:
            annotation_strokes.end(session)
        else:
            annotation_strokes.extend(session, at)
            if not imgui.is_item_active():
                annotation_strokes.end(session)


def is_seen(opened: OpenTomogram, ui: Ui) -> bool:
    """Tell whether the slice on the screen is the one that would be drawn on."""
    shown = ui.shown
    return shown is not None and shown.opened is opened and shown.image.key.z == opened.z


def moves_slice() -> bool:
    """Tell whether the mouse moves the slice instead."""
    return imgui.is_mouse_down(imgui.MouseButton_.middle) or imgui.is_key_down(imgui.Key.space)


def erases() -> bool:
    """Tell whether the left button erases, for pens and trackpads that have no right one."""
    return imgui.is_key_down(imgui.Key.x)
