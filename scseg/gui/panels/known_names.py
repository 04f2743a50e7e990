"""The list of the names that features have anywhere, by a right click on a name: picked, it is taken over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import imgui

from scseg.actions.annotation.known_names import known_looks
from scseg.gui.widgets import chip, faint, tooltip
from scseg.runtime.display import labels

if TYPE_CHECKING:
    from collections.abc import Container

    from scseg.state.session import Session


def draw(session: Session, taken: Container[str] = ()) -> str | None:
    """Offer all names but those that are `taken`, for the item drawn last; return the one that is picked."""
    if not imgui.begin_popup_context_item("###names"):
        return None
    picked = None
    looks = known_looks(session)
    for name, colour in looks.items():
        chip(colour, imgui.get_font_size() * 0.7)
        imgui.begin_disabled(name in taken)
        if imgui.menu_item_simple(labels.label(name, f"feature {name}")):
            picked = name
        imgui.end_disabled()
        tooltip(
            "A feature here has this name." if name in taken else "Take this name and its colour."
        )
    if not looks:
        faint("There are no features yet.")
    imgui.end_popup()
    return picked
