"""The reliability curve of a model: what part of the pixels is the feature, by predicted value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from imgui_bundle import ImVec2, imgui, implot

from scseg.gui.panels.plots import dressed
from scseg.gui.theme import rgba

if TYPE_CHECKING:
    from scseg.gui.ui import Ui
    from scseg.models.trust.calibration import Calibration

HEIGHT = 11.0
MARGIN = 0.02
ENDS = np.array([0.0, 1.0])


def draw(found: Calibration, ui: Ui) -> None:
    """Draw the curve; where values mean what they say, it lies on the diagonal."""
    size = ImVec2(-1, imgui.get_font_size() * HEIGHT)
    flags = implot.Flags_.no_menus | implot.Flags_.no_box_select | implot.Flags_.no_inputs
    flags |= implot.Flags_.no_legend
    with dressed(ui):
        if implot.begin_plot("###reliability", size, flags):
            bare = implot.AxisFlags_.no_grid_lines | implot.AxisFlags_.no_tick_marks
            implot.setup_axes("predicted value", "share of the feature", bare, bare)
            ends = -MARGIN, 1.0 + MARGIN
            implot.setup_axes_limits(*ends, *ends, imgui.Cond_.always)
            implot.plot_line("exact", ENDS, ENDS, implot.Spec(line_color=rgba(ui.palette.faint)))
            _draw_curve(found, ui)
            implot.end_plot()


def _draw_curve(found: Calibration, ui: Ui) -> None:
    known = found.counts > 0
    colour = rgba(ui.palette.accent)
    spec = implot.Spec(
        line_color=colour,
        line_weight=1.6,
        marker=implot.Marker_.circle,
        marker_fill_color=colour,
        marker_line_color=colour,
    )
    predicted, shares = (
        np.ascontiguousarray(each[known]) for each in (found.predicted, found.shares)
    )
    implot.plot_line("curve", predicted, shares, spec)
