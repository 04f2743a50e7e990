"""The slider under the slice; on the stage Export with a handle at either end of what is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, imgui

from scseg.actions.exports import planning
from scseg.actions.view import browsing
from scseg.gui.theme import PILL, packed
from scseg.gui.widgets import tooltip
from scseg.state.panel_layout import Stage

if TYPE_CHECKING:
    from scseg.gui.ui import Ui
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

HANDLE = 7.0
"""The width of a handle, in points."""


@dataclass(frozen=True)
class Track:
    """Where slices lie on the slider: the first one at `left`, the last one at `right`, on the screen."""

    left: float
    right: float
    top: float
    bottom: float
    count: int

    def place(self, z: int) -> float:
        return self.left + (self.right - self.left) * z / max(1, self.count - 1)

    def slice_at(self, x: float) -> int:
        part = (x - self.left) / max(1.0, self.right - self.left)
        return max(0, min(round(part * (self.count - 1)), self.count - 1))


def draw(session: Session, opened: OpenTomogram, ui: Ui) -> None:
    slices = opened.shape[0]
    exports = session.stage == Stage.EXPORT
    imgui.set_next_item_width(-1)
    imgui.push_style_var(imgui.StyleVar_.frame_rounding, PILL)
    if exports:
        imgui.set_next_item_allow_overlap()
    # Ctrl+click lets a user type a number that is out of the range.
    moved, number = imgui.slider_int(
        "###slices", opened.z + 1, 1, slices, f"slice %d/{slices}", imgui.SliderFlags_.always_clamp
    )
    imgui.pop_style_var()
    tooltip("Drag to browse; Ctrl + click to type a number. Scrolling and left / right step.")
    if moved:
        browsing.set_slice(session, number - 1)
    if exports and slices > 1:
        _draw_range(session, opened, _track(slices), ui)


def _track(count: int) -> Track:
    """Return where slices lie on the slider drawn last: ImGui's grab leaves half its width at the ends."""
    low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
    grab = max((high.x - low.x - 4.0) / count, imgui.get_style().grab_min_size)
    edge = 2.0 + grab / 2
    return Track(low.x + edge, high.x - edge, low.y, high.y, count)


def _draw_range(session: Session, opened: OpenTomogram, track: Track, ui: Ui) -> None:
    """Draw what is left out darker, and the two handles, which can be dragged."""
    chosen = planning.slices(session, opened)
    first, last = chosen[0], chosen[-1]
    width = HANDLE * ui.scale
    shade = packed(ui.palette.window, 0.6)
    draw = imgui.get_window_draw_list()
    edges = (
        ImVec2(track.left - width, track.place(first)),
        ImVec2(track.place(last), track.right + width),
    )
    for edge in edges:
        draw.add_rect_filled(ImVec2(edge.x, track.top), ImVec2(edge.y, track.bottom), shade)
    new_first = _handle("first", first, track, ui, -width)
    new_last = _handle("last", last, track, ui, 0.0)
    if (new_first, new_last) != (first, last):
        if new_first != first:
            new_last = max(new_first, last)
        else:
            new_first = min(first, new_last)
        planning.set_slices(opened, new_first, new_last)
        # What is at the end of the range is what one wants to see.
        browsing.set_slice(session, new_first if new_first != first else new_last)


def _handle(name: str, z: int, track: Track, ui: Ui, beside: float) -> int:
    """Draw the handle of an end of the range, `beside` the slice there; return the slice it is dragged to."""
    width = HANDLE * ui.scale
    corner = ImVec2(track.place(z) + beside, track.top)
    imgui.set_cursor_screen_pos(corner)
    imgui.invisible_button(f"###{name} slice", ImVec2(width, track.bottom - track.top))
    held = imgui.is_item_active()
    bright = held or imgui.is_item_hovered()
    if bright:
        imgui.set_mouse_cursor(imgui.MouseCursor_.resize_ew)
    tooltip(f"The {name} slice that is exported: {z + 1}. Drag it.")
    colour = packed(ui.palette.accent, 1.0 if bright else 0.8)
    end = corner + ImVec2(width, track.bottom - track.top)
    imgui.get_window_draw_list().add_rect_filled(corner, end, colour, width / 2)
    if not held:
        return z
    return track.slice_at(imgui.get_io().mouse_pos.x - beside - width / 2)
