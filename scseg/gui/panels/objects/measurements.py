"""Measurements: a table with a row for each object, and a histogram of one of its columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, imgui, implot

from scseg.actions.objects import measuring
from scseg.base.formatting import counted
from scseg.gui.panels.objects import table
from scseg.gui.panels.plots import dressed
from scseg.gui.theme import rgba
from scseg.gui.widgets import button, chip, faint, off_where, tooltip
from scseg.runtime.display import labels
from scseg.runtime.display.columns import histogram
from scseg.runtime.display.measured_columns import columns_of

if TYPE_CHECKING:
    from scseg.annotations.feature import Feature
    from scseg.gui.ui import Ui
    from scseg.runtime.display.columns import Column
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

HEIGHT = 9.0
NOTHING = "no distance"


@dataclass
class Choices:
    """The id of the feature that distances are measured to, and the column of the histogram."""

    other: str = ""
    column: str = "volume nm³"


def draw(session: Session, opened: OpenTomogram, ui: Ui) -> None:
    choices = ui.state_of(Choices)
    other = _draw_other(opened, choices)
    measured = opened.objects.measured
    with off_where(measuring.obstacle(opened)):
        explained = (
            "Measure each object that is left: volume, surface, length, thickness, curvature."
        )
        if button("Measure###measure", explained, primary=measured is None, ui=ui):
            measuring.start(session, opened, other)
    if measured is None:
        return
    imgui.same_line()
    faint(counted(len(measured.rows), "object"))
    columns = columns_of(measured)
    clicked = table.draw("###measured", columns, measuring.chosen_row(opened), ui)
    if clicked is not None:
        measuring.show(session, opened, clicked)
    _draw_histogram(columns, choices, ui)
    if button("Save table…###save-table", "Write the measurements as a table (.csv)."):
        measuring.save(session, opened)


def _draw_other(opened: OpenTomogram, choices: Choices) -> Feature | None:
    """Draw the choice of a feature that distances are measured to."""
    other = next((each for each in opened.features if each.id == choices.other), None)
    imgui.set_next_item_width(-1)
    name = NOTHING if other is None else f"distance to {labels.shown(other.name)}"
    if imgui.begin_combo("###other", name):
        if imgui.selectable(f"{NOTHING}###none", other is None)[0]:
            choices.other = ""
        for feature in opened.features:
            chip(feature.colour, imgui.get_font_size() * 0.7)
            if imgui.selectable(labels.label(feature.name, f"far {feature.id}"), feature == other)[
                0
            ]:
                choices.other = feature.id
        imgui.end_combo()
    tooltip("Also measure how far each object is from what is drawn of this feature.")
    return other


def _draw_histogram(columns: tuple[Column, ...], choices: Choices, ui: Ui) -> None:
    column = next((each for each in columns if each.name == choices.column), columns[1])
    imgui.set_next_item_width(-1)
    if imgui.begin_combo("###histogram-of", f"histogram: {column.name}"):
        for each in columns:
            if imgui.selectable(f"{each.name}###of {each.name}", each is column)[0]:
                choices.column = each.name
            tooltip(each.explained)
        imgui.end_combo()
    tooltip("Which column the bars below count.")
    bars = histogram(column.values)
    if bars is None:
        return
    flags = implot.Flags_.no_menus | implot.Flags_.no_box_select | implot.Flags_.no_inputs
    flags |= implot.Flags_.no_legend
    size = ImVec2(-1, imgui.get_font_size() * HEIGHT)
    with dressed(ui):
        if implot.begin_plot("###histogram", size, flags):
            bare = implot.AxisFlags_.no_grid_lines | implot.AxisFlags_.no_tick_marks
            implot.setup_axes("", "", bare, bare)
            ends = bars.middles[0] - bars.width, bars.middles[-1] + bars.width
            high = float(bars.counts.max()) * 1.08
            implot.setup_axes_limits(*ends, 0.0, high, imgui.Cond_.always)
            spec = implot.Spec(
                fill_color=rgba(ui.palette.accent), line_color=rgba(ui.palette.accent)
            )
            implot.plot_bars("objects", bars.middles, bars.counts, 0.9 * bars.width, spec)
            implot.end_plot()
