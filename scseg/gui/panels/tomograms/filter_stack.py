"""The stack of filters in the panel Filters: a sheet for each, in the order in which they apply."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from imgui_bundle import icons_fontawesome_6, imgui

from scseg.actions.view import filters
from scseg.gui.number_widgets import Range, slider
from scseg.gui.panel_list import in_places
from scseg.gui.widgets import (
    card,
    checkbox,
    icon_width,
    remove_button,
    small_button,
    to_the_right,
    tooltip,
)
from scseg.state.filters import KINDS, Filter, usual

if TYPE_CHECKING:
    from scseg.gui.ui import Ui
    from scseg.state.filters import Kind, Parameter
    from scseg.state.tomograms import OpenTomogram

GAP = 1.0
"""Points between the buttons of a filter: its name needs the place."""


def draw(opened: OpenTomogram, ui: Ui) -> None:
    for place, index, one in in_places(f"filters of {opened.ref.path}", opened.filters, ui):
        with card(f"filter {place}", ui):
            _draw_filter(opened, index, one)
    imgui.set_next_item_width(-1)
    kind = _chosen_kind("###add-filter", "Add filter", "See the slice through one more filter.")
    if kind is not None:
        filters.add(opened, kind)


def _draw_filter(opened: OpenTomogram, index: int, one: Filter) -> None:
    new = _draw_kind(one, buttons=3 if len(opened.filters) > 1 else 1)
    # After one of these buttons the filters' places are no longer those that are being drawn.
    if _draw_place(opened, index):
        return
    imgui.begin_disabled(not one.on)
    new = _draw_numbers(new)
    imgui.end_disabled()
    if new != one:
        filters.change(opened, index, new)


def _draw_kind(one: Filter, buttons: int) -> Filter:
    """Draw the kind and the tick, and leave so many buttons' place beside them."""
    tick = imgui.get_frame_height() + imgui.get_style().item_spacing.x
    imgui.set_next_item_width(-tick - buttons * (icon_width() + GAP))
    is_now = KINDS[one.kind]
    kind = _chosen_kind("###kind", is_now.name, f"{is_now.name}. {is_now.explained}")
    if kind is not None and kind != one.kind:
        one = replace(usual(kind), weight=one.weight, on=one.on)
    imgui.same_line()
    if checkbox("###on", one.on, "Apply this filter."):
        one = replace(one, on=not one.on)
    return one


def _draw_place(opened: OpenTomogram, index: int) -> bool:
    """Draw the buttons that move and remove a filter; return whether one was clicked."""
    last = len(opened.filters) - 1
    up, down = icons_fontawesome_6.ICON_FA_ARROW_UP, icons_fontawesome_6.ICON_FA_ARROW_DOWN
    for icon, name, by in ((up, "earlier", -1), (down, "later", 1)) if last else ():
        imgui.same_line(spacing=GAP)
        imgui.begin_disabled(not 0 <= index + by <= last)
        clicked = small_button(f"{icon}###{name}", f"Apply this filter {name}.")
        imgui.end_disabled()
        if clicked:
            filters.move(opened, index, by)
            return True
    # At the edge, whatever is beside it: it stays where it is when the last but one has gone.
    to_the_right(icon_width())
    if remove_button(f"{icons_fontawesome_6.ICON_FA_XMARK}###remove", "Remove this filter."):
        filters.remove(opened, index)
        return True
    return False


def _draw_numbers(one: Filter) -> Filter:
    for place, parameter in enumerate(KINDS[one.kind].parameters):
        value = _draw_parameter(parameter, one.parameters[place])
        if value is not None:
            numbers = (*one.parameters[:place], value, *one.parameters[place + 1 :])
            one = replace(one, parameters=numbers)
    explained = "How much of the filtered slice is seen; the rest is the slice before this filter."
    weight = slider("weight", one.weight, Range(0, 1, "weight: %.2f", Filter.weight), explained)
    return one if weight is None else replace(one, weight=weight)


def _draw_parameter(parameter: Parameter, value: float) -> float | None:
    decimals = 0 if parameter.whole else 1
    return slider(
        parameter.name,
        value,
        Range(
            parameter.lowest,
            parameter.highest,
            f"{parameter.name}: %.{decimals}f",
            parameter.default,
            logarithmic=not parameter.whole,
        ),
        parameter.explained,
    )


def _chosen_kind(label: str, shown: str, explained: str) -> Kind | None:
    """Draw a list of the kinds of filters to choose from; return the one that was clicked."""
    chosen = None
    opened = imgui.begin_combo(label, shown)
    if not opened:
        tooltip(explained)
        return None
    for kind, description in KINDS.items():
        if imgui.selectable(description.name, description.name == shown)[0]:
            chosen = kind
        tooltip(description.explained)
    imgui.end_combo()
    return chosen
