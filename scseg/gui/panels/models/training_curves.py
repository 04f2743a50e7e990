"""How a training goes: loss, loss on the boxes held out, and Dice there, epoch by epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, imgui, implot

from scseg.gui.panels.plots import dressed
from scseg.gui.theme import rgba
from scseg.runtime.display.training_curves import curves_of

if TYPE_CHECKING:
    import numpy as np

    from scseg.gui.ui import Ui
    from scseg.runtime.display.training_curves import Curves
    from scseg.state.models import Colour, Model

HEIGHT = 10.0
DICE = implot.ImAxis_.y2


def draw(model: Model, ui: Ui) -> None:
    """Draw the curves of the latest training, as soon as it has an epoch."""
    curves = curves_of(model)
    if curves is None:
        return
    size = ImVec2(-1, imgui.get_font_size() * HEIGHT)
    flags = implot.Flags_.no_menus | implot.Flags_.no_box_select | implot.Flags_.no_inputs
    with dressed(ui):
        if implot.begin_plot("###curves", size, flags):
            _draw_lines(curves, ui)
            implot.end_plot()


def _draw_lines(curves: Curves, ui: Ui) -> None:
    _set_up(curves)
    _line("loss", curves.epochs, curves.losses, ui.palette.text)
    if curves.judged.size:
        _line("held out", curves.judged, curves.held_out, ui.palette.warning)
        implot.set_axes(implot.ImAxis_.x1, DICE)
        _line("Dice", curves.judged, curves.dice, ui.palette.accent)


def _set_up(curves: Curves) -> None:
    bare = implot.AxisFlags_.no_grid_lines | implot.AxisFlags_.no_tick_marks
    implot.setup_axes("", "", bare, bare)
    implot.setup_axes_limits(0.9, curves.end, 0.0, curves.highest * 1.08, imgui.Cond_.always)
    if curves.judged.size:
        implot.setup_axis(DICE, "", bare | implot.AxisFlags_.opposite)
        implot.setup_axis_limits(DICE, 0.0, 1.0, imgui.Cond_.always)
    # Above the curves: inside, it would cover their newest part sooner or later.
    flags = implot.LegendFlags_
    implot.setup_legend(implot.Location_.north, flags.outside | flags.horizontal | flags.no_buttons)


def _line(name: str, at: np.ndarray, values: np.ndarray, colour: Colour) -> None:
    spec = implot.Spec(line_color=rgba(colour), line_weight=1.6)
    if len(at) == 1:
        spec = implot.Spec(
            line_color=rgba(colour), marker=implot.Marker_.circle, marker_fill_color=rgba(colour)
        )
    implot.plot_line(name, at, values, spec)
