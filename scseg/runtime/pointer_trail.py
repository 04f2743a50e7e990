"""Everywhere that the pointer has been while a button was held, between frames too.

ImGui, which draws the window, tells of one position a frame. A hand is faster than frames: of a quick circle
only some corners would be left. GLFW knows every position that the system has reported: they are taken down.
"""

from __future__ import annotations

Position = tuple[float, float]
"""x, y in points of the window, as ImGui has them."""


class PointerTrail:
    """Takes positions down, press by press: ImGui passes presses on with a delay, one a frame.

    GLFW tells it of `pressed`, `moved` and `released`; a frame calls `next_frame`
    before anything else.
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

    def next_frame(self, presses: int, *, is_down: bool) -> None:
        """Follow the presses that ImGui passes on, so many now; it may know of a button that is down."""
        self._passed_on += presses
        if presses:
            self._has_moved = False
        if not self._held and not is_down:
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
