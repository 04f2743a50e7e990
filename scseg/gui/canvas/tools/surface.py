"""The slice view on the screen: turns positions on the slice into points of the window, and back.

Positions are (y, x) in voxels, pixel centres on integers, as in arrays.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, imgui

from scseg.base.rect import Rect
from scseg.gui.theme import packed
from scseg.runtime.display import camera

if TYPE_CHECKING:
    from scseg.drawing.region import Point
    from scseg.runtime.display.boxes import DrawnBox
    from scseg.runtime.display.camera import Viewport
    from scseg.state.tomograms import View


@dataclass(frozen=True)
class Surface:
    """The slice view in one frame: a `view` of the slice in a `port`, whose upper left end is at `corner`."""

    view: View
    port: Viewport
    corner: ImVec2

    def to_screen(self, at: Point) -> ImVec2:
        x, y = camera.to_screen(self.view, self.port, (at[1], at[0]))
        return ImVec2(self.corner.x + x, self.corner.y + y)

    def to_slice(self, point: ImVec2) -> Point:
        place = point.x - self.corner.x, point.y - self.corner.y
        x, y = camera.to_voxel(self.view, self.port, place)
        return y, x

    def region(self, shape: tuple[int, ...]) -> Rect:
        """Return the voxels of a slice of `shape` (y, x) that are wholly in view."""
        low, high = ImVec2(0.0, self.port.height), ImVec2(self.port.width, 0.0)
        bottom, left = self.to_slice(self.corner + low)
        top, right = self.to_slice(self.corner + high)
        # Pixel centres lie on integers: a voxel begins half a voxel before its own.
        y0, x0 = math.ceil(bottom + 0.5), math.ceil(left + 0.5)
        return Rect(y0, x0, math.floor(top + 0.5), math.floor(right + 0.5)).clipped(shape)

    def draw_box(self, box: DrawnBox, scale: float) -> None:
        """Draw the outline of a box; its lines are as thick as the window's `scale` makes them."""
        (y, x), (end_y, end_x) = box.low, box.high
        low, high = self.to_screen((end_y, x)), self.to_screen((y, end_x))
        lines = imgui.get_window_draw_list()
        lines.add_rect(low, high, packed((0, 0, 0), 0.45), 0.0, 3.0 * scale)
        lines.add_rect(low, high, packed(box.colour), 0.0, 1.4 * scale)

    def length(self, voxels: float) -> float:
        """Return how many points of the screen so many voxels are."""
        return voxels * self.view.zoom
