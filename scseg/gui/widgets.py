"""The window's own controls: ImGui's, dressed alike, each with its tooltip."""

from __future__ import annotations

import math
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from imgui_bundle import ImVec2, icons_fontawesome_6, imgui

from scseg.actions.view import view
from scseg.base.printable import printable_lines
from scseg.gui.texts import told_apart
from scseg.gui.theme import PILL, mixed, packed, rgba
from scseg.gui.ui import Pending

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scseg.actions.action import Action
    from scseg.gui.ui import Ui
    from scseg.state.models import Colour
    from scseg.state.session import Session

Col, Var = imgui.Col_, imgui.StyleVar_
TOOLTIP_WIDTH = 24.0
_NUMBER = re.compile(r"\s*([-+]?(?:\d+[.,]?\d*|[.,]\d+))")


def tooltip(text: str) -> None:
    """Explain the control drawn last, when the mouse rests on it; also where it is disabled.

    Not while a text is typed, which the tooltip could hide.
    """
    flags = imgui.HoveredFlags_.for_tooltip | imgui.HoveredFlags_.allow_when_disabled
    text = "" if imgui.get_io().want_text_input else text
    if text and imgui.is_item_hovered(flags) and imgui.begin_tooltip():
        imgui.push_text_wrap_pos(imgui.get_font_size() * TOOLTIP_WIDTH)
        imgui.text_unformatted(printable_lines(text))
        imgui.pop_text_wrap_pos()
        imgui.end_tooltip()


def slider(
    name: str,
    value: float,
    limits: tuple[float, float],
    shown: str,
    explained: str,
    *,
    logarithmic: bool = False,
) -> float | None:
    """Draw a slider as wide as the panel with its value in it; return the new value if it was moved."""
    flags = imgui.SliderFlags_.logarithmic if logarithmic else imgui.SliderFlags_.none
    imgui.set_next_item_width(-1)
    imgui.push_style_var(Var.frame_rounding, PILL)
    changed, new = imgui.slider_float(f"##{name}", value, *limits, shown, flags)
    imgui.pop_style_var()
    tooltip(explained)
    # ImGui takes 1e99 for infinity when it is typed.
    return as_typed(new) if changed and math.isfinite(new) else None


def as_typed(value: float) -> float:
    """Return the shortest number that is this one in ImGui's 32 bits: 0.3, not 0.30000001192092896."""
    return float(str(np.float32(value)))


@dataclass(frozen=True)
class Range:
    """What a slider can be set to, and how its value is shown."""

    low: float
    high: float
    shown: str


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
    moved = slider(name, before, (limits.low, limits.high), limits.shown, explained)
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


def checkbox(label: str, value: bool, explained: str) -> bool:  # noqa: FBT001 - as ImGui's own
    """Draw a round checkbox; return whether it was clicked."""
    imgui.push_style_var(Var.frame_rounding, PILL)
    padding = imgui.get_style().frame_padding
    imgui.push_style_var(Var.frame_padding, ImVec2(padding.x, padding.y * 0.5))
    clicked, _ = imgui.checkbox(label, value)
    imgui.pop_style_var(2)
    tooltip(explained)
    return clicked


def button(label: str, explained: str, *, primary: bool = False, ui: Ui | None = None) -> bool:
    """Draw a rounded button; return whether it was clicked. A primary one has the accent's colour."""
    imgui.push_style_var(Var.frame_rounding, PILL)
    imgui.push_style_var(Var.frame_padding, imgui.get_style().frame_padding * ImVec2(1.8, 1.2))
    if primary and ui is not None:
        accent = ui.palette.accent
        imgui.push_style_color(Col.button, rgba(accent))
        imgui.push_style_color(Col.button_hovered, rgba(mixed(accent, ui.palette.text, 0.12)))
        imgui.push_style_color(Col.button_active, rgba(mixed(accent, ui.palette.text, 0.24)))
        imgui.push_style_color(Col.text, rgba(ui.palette.on_accent))
    clicked = imgui.button(label)
    if primary and ui is not None:
        imgui.pop_style_color(4)
    imgui.pop_style_var(2)
    tooltip(explained)
    return clicked


def action_button(session: Session, action: Action, ui: Ui, *, primary: bool = False) -> None:
    """Draw a button that does a command, greyed while that is not possible."""
    imgui.begin_disabled(not action.enabled(session))
    key = f" ({action.shortcuts[0]})" if action.shortcuts else ""
    if button(f"{action.label}###{action.id}", f"{action.tooltip}{key}", primary=primary, ui=ui):
        action.run(session)
    imgui.end_disabled()


def small_button(label: str, explained: str) -> bool:
    """Draw a button without a face until the mouse is on it, for icons beside text."""
    imgui.push_style_color(Col.button, rgba((0.0, 0.0, 0.0), 0.0))
    clicked = imgui.button(label)
    imgui.pop_style_color()
    tooltip(explained)
    return clicked


def icon_width() -> float:
    """Return the width of a `small_button` with an icon."""
    return (
        imgui.calc_text_size(icons_fontawesome_6.ICON_FA_COPY).x
        + 2 * imgui.get_style().frame_padding.x
    )


def to_the_right(width: float) -> None:
    """Go on in the line drawn last, at its right end, where `width` is left."""
    imgui.same_line(imgui.get_cursor_pos_x() + imgui.get_content_region_avail().x - width)


def slice_range(span: tuple[int, int], count: int, width: float) -> tuple[int, int]:
    """Draw two numbers that can be dragged: the first and the last of `count` slices, both from 0."""
    width = (width - imgui.get_style().item_spacing.x) / 2
    ends = []
    for name, end in zip(("from", "to"), span, strict=True):
        imgui.set_next_item_width(width)
        _, number = imgui.drag_int(f"###{name}", end + 1, 0.3, 1, count, f"{name} slice %d")
        tooltip(f"Drag, or double-click to type. There are {count} slices.")
        ends.append(max(0, min(number, count) - 1))
        imgui.same_line()
    imgui.new_line()
    first, last = ends
    # The end that is moved takes the other one along.
    return (min(first, last), last) if first == span[0] else (first, max(first, last))


def chip(colour: Colour, size: float) -> None:
    """Draw a small disk of a colour on the line of text, and go on beside it."""
    place = imgui.get_cursor_screen_pos()
    middle = ImVec2(place.x + size / 2, place.y + imgui.get_text_line_height() / 2)
    imgui.get_window_draw_list().add_circle_filled(middle, size / 2, packed(colour))
    imgui.dummy(ImVec2(size, imgui.get_text_line_height()))
    imgui.same_line()


def header(label: str, session: Session) -> bool:
    """Draw a collapsing header; return whether what is under it is to be drawn."""
    opened = label not in session.panels.shut
    imgui.set_next_item_open(opened)
    imgui.push_style_var(Var.frame_padding, imgui.get_style().frame_padding * ImVec2(1.0, 1.3))
    shown = bool(imgui.collapsing_header(label))
    imgui.pop_style_var()
    if shown != opened:
        view.set_header(session, label, opened=shown)
    return shown


@contextmanager
def card(name: str, ui: Ui) -> Iterator[None]:
    """Draw what is inside on a framed sheet as high as it needs."""
    imgui.push_style_color(Col.child_bg, rgba(ui.palette.card))
    flags = imgui.ChildFlags_.borders | imgui.ChildFlags_.auto_resize_y
    imgui.begin_child(
        told_apart(name), ImVec2(0, 0), flags | imgui.ChildFlags_.always_use_window_padding
    )
    # After an exception the guard around the panel ends what is open, in the right order.
    yield
    imgui.end_child()
    imgui.pop_style_color()


def faint(text: str) -> None:
    """Write text that stands back, whatever is in it."""
    imgui.text_disabled(printable_lines(text))


def faint_lines(text: str) -> None:
    """Write text that stands back, in as many lines as it needs."""
    imgui.push_text_wrap_pos(0.0)
    faint(text)
    imgui.pop_text_wrap_pos()


def plain(text: str) -> None:
    """Write text, whatever is in it, in as many lines as it needs."""
    imgui.text_wrapped(printable_lines(text))
