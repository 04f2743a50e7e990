"""The crop on the slice: all else dimmed, corners to pull, edges to move the whole by."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, imgui

from scseg.actions.annotation import cropping
from scseg.base.rect import Rect
from scseg.gui.canvas.tools.tool import moves_slice
from scseg.gui.theme import packed

if TYPE_CHECKING:
    from scseg.annotations.crop import Crop
    from scseg.drawing.region import Point
    from scseg.gui.canvas.tools.surface import Surface
    from scseg.gui.ui import Ui
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

REACH = 8.0
"""So near, in points, the mouse takes hold of a corner or an edge."""

WHOLE = "whole"
CORNERS = (("y0", "x0"), ("y0", "x1"), ("y1", "x0"), ("y1", "x1"))


class CropFrame:
    """`act` belongs after the item that is the slice view; it is true while the mouse belongs to the crop."""

    def __init__(self) -> None:
        self._held: str | tuple[str, str] | None = None
        self._from: tuple[Point, Crop] | None = None

    def act(self, session: Session, opened: OpenTomogram, ui: Ui, surface: Surface) -> bool:
        crop = opened.crop
        if crop is None or not crop.enabled:
            self._held = None
            return False
        mouse = imgui.get_io().mouse_pos
        if self._held is not None:
            self._pull(session, opened, surface.to_slice(mouse))
            return True
        under = _under(crop, surface, mouse, ui) if imgui.is_item_hovered() else None
        if under is None or moves_slice() or imgui.get_io().key_shift:
            return False
        _show_cursor(under)
        if imgui.is_item_activated() and imgui.is_mouse_clicked(imgui.MouseButton_.left):
            self._held, self._from = under, (surface.to_slice(mouse), crop)
        # Another button, or a drag that began elsewhere, goes to the tools.
        return self._held is not None or not imgui.is_item_active()

    def draw(self, opened: OpenTomogram, z: int, ui: Ui, surface: Surface) -> None:
        """Dim what is outside, on all slices; the frame stands on those of the crop."""
        crop = opened.crop
        if crop is None or not crop.enabled:
            return
        outer = _corners(surface, Rect.whole(opened.shape[1:]))
        if not crop.z0 <= z < crop.z1:
            imgui.get_window_draw_list().add_rect_filled(*outer, packed((0, 0, 0), 0.6))
            return
        inner = _corners(surface, crop.rect)
        _dim(outer, inner)
        _draw_frame(inner, ui)

    def _pull(self, session: Session, opened: OpenTomogram, at: Point) -> None:
        if self._from is None or self._held is None:
            return
        start, crop = self._from
        by = round(at[0] - start[0]), round(at[1] - start[1])
        if isinstance(self._held, str):
            moved = cropping.move(crop, by, opened)
        else:
            y, x = self._held
            moved = replace(crop, **{y: getattr(crop, y) + by[0], x: getattr(crop, x) + by[1]})
        cropping.edit(session, opened, moved)
        if not imgui.is_item_active():
            cropping.commit(session, opened)
            self._held = None


def _corners(surface: Surface, rect: Rect) -> tuple[ImVec2, ImVec2]:
    """Return the upper left and lower right points of voxels."""
    y0, x0, y1, x1 = (end - 0.5 for end in rect)
    return surface.to_screen((y1, x0)), surface.to_screen((y0, x1))


def _under(crop: Crop, surface: Surface, mouse: ImVec2, ui: Ui) -> str | tuple[str, str] | None:
    """Return what of the crop is under the mouse: the names of a corner's ends, WHOLE on an edge."""
    reach = REACH * ui.scale
    for y, x in CORNERS:
        corner = surface.to_screen((getattr(crop, y) - 0.5, getattr(crop, x) - 0.5))
        if max(abs(mouse.x - corner.x), abs(mouse.y - corner.y)) <= reach:
            return y, x
    low, high = _corners(surface, crop.rect)
    inside = min(mouse.x - low.x, high.x - mouse.x, mouse.y - low.y, high.y - mouse.y)
    return WHOLE if abs(inside) <= reach * 0.6 else None


def _show_cursor(under: str | tuple[str, str]) -> None:
    if isinstance(under, str):
        imgui.set_mouse_cursor(imgui.MouseCursor_.resize_all)
    else:
        # Row 0 is at the bottom, so the low end of y with the low end of x is the lower left corner.
        rising = under[0][1] == under[1][1]
        cursor = imgui.MouseCursor_
        imgui.set_mouse_cursor(cursor.resize_nesw if rising else cursor.resize_nwse)


def _dim(outer: tuple[ImVec2, ImVec2], inner: tuple[ImVec2, ImVec2]) -> None:
    lines, shade = imgui.get_window_draw_list(), packed((0, 0, 0), 0.6)
    (low, high), (left, right) = outer, inner
    lines.add_rect_filled(low, ImVec2(high.x, left.y), shade)
    lines.add_rect_filled(ImVec2(low.x, right.y), high, shade)
    lines.add_rect_filled(ImVec2(low.x, left.y), ImVec2(left.x, right.y), shade)
    lines.add_rect_filled(ImVec2(right.x, left.y), ImVec2(high.x, right.y), shade)


def _draw_frame(inner: tuple[ImVec2, ImVec2], ui: Ui) -> None:
    lines, colour = imgui.get_window_draw_list(), packed(ui.palette.accent)
    low, high = inner
    lines.add_rect(low, high, colour, 0.0, 1.4 * ui.scale)
    for corner in (low, ImVec2(high.x, low.y), ImVec2(low.x, high.y), high):
        lines.add_circle_filled(corner, 6.5 * ui.scale, packed((0, 0, 0), 0.6))
        lines.add_circle_filled(corner, 5.0 * ui.scale, colour)
