"""A panel that is chosen by a key, or is new, comes into view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imgui_bundle import imgui

if TYPE_CHECKING:
    from collections.abc import Hashable

FRAMES = 3
"""A new panel takes as many to be as high as it will be."""


@dataclass
class Followed:
    """Which panel of a list is the chosen one, and for how many `frames` it is still brought into view."""

    of: Hashable = None
    chosen: Hashable = None
    frames: int = 0

    def choose(self, of: Hashable, chosen: Hashable, *, seen: bool = False) -> None:
        """Take note of what is chosen in a list; a `seen` one, or one of another list, is not followed."""
        if chosen != self.chosen or of != self.of:
            self.frames = 0 if seen or of != self.of else FRAMES
        self.of, self.chosen = of, chosen

    def lose(self) -> None:
        """Take note that one has gone: what is chosen in its place is not followed."""
        self.of = self.chosen = None

    def bring_into_view(self) -> None:
        """Scroll to the item drawn last, and the button below it, where it has just been chosen."""
        if not self.frames:
            return
        self.frames -= 1
        low, high, top = (
            imgui.get_item_rect_min().y,
            imgui.get_item_rect_max().y,
            imgui.get_window_pos().y,
        )
        button = 3 * imgui.get_frame_height_with_spacing()
        beyond = high + button - top - imgui.get_window_height()
        if beyond > 0:
            imgui.set_scroll_y(imgui.get_scroll_y() + min(beyond, low - top))
        elif low < top:
            imgui.set_scroll_y(imgui.get_scroll_y() + low - top)
