"""Which keys are only typed: ImGui needs their characters alone.

ImGui passes the press and the release of a key on in frames of their own, so that neither is missed. Where
frames are slow, a word that is typed faster appears letter by letter, seconds later. In a field for text the
characters are enough, and those ImGui takes all at once, in their order.
"""

from __future__ import annotations

FIRST, LAST = 32, 162
"""GLFW's keys of characters, from the space bar on."""

ENDING = frozenset({256, 257, 258, 335})
"""GLFW's Escape, Enter, Tab and Enter of the keypad: with them one may leave a field."""

SHIFT_AND_LOCKS = 0x01 | 0x10 | 0x20
PASSING_ON = 3
"""In so many frames ImGui has passed on what ends a text."""


class TypedKeys:
    """GLFW tells it of keys and of presses of the mouse; a frame calls `next_frame`."""

    def __init__(self) -> None:
        self._ending = 0

    def is_only_typed(self, key: int, mods: int, *, in_field: bool) -> bool:
        """Tell whether a press of a key is nothing but a character; `in_field` is what ImGui says by now."""
        if key in ENDING:
            self.may_end()
        is_character = FIRST <= key <= LAST and not mods & ~SHIFT_AND_LOCKS
        return is_character and in_field and not self._ending

    def may_end(self) -> None:
        """Take the next keys as commands, too: what was done may end the typing."""
        self._ending = PASSING_ON

    def next_frame(self) -> None:
        self._ending = max(0, self._ending - 1)
