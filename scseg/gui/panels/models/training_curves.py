"""How a training goes: loss, loss on the boxes held out, and Dice there, epoch by epoch."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
from imgui_bundle import ImVec2, ImVec4, imgui, implot

from scseg.gui.theme import rgba

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scseg.gui.ui import Ui
    from scseg.state.models import Colour, Model

HEIGHT = 10.0
DICE = implot.ImAxis_.y2


def draw(model: Model, ui: Ui) -> None:
    """Draw the curves of the latest training, as soon as it has an epoch."""
    if not model.epochs:
        return
    size = ImVec2(-1, imgui.get_font_size() * HEIGHT)
    flags = implot.Flags_.no_menus | implot.Flags_.no_box_select | implot.Flags_.no_inputs
    with _dressed(ui):
        if implot.begin_plot("###curves", size, flags):
            _draw_lines(model, ui)
            implot.end_plot()


def _draw_lines(model: Model, ui: Ui) -> None:
    number = np.array([each.epoch + 1 for each in model.epochs], np.float64)
    losses = np.array([each.loss for each in model.epochs])
    at = np.array([each.epoch + 1 for each in model.epochs if each.validation], np.float64)
    _set_up(model, losses, with_dice=bool(at.size))
    _line("loss", number, losses, ui.palette.text)
    if at.size:
        _line("held out", at, _validation(model, "loss"), ui.palette.warning)
        implot.set_axes(implot.ImAxis_.x1, DICE)
        _line("Dice", at, _validation(model, "dice"), ui.palette.accent)


@contextmanager
def _dressed(ui: Ui) -> Iterator[None]:
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


def _set_up(model: Model, losses: np.ndarray, *, with_dice: bool) -> None:
    bare = implot.AxisFlags_.no_grid_lines | implot.AxisFlags_.no_tick_marks
    implot.setup_axes("", "", bare, bare)
    # What is planned for the next training says nothing about one that has ended.
    epochs = model.epochs[-1].epoch + 1 if model.run is None else model.plan.parameters.epochs
    implot.setup_axis_limits(implot.ImAxis_.x1, 0.9, max(2.0, epochs), imgui.Cond_.always)
    highest = max([losses.max(), *_validation(model, "loss")])
    implot.setup_axis_limits(implot.ImAxis_.y1, 0.0, highest * 1.08, imgui.Cond_.always)
    if with_dice:
        implot.setup_axis(DICE, "", bare | implot.AxisFlags_.opposite)
        implot.setup_axis_limits(DICE, 0.0, 1.0, imgui.Cond_.always)
    # Above the curves: inside, it would cover their newest part sooner or later.
    flags = implot.LegendFlags_
    implot.setup_legend(implot.Location_.north, flags.outside | flags.horizontal | flags.no_buttons)


def _validation(model: Model, what: str) -> np.ndarray:
    return np.array([getattr(each.validation, what) for each in model.epochs if each.validation])


def _line(name: str, at: np.ndarray, values: np.ndarray, colour: Colour) -> None:
    spec = implot.Spec(line_color=rgba(colour), line_weight=1.6)
    if len(at) == 1:
        spec = implot.Spec(
            line_color=rgba(colour), marker=implot.Marker_.circle, marker_fill_color=rgba(colour)
        )
    implot.plot_line(name, at, values, spec)
