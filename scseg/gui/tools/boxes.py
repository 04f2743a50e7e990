"""Boxes on the slice: squares of each feature's box size, in its colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import imgui

from scseg.gui.theme import packed

if TYPE_CHECKING:
    from scseg.annotations.feature import Feature
    from scseg.gui.surface import Surface
    from scseg.gui.ui import Ui
    from scseg.session import OpenTomogram


def draw(opened: OpenTomogram, z: int, ui: Ui, surface: Surface) -> None:
    """Draw the boxes on slice z of all features that show theirs."""
    if opened.annotation is None:
        return
    for feature in opened.features:
        points = opened.annotation.contents.boxes.get((feature.id, z), frozenset())
        if feature.show and not feature.hide_boxes:
            for y, x in points:
                _draw_box(feature, (y, x), ui, surface)


def _draw_box(feature: Feature, centre: tuple[int, int], ui: Ui, surface: Surface) -> None:
    size = feature.box_size
    # Edges of pixels lie half a pixel before their centres.
    y, x = (each - size // 2 - 0.5 for each in centre)
    low, high = surface.to_screen((y + size, x)), surface.to_screen((y, x + size))
    lines = imgui.get_window_draw_list()
    lines.add_rect(low, high, packed((0, 0, 0), 0.45), 0.0, 3.0 * ui.scale)
    lines.add_rect(low, high, packed(feature.colour), 0.0, 1.4 * ui.scale)
