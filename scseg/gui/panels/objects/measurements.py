"""Measurements: a table with a row for each object, and a histogram of one of its columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from imgui_bundle import ImVec2, imgui, implot

from scseg.actions.objects import measuring
from scseg.actions.objects import source as sources
from scseg.base.formatting import counted
from scseg.gui.panels.objects import table
from scseg.gui.panels.plots import dressed
from scseg.gui.theme import rgba
from scseg.gui.widgets import button, chip, faint, off_where, tooltip
from scseg.runtime.display import labels
from scseg.runtime.display.columns import histogram
from scseg.runtime.display.measured_columns import columns_of
from scseg.state.objects import DrawnSource, VolumeSource

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.gui.ui import Ui
    from scseg.runtime.display.columns import Column
    from scseg.state.objects import Measurements
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

HEIGHT = 9.0
NOTHING = "no distance"


@dataclass
class Shown:
    """The table that is shown, what it was made from, and the column of the histogram."""

    of: tuple[object, ...] = ()
    numbers: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    columns: tuple[Column, ...] = ()
    column: str = "volume nm³"

    def update(self, opened: OpenTomogram, measured: Measurements) -> None:
        """Be the table of the objects that are left; made anew when these are others."""
        of = (measured, opened.objects.kept)
        if len(self.of) != len(of) or any(a is not b for a, b in zip(of, self.of, strict=True)):
            self.of, self.numbers = of, measuring.left(opened)
            self.columns = columns_of(measured, self.numbers)


def draw(session: Session, opened: OpenTomogram, ui: Ui) -> None:
    shown = ui.state_of(Shown)
    _draw_other(session, opened)
    measured = opened.objects.measured
    with off_where(measuring.obstacle(opened)):
        explained = (
            "Measure each object that is left: volume, surface, length, thickness, curvature."
        )
        if button("Measure###measure", explained, primary=measured is None, ui=ui):
            measuring.start(session, opened)
    if measured is None:
        return
    shown.update(opened, measured)
    imgui.same_line()
    faint(_told(opened, shown))
    if not len(shown.numbers):
        return
    clicked = table.draw("###measured", shown.columns, _chosen(opened, measured, shown), ui)
    if clicked is not None:
        measuring.show(session, opened, int(shown.numbers[clicked]))
    _draw_histogram(shown, ui)
    if button("Save table…###save-table", "Write the measurements as a table (.csv)."):
        measuring.save(session, opened)


def _told(opened: OpenTomogram, shown: Shown) -> str:
    """Return how many objects are in the table, and how many are not that should be."""
    kept = opened.objects.kept
    missing = 0 if kept is None else int(kept.sum()) - len(shown.numbers)
    told = counted(len(shown.numbers), "object")
    return f"{told}, {missing} not measured yet" if missing else told


def _chosen(opened: OpenTomogram, measured: Measurements, shown: Shown) -> int | None:
    """Return the row of the object that was chosen."""
    found = np.flatnonzero(measured.labels[shown.numbers] == opened.objects.chosen)
    return int(found[0]) if len(found) else None


def _draw_other(session: Session, opened: OpenTomogram) -> None:
    """Draw the choice of what distances are measured to."""
    other = measuring.other_of(opened)
    imgui.set_next_item_width(-1)
    name = NOTHING if other is None else f"distance to {sources.name_of(opened, other)}"
    if imgui.begin_combo("###other", labels.shown(name)):
        if imgui.selectable(f"{NOTHING}###none", other is None)[0]:
            sources.use_as_other(opened, None)
        for feature in opened.features:
            chip(feature.colour, imgui.get_font_size() * 0.7)
            drawn = DrawnSource(feature.id)
            if imgui.selectable(labels.label(feature.name, f"far {feature.id}"), other == drawn)[0]:
                sources.use_as_other(opened, drawn)
        if imgui.selectable("a volume…###volume", isinstance(other, VolumeSource))[0]:
            sources.choose_other_volume(session, opened)
        imgui.end_combo()
    tooltip(
        "Also measure how far each object is from another feature: one that is drawn, or a volume."
    )


def _draw_histogram(shown: Shown, ui: Ui) -> None:
    columns = shown.columns
    column = next((each for each in columns if each.name == shown.column), columns[1])
    imgui.set_next_item_width(-1)
    if imgui.begin_combo("###histogram-of", f"histogram: {column.name}"):
        for each in columns:
            if imgui.selectable(f"{each.name}###of {each.name}", each is column)[0]:
                shown.column = each.name
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
