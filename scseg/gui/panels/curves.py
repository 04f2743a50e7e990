"""How a training goes: loss, loss on the boxes held out, and Dice there, epoch by epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from imgui_bundle import ImVec2, ImVec4, imgui, implot

from scseg.gui.theme import rgba

if TYPE_CHECKING:
    from scseg.gui.ui import Ui
    from scseg.open_models import Colour, Model

HEIGHT = 9.0
DICE = implot.ImAxis_.y2


def draw(model: Model, ui: Ui) -> None:
    """Draw the curves of the latest training, as soon as it has an epoch."""
    epochs = model.epochs
    if not epochs:
        return
    number = np.array([each.epoch + 1 for each in epochs], np.float64)
    losses = np.array([each.loss for each in epochs])
    judged = [each for each in epochs if each.validation is not None]
    at = np.array([each.epoch + 1 for each in judged], np.float64)
    size = ImVec2(-1, imgui.get_font_size() * HEIGHT)
    flags = implot.Flags_.no_menus | implot.Flags_.no_box_select | implot.Flags_.no_inputs
    implot.push_style_color(implot.Col_.frame_bg, ImVec4(0, 0, 0, 0))
    implot.push_style_color(implot.Col_.plot_bg, rgba(ui.palette.card))
    implot.push_style_color(implot.Col_.plot_border, rgba(ui.palette.border))
    if implot.begin_plot("###curves", size, flags):
        _set_up(model, losses, with_dice=bool(judged))
        _line("loss", number, losses, ui.palette.text)
        if judged:
            _line("held out", at, _validation(model, "loss"), ui.palette.warning)
            implot.set_axes(implot.ImAxis_.x1, DICE)
            _line("Dice", at, _validation(model, "dice"), ui.palette.accent)
        implot.end_plot()
    implot.pop_style_color(3)


def _set_up(model: Model, losses: np.ndarray, *, with_dice: bool) -> None:
    bare = implot.AxisFlags_.no_grid_lines | implot.AxisFlags_.no_tick_marks
    implot.setup_axes("", "", bare, bare)
    implot.setup_axis_limits(
        implot.ImAxis_.x1, 0.9, max(2.0, model.plan.parameters.epochs), imgui.Cond_.always
    )
    highest = max([losses.max(), *_validation(model, "loss")])
    implot.setup_axis_limits(implot.ImAxis_.y1, 0.0, highest * 1.08, imgui.Cond_.always)
    if with_dice:
        implot.setup_axis(DICE, "", bare | implot.AxisFlags_.opposite)
        implot.setup_axis_limits(DICE, 0.0, 1.0, imgui.Cond_.always)
    implot.setup_legend(implot.Location_.north_east, implot.LegendFlags_.no_buttons)


def _validation(model: Model, what: str) -> np.ndarray:
    return np.array([getattr(each.validation, what) for each in model.epochs if each.validation])


def _line(name: str, at: np.ndarray, values: np.ndarray, colour: Colour) -> None:
    spec = implot.Spec(line_color=rgba(colour), line_weight=1.6)
    if len(at) == 1:
        spec = implot.Spec(
            line_color=rgba(colour), marker=implot.Marker_.circle, marker_fill_color=rgba(colour)
        )
    implot.plot_line(name, at, values, spec)
