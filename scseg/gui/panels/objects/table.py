"""A table of numbers: sorted by a click on a column's name, with a row to be chosen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from imgui_bundle import ImVec2, imgui

from scseg.gui.theme import rgba
from scseg.gui.widgets import tooltip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from scseg.gui.ui import Ui
    from scseg.runtime.display.columns import Column

ROWS = 8
"""So many are seen at once."""
FLAGS = (
    imgui.TableFlags_.row_bg
    | imgui.TableFlags_.scroll_y
    | imgui.TableFlags_.borders_outer
    | imgui.TableFlags_.sortable
    | imgui.TableFlags_.sort_tristate
    | imgui.TableFlags_.sizing_fixed_fit
    | imgui.TableFlags_.scroll_x
)


@dataclass
class Sorted:
    """The order of the rows of one table, and what it was made from."""

    of: tuple[object, ...] = ()
    order: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    shown: int | None = None


@dataclass
class Tables:
    """The tables of the window, by their names."""

    of: dict[str, Sorted] = field(default_factory=dict)


def draw(name: str, columns: Sequence[Column], chosen: int | None, ui: Ui) -> int | None:
    """Draw a table; return the number of the row that was clicked, as the columns count them."""
    lines = min(ROWS, max(1, len(columns[0].values))) + 2
    size = ImVec2(0, lines * imgui.get_text_line_height_with_spacing() + 6 * ui.scale)
    imgui.push_style_color(imgui.Col_.table_border_strong, rgba(ui.palette.border))
    is_seen = imgui.begin_table(name, len(columns), FLAGS, size)
    imgui.pop_style_color()
    if not is_seen:
        return None
    state = ui.state_of(Tables).of.setdefault(name, Sorted())
    imgui.table_setup_scroll_freeze(0, 1)
    for column in columns:
        imgui.table_setup_column(column.name, imgui.TableColumnFlags_.prefer_sort_descending)
    _draw_heads(columns)
    _sort(state, columns)
    clicked = _draw_rows(state, columns, chosen)
    imgui.end_table()
    return clicked


def _draw_heads(columns: Sequence[Column]) -> None:
    imgui.table_next_row(imgui.TableRowFlags_.headers)
    for number, column in enumerate(columns):
        imgui.table_set_column_index(number)
        imgui.table_header(column.name)
        tooltip(f"{column.explained} Click to sort.")


def _sort(state: Sorted, columns: Sequence[Column]) -> None:
    """Bring the order up to date; what is no number comes last."""
    specs, by = imgui.table_get_sort_specs(), None
    if specs is not None and specs.specs_count:
        spec = specs.get_specs(0)
        by = (spec.column_index, spec.get_sort_direction() == imgui.SortDirection.descending)
    values = columns[0 if by is None else by[0]].values
    of = (values, by)
    if len(state.of) == 2 and state.of[0] is values and state.of[1] == by:
        return
    order = np.arange(len(values))
    if by is not None:
        order = np.argsort(-values if by[1] else values, kind="stable")
    state.of, state.order = of, order


def _draw_rows(state: Sorted, columns: Sequence[Column], chosen: int | None) -> int | None:
    """Draw the rows that are in view; one that was chosen elsewhere comes into view."""
    clicked = None
    clipper = imgui.ListClipper()
    clipper.begin(len(state.order))
    scrolls = chosen is not None and chosen != state.shown
    if scrolls:
        clipper.include_item_by_index(int(np.flatnonzero(state.order == chosen)[0]))
    state.shown = chosen
    while clipper.step():
        for place in range(clipper.display_start, clipper.display_end):
            row = int(state.order[place])
            imgui.table_next_row()
            imgui.table_next_column()
            text = f"{columns[0].shown(row)}###row {row}"
            if imgui.selectable(text, row == chosen, imgui.SelectableFlags_.span_all_columns)[0]:
                clicked = state.shown = row
            tooltip("Show it on the slice.")
            if scrolls and row == chosen and not imgui.is_item_visible():
                imgui.set_scroll_here_y(0.5)
            for column in columns[1:]:
                imgui.table_next_column()
                imgui.text_unformatted(column.shown(row))
    clipper.end()
    return clicked
