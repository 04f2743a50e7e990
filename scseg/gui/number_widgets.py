"""Controls for numbers: sliders, fields, the first and the last of some slices."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from imgui_bundle import imgui

from scseg.base.formatting import counted
from scseg.gui.theme import PILL
from scseg.gui.ui import Pending
from scseg.gui.widgets import tooltip

if TYPE_CHECKING:
    from collections.abc import Callable

    from scseg.gui.ui import Ui

_FORMAT = re.compile(r"%\+?(\.\d+)?[dfge](%%)?")
_NUMBER = re.compile(r"\s*([-+]?(?:\d+[.,]?\d*|[.,]\d+))")


@dataclass(frozen=True)
class Range:
    """What a slider can be set to, how its value is shown, and what is `usual`: a right-click sets that."""

    low: float
    high: float
    shown: str
    usual: float | None
    logarithmic: bool = False


def slider(
    name: str, value: float, limits: Range, explained: str, width: float = -1.0
) -> float | None:
    """Draw a slider with its value in it, by default as wide as the panel; return the new value if moved.

    A width below 0 is what it leaves free at the right.
    """
    flags = imgui.SliderFlags_.logarithmic if limits.logarithmic else imgui.SliderFlags_.none
    imgui.set_next_item_width(width)
    imgui.push_style_var(imgui.StyleVar_.frame_rounding, PILL)
    changed, new = imgui.slider_float(
        f"##{name}", value, limits.low, limits.high, limits.shown, flags
    )
    imgui.pop_style_var()
    if limits.usual is None:
        tooltip(explained)
    elif goes_back(explained, number_in(limits.shown, limits.usual)):
        return limits.usual
    # ImGui takes 1e99 for infinity when it is typed.
    return as_typed(new) if changed and math.isfinite(new) else None


def goes_back(explained: str, usual: str) -> bool:
    """Explain the control drawn last; return whether a right-click sets it to what is `usual`."""
    clicked = imgui.is_item_clicked(imgui.MouseButton_.right)
    tooltip(f"{explained} Right-click: back to {usual}.")
    return bool(clicked)


def number_in(shown: str, value: float) -> str:
    """Return a number as a control's format shows it, without the words around it."""
    found = _FORMAT.search(shown)
    return found[0] % value if found else f"{value:g}"


def as_typed(value: float) -> float:
    """Return the shortest number that is this one in ImGui's 32 bits: 0.3, not 0.30000001192092896."""
    return float(str(np.float32(value)))


def slider_at_rest(
    name: str,
    value: float,
    limits: Range,
    explained: str,
    ui: Ui,
    at_the_end: Callable[[float], None],
) -> float | None:
    """Draw a slider of what costs work: return the new value when the mouse has let go of it.

    If the window is closed before that, `at_the_end` gets the value.
    """
    key = imgui.get_id(f"##{name}")
    before = ui.pending[key].value if key in ui.pending else value
    moved = slider(name, before, limits, explained)
    if moved is not None:
        ui.pending[key] = Pending(moved, at_the_end)
    if imgui.is_item_active() or key not in ui.pending:
        return None
    return ui.pending.pop(key).value


def number_at_rest(name: str, shown: str, ui: Ui, then: Callable[[float], None]) -> bool:
    """Draw a field for a number: `then` gets what was typed when it is left, by Enter or by a click.

    A field for text, since ImGui's own for numbers tell nothing before that. Return whether it was left so.
    """
    key = imgui.get_id(name)
    typed, text = imgui.input_text(name, shown, flags=imgui.InputTextFlags_.auto_select_all)
    if typed:
        ui.pending.pop(key, None)
        if number := _NUMBER.match(text):
            ui.pending[key] = Pending(float(number[1].replace(",", ".")), then)
    left = imgui.is_item_deactivated_after_edit()
    if not imgui.is_item_active():
        ui.take_over(key)
    return bool(left)


def slice_range(span: tuple[int, int], count: int, width: float) -> tuple[int, int]:
    """Draw two numbers that can be dragged: the first and the last of `count` slices, both from 0."""
    width = (width - imgui.get_style().item_spacing.x) / 2
    ends = []
    for name, end, usual in zip(("from", "to"), span, (1, count), strict=True):
        imgui.set_next_item_width(width)
        _, number = imgui.drag_int(f"###{name}", end + 1, 0.3, 1, count, f"{name} slice %d")
        explained = f"Drag, or double-click to type: one of {counted(count, 'slice')}."
        if goes_back(explained, f"slice {usual}"):
            number = usual
        ends.append(max(0, min(number, count) - 1))
        if name == "from":
            imgui.same_line()
    first, last = ends
    # The end that is moved takes the other one along.
    return (min(first, last), last) if first == span[0] else (first, max(first, last))
