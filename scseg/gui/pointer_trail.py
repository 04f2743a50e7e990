"""Everywhere that the pointer has been while a button was held, between frames too.

ImGui tells of one position a frame. A hand is faster than frames: of a quick circle only some corners would
be left. GLFW knows every position that the system has reported, so they are taken down there.
"""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from imgui_bundle import glfw_utils, imgui

# After imgui_bundle: it makes glfw load the library that the window was made with.
import glfw  # isort: skip

if TYPE_CHECKING:
    from collections.abc import Callable

Position = tuple[float, float]
"""x, y in points of the window, as ImGui has them."""

BUTTONS = range(5)


class MouseCallbacks(NamedTuple):
    """What GLFW calls: with window, x and y; with window, button, action and modifiers."""

    moved: Callable[[Any, float, float], None]
    pressed: Callable[[Any, int, int, int], None]


class PointerTrail:
    """Takes positions down, press by press: ImGui passes presses on with a delay, one a frame.

    `pressed`, `moved` and `released` are told by GLFW; a frame calls `next_frame` before anything else.
    """

    def __init__(self) -> None:
        self._held: set[int] = set()
        self._told = 0
        self._passed_on = 0
        self._positions: dict[int, list[Position]] = {}
        self._has_moved = False

    def pressed(self, button: int) -> None:
        self._held.add(button)
        self._told += 1

    def moved(self, position: Position) -> None:
        if self._held:
            self._positions.setdefault(self._told, []).append(position)

    def released(self, button: int) -> None:
        self._held.discard(button)

    def next_frame(self) -> None:
        """Follow the presses that ImGui passes on."""
        presses = sum(imgui.is_mouse_clicked(button) for button in BUTTONS)
        self._passed_on += presses
        if presses:
            self._has_moved = False
        if not self._held and not any(imgui.is_mouse_down(button) for button in BUTTONS):
            # Presses that one of both has not seen, by another window's doing, are over.
            self._passed_on = self._told
        for old in [press for press in self._positions if press < self._passed_on]:
            del self._positions[old]

    def taken(self, now: Position) -> list[Position]:
        """Return where the pointer has been since it was asked last, after the press of now.

        Without anything taken down that is `now`, where ImGui has it.
        """
        positions = self._positions.pop(self._passed_on, [])
        self._has_moved |= bool(positions)
        # ImGui lags behind: its position would lead back.
        return positions if self._has_moved else [now]


def record_pointer(trail: PointerTrail) -> MouseCallbacks:
    """Let GLFW tell a trail of what the mouse does; return the callbacks, for tests. Needs the window.

    They take the places of ImGui's own, which they call.
    """
    window = glfw_utils.glfw_window_hello_imgui()
    address = ctypes.cast(window, ctypes.c_void_p).value or 0

    def moved(_: Any, x: float, y: float) -> None:  # noqa: ANN401 - a pointer of GLFW's
        trail.moved((x, y))
        imgui.backends.glfw_cursor_pos_callback(address, x, y)

    def pressed(_: Any, button: int, action: int, mods: int) -> None:  # noqa: ANN401
        if action == glfw.PRESS:
            trail.pressed(button)
        else:
            trail.released(button)
        imgui.backends.glfw_mouse_button_callback(address, button, action, mods)

    glfw.set_cursor_pos_callback(window, cast("Any", moved))
    glfw.set_mouse_button_callback(window, cast("Any", pressed))
    return MouseCallbacks(moved, pressed)
