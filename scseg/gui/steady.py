"""Nothing moves under the mouse: what is above the pointer keeps its height until the pointer has left."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, imgui

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scseg.gui.ui import Ui

_WITH_ITS_SHEETS = imgui.HoveredFlags_.child_windows | imgui.HoveredFlags_.no_popup_hierarchy

FRAMES = 3
"""For so long the pointer has been below before anything is kept: what was just added takes its height."""


@dataclass
class Part:
    """How `high` a part of the window is, and for how many `frames` the pointer has been below it."""

    high: float = 0.0
    frames: int = 0


@dataclass
class Parts:
    """The parts of the window, by their ids."""

    of: dict[int, Part] = field(default_factory=dict)


@contextmanager
def steady(name: str, ui: Ui) -> Iterator[None]:
    """Draw what is inside; while the pointer is below it, in the same window, it stays as high as it was.

    What has no room meanwhile is hidden, and where something has gone, its place stays free.
    """
    part = ui.state_of(Parts).of.setdefault(imgui.get_id(name), Part())
    top, place = imgui.get_cursor_pos_y(), imgui.get_cursor_screen_pos()
    part.frames = part.frames + 1 if _pointer_is_below(place.y + part.high) else 0
    if part.frames <= FRAMES:
        yield
        part.high = imgui.get_cursor_pos_y() - top
        return
    edge = ImVec2(place.x + imgui.get_window_width(), place.y + part.high)
    imgui.push_clip_rect(ImVec2(imgui.get_window_pos().x, place.y), edge, True)  # noqa: FBT003 - ImGui's
    try:
        yield
    finally:
        imgui.pop_clip_rect()
    # With an item, or ImGui stops where nothing comes below; it takes its distance to the next one with it.
    imgui.set_cursor_pos_y(top + part.high - imgui.get_style().item_spacing.y)
    imgui.dummy(ImVec2(0, 0))


def _pointer_is_below(height: float) -> bool:
    return imgui.get_mouse_pos().y >= height and is_pointed_at(imgui.HoveredFlags_.root_window)


def is_pointed_at(which: int = imgui.HoveredFlags_.none) -> bool:
    """Tell whether the pointer is on the window that is drawn, or on a sheet there, also while it presses."""
    return imgui.is_window_hovered(
        which | _WITH_ITS_SHEETS | imgui.HoveredFlags_.allow_when_blocked_by_active_item
    )
