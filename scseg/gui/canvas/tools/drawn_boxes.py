"""Boxes on the slice: squares of each feature's box size, in its colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import imgui

from scseg.gui.theme import packed

if TYPE_CHECKING:
    from scseg.annotations.feature import Colour
    from scseg.drawing.region import Point
    from scseg.gui.canvas.surface import Surface
    from scseg.gui.ui import Ui
    from scseg.state.tomograms import OpenTomogram


def draw(opened: OpenTomogram, z: int, ui: Ui, surface: Surface) -> None:
    """Draw the boxes on slice z of all features that show theirs."""
    if opened.annotation is None:
        return
    for feature in opened.features:
        points = opened.annotation.contents.boxes.get((feature.id, z), frozenset())
        if feature.show and not feature.hide_boxes:
            for y, x in points:
                # Edges of pixels lie half a pixel before their centres.
                half = feature.box_size // 2 + 0.5
                corner = y - half, x - half
                end = corner[0] + feature.box_size, corner[1] + feature.box_size
                draw_box((corner, end), feature.colour, ui, surface)


def draw_box(corners: tuple[Point, Point], colour: Colour, ui: Ui, surface: Surface) -> None:
    """Draw a box between two corners (y, x), in voxels, the first with the smaller numbers."""
    (y, x), (end_y, end_x) = corners
    low, high = surface.to_screen((end_y, x)), surface.to_screen((y, end_x))
    lines = imgui.get_window_draw_list()
    lines.add_rect(low, high, packed((0, 0, 0), 0.45), 0.0, 3.0 * ui.scale)
    lines.add_rect(low, high, packed(colour), 0.0, 1.4 * ui.scale)
