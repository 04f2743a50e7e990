"""The status line: the voxel under the cursor, what models say there, what the worker does."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, imgui

from scseg.gui.widgets import chip, faint
from scseg.runtime.display import status_line
from scseg.runtime.display.scene import visible_masks, visible_volumes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scseg.gui.ui import Ui
    from scseg.runtime.display.camera import Voxel
    from scseg.runtime.on_screen import SliceOnScreen
    from scseg.state.session import Session


def draw(session: Session, ui: Ui) -> None:
    imgui.set_cursor_pos_y(5 * ui.scale)
    right = status_line.right(session, ui.hint, ui.predictor.status)
    width = imgui.calc_text_size(right).x
    begins = imgui.get_window_width() - width - imgui.get_style().window_padding.x
    edge = begins - 18 * ui.scale
    with _cut_off_at(edge):
        _draw_left(session, ui, edge)
    imgui.same_line(begins)
    faint(right)


@contextmanager
def _cut_off_at(edge: float) -> Iterator[None]:
    """Draw what is inside up to this far from the left: what is at the right is read in any case."""
    corner = imgui.get_window_pos()
    imgui.push_clip_rect(corner, corner + ImVec2(edge, imgui.get_window_height()), True)  # noqa: FBT003 - ImGui's
    try:
        yield
    finally:
        imgui.pop_clip_rect()


def _draw_left(session: Session, ui: Ui, room: float) -> None:
    if ui.on_screen.shown is not None and ui.hovered is not None:
        _draw_voxel(session, ui, ui.on_screen.shown, ui.hovered)
    else:
        room -= imgui.get_style().window_padding.x
        faint(status_line.hint(lambda text: imgui.calc_text_size(text).x <= room))


def _draw_voxel(session: Session, ui: Ui, shown: SliceOnScreen, at: Voxel) -> None:
    told = status_line.voxel(shown.image, at)
    if not told:
        return
    imgui.text_unformatted(told)
    for mask in visible_masks(session, ui.on_screen):
        imgui.same_line(0, 18 * ui.scale)
        chip(mask.model.display.colour, 9 * ui.scale)
        imgui.text_unformatted(status_line.prediction(mask, at))
    for volume in visible_volumes(session, ui.on_screen):
        imgui.same_line(0, 18 * ui.scale)
        chip(volume.overlay.display.colour, 9 * ui.scale)
        imgui.text_unformatted(status_line.volume(volume, at))
