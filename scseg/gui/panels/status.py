"""The status line: the voxel under the cursor, what models say there, what the worker does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import imgui

from scseg.gui.widgets import chip, faint
from scseg.runtime.display import status_line
from scseg.runtime.display.scene import visible_masks, visible_volumes

if TYPE_CHECKING:
    from scseg.gui.ui import Ui
    from scseg.runtime.display.camera import Voxel
    from scseg.runtime.on_screen import SliceOnScreen
    from scseg.state.session import Session


def draw(session: Session, ui: Ui) -> None:
    imgui.set_cursor_pos_y(5 * ui.scale)
    if ui.on_screen.shown is not None and ui.hovered is not None:
        _draw_voxel(session, ui, ui.on_screen.shown, ui.hovered)
    else:
        faint("Scroll to browse, Shift + scroll to zoom, F1 for all commands")
    right = status_line.right(session, ui.hint, ui.predictor.status)
    width = imgui.calc_text_size(right).x
    imgui.same_line(imgui.get_window_width() - width - imgui.get_style().window_padding.x)
    faint(right)


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
