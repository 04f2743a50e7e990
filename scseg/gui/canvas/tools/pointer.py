"""What the keys make of the mouse."""

from __future__ import annotations

from imgui_bundle import imgui


def moves_slice() -> bool:
    """Tell whether the mouse moves the slice instead of drawing."""
    return imgui.is_mouse_down(imgui.MouseButton_.middle) or imgui.is_key_down(imgui.Key.space)


def erases() -> bool:
    """Tell whether the left button erases, for pens and trackpads that have no right one."""
    return imgui.is_key_down(imgui.Key.x)
