"""How plots look in the panels."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, ImVec4, implot

from scseg.gui.theme import rgba

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scseg.gui.ui import Ui


@contextmanager
def dressed(ui: Ui) -> Iterator[None]:
    """Let a plot look like the panels; the legend has no frame of its own."""
    none = ImVec4(0, 0, 0, 0)
    colours = {
        implot.Col_.frame_bg: none,
        implot.Col_.plot_bg: rgba(ui.palette.card),
        implot.Col_.plot_border: rgba(ui.palette.border),
        implot.Col_.legend_bg: none,
        implot.Col_.legend_border: none,
    }
    for what, colour in colours.items():
        implot.push_style_color(what, colour)
    implot.push_style_var(implot.StyleVar_.plot_padding, ImVec2(4, 4) * ui.scale)
    implot.push_style_var(implot.StyleVar_.legend_padding, ImVec2(0, 0))
    yield
    implot.pop_style_var(2)
    implot.pop_style_color(len(colours))
