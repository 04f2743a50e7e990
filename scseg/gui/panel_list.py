"""Lists of panels: where one is removed, the others stay where they are until the pointer has left."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from imgui_bundle import ImVec2, imgui

from scseg.gui.steady import is_pointed_at
from scseg.runtime.display.labels import told_apart
from scseg.runtime.display.places import Itself, Place, kept

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence

    from scseg.gui.ui import Ui

Shown = TypeVar("Shown")


@dataclass
class PanelList:
    """The places of a list, as they were when it was drawn last, in the frame `drawn`."""

    places: list[Place] = field(default_factory=list)
    drawn: int = -1


@dataclass
class PanelLists:
    """The lists of the window, by their ids."""

    of: dict[int, PanelList] = field(default_factory=dict)


def in_places(
    name: str, shown: Sequence[Shown], ui: Ui, key: Callable[[Shown], Hashable] = Itself
) -> Iterator[tuple[int, int, Shown]]:
    """Yield what is to be shown in panels, one below the other: number of the place, index, and what it is.

    While the pointer is on the list or below it, in the same window, the place of a panel that has gone stays
    free, and that panel has it again if it comes back. What draws a panel goes by the number of its place,
    which does not change meanwhile, or by the `key` of what it shows, which tells whether it is still there.
    """
    listed = ui.state_of(PanelLists).of.setdefault(imgui.get_id(told_apart(name)), PanelList())
    frame, before = imgui.get_frame_count(), listed.drawn
    keeps = imgui.get_mouse_pos().y >= imgui.get_cursor_screen_pos().y and is_pointed_at()
    if before < frame - 1 or not keeps:
        listed.places = [place for place in listed.places if not place.free]
    listed.places, listed.drawn = kept(listed.places, [*map(key, shown)]), frame
    # What is drawn may take one away.
    rest = iter(enumerate(tuple(shown)))
    for number, place in enumerate(listed.places):
        if place.free:
            imgui.dummy(ImVec2(0, place.high - imgui.get_style().item_spacing.y))
            continue
        top = imgui.get_cursor_pos_y()
        yield (number, *next(rest))
        listed.places[number] = replace(place, high=imgui.get_cursor_pos_y() - top)
