"""Popups that stay within the program's window, however small that is and however large its text."""

from __future__ import annotations

from imgui_bundle import imgui

FEWEST_LINES = 3


def fitting_height(wanted: float, lines: float) -> float:
    """Return how high a list of a popup can be, at most `wanted`, with `lines` of controls beside it."""
    line = imgui.get_frame_height_with_spacing()
    room = imgui.get_main_viewport().work_size.y - lines * line
    return max(min(wanted, room), FEWEST_LINES * line)


def fitting_width(wanted: float) -> float:
    return min(wanted, imgui.get_main_viewport().work_size.x - 2 * imgui.get_font_size())
