"""The crop on the slice: all else dimmed, corners and edges to pull, a handle to move the whole by."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, imgui

from scseg.actions.annotation import changes, cropping
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
"""So near, in points, the mouse takes hold of a corner or of the handle; of an edge where it is nearer."""

Held = tuple[str, ...]
"""What of the crop the mouse holds: the names of the ends that go with it."""

WHOLE: Held = ("y0", "y1", "x0", "x1")
CORNERS: tuple[Held, ...] = (("y0", "x0"), ("y0", "x1"), ("y1", "x0"), ("y1", "x1"))


class CropFrame:
    """`act` belongs after the item that is the slice view; it is true while the mouse belongs to the crop."""

    def __init__(self) -> None:
        self._held: Held | None = None
        self._from: tuple[Point, Crop] | None = None

    def act(self, session: Session, opened: OpenTomogram, ui: Ui, surface: Surface) -> bool:
        crop = opened.crop
        if crop is None or not crop.enabled:
            self._held = None
            return False
        mouse = imgui.get_io().mouse_pos
        if self._held is not None:
            _show_cursor(self._held)
            self._pull(session, opened, surface.to_slice(mouse))
            return True
        # On other slices there is nothing to take hold of.
        seen = crop.z0 <= opened.z < crop.z1 and imgui.is_item_hovered()
        can_hold = seen and not changes.read_only(session)
        under = _under(opened, surface, mouse, ui) if can_hold else None
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
        if _can_move(opened):
            _draw_handle(_centre(inner), ui)

    def _pull(self, session: Session, opened: OpenTomogram, at: Point) -> None:
        if self._from is None or self._held is None:
            return
        start, crop = self._from
        by = round(at[0] - start[0]), round(at[1] - start[1])
        if self._held == WHOLE:
            moved = cropping.move(crop, by, opened)
        else:
            ends = {end: getattr(crop, end) + by[end[0] == "x"] for end in self._held}
            moved = replace(crop, **ends)
        cropping.edit(session, opened, moved)
        if not imgui.is_item_active():
            cropping.commit(session, opened)
            self._held = None


def _corners(surface: Surface, rect: Rect) -> tuple[ImVec2, ImVec2]:
    """Return the upper left and lower right points of voxels."""
    y0, x0, y1, x1 = (end - 0.5 for end in rect)
    return surface.to_screen((y1, x0)), surface.to_screen((y0, x1))


def _centre(inner: tuple[ImVec2, ImVec2]) -> ImVec2:
    """Return the point at which the handle stands that moves the whole."""
    low, high = inner
    return ImVec2((low.x + high.x) / 2, (low.y + high.y) / 2)


def _can_move(opened: OpenTomogram) -> bool:
    """Tell whether there is room to move the crop: else its handle would only be in the way."""
    return opened.crop is not None and opened.crop.rect != Rect.whole(opened.shape[1:])


def _under(opened: OpenTomogram, surface: Surface, mouse: ImVec2, ui: Ui) -> Held | None:
    """Return what of the crop is under the mouse: a corner, the handle in the middle, an edge."""
    crop, reach = opened.crop, REACH * ui.scale
    if crop is None:
        return None
    for y, x in CORNERS:
        corner = surface.to_screen((getattr(crop, y) - 0.5, getattr(crop, x) - 0.5))
        if _is_near(mouse, corner, reach):
            return y, x
    inner = _corners(surface, crop.rect)
    if _can_move(opened) and _is_near(mouse, _centre(inner), reach):
        return WHOLE
    low, high = inner
    # Row 0 is at the bottom. Outside of the frame the distances to two edges are negative.
    inside = {
        "x0": mouse.x - low.x,
        "x1": high.x - mouse.x,
        "y1": mouse.y - low.y,
        "y0": high.y - mouse.y,
    }
    nearest = min(inside, key=inside.__getitem__)
    return (nearest,) if abs(inside[nearest]) <= reach * 0.6 else None


def _is_near(mouse: ImVec2, point: ImVec2, reach: float) -> bool:
    return max(abs(mouse.x - point.x), abs(mouse.y - point.y)) <= reach


def _show_cursor(held: Held) -> None:
    cursor = imgui.MouseCursor_
    if held == WHOLE:
        imgui.set_mouse_cursor(cursor.resize_all)
    elif len(held) == 1:
        imgui.set_mouse_cursor(cursor.resize_ew if held[0][0] == "x" else cursor.resize_ns)
    else:
        # Row 0 is at the bottom, so the low end of y with the low end of x is the lower left corner.
        rising = held[0][1] == held[1][1]
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
    shade = packed((0, 0, 0), 0.6)
    low, high = inner
    lines.add_rect(low, high, colour, 0.0, 1.4 * ui.scale)
    for corner in (low, ImVec2(high.x, low.y), ImVec2(low.x, high.y), high):
        lines.add_circle_filled(corner, 6.5 * ui.scale, shade)
        lines.add_circle_filled(corner, 5.0 * ui.scale, colour)


def _draw_handle(centre: ImVec2, ui: Ui) -> None:
    """Draw a cross in a ring: what is under it can still be seen."""
    lines, colour = imgui.get_window_draw_list(), packed(ui.palette.accent)
    arm = 3.5 * ui.scale
    lines.add_circle_filled(centre, 6.5 * ui.scale, packed((0, 0, 0), 0.4))
    lines.add_circle(centre, 6.5 * ui.scale, colour, 0, 1.4 * ui.scale)
    for across, up in ((arm, 0.0), (0.0, arm)):
        by = ImVec2(across, up)
        lines.add_line(centre - by, centre + by, colour, 1.4 * ui.scale)
