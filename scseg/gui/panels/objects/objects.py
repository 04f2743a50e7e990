"""The stage Objects: a source, and what follows from it, one part below the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import imgui

from scseg.actions.objects import curating
from scseg.gui.panels.objects import found, measurements, picks, source
from scseg.gui.steady import steady
from scseg.gui.widgets import faint, header

if TYPE_CHECKING:
    from scseg.gui.ui import Ui
    from scseg.state.session import Session


PARTS = (
    ("Source", source),
    ("Find objects", found),
    ("Picks", picks),
    ("Measurements", measurements),
)


def draw(session: Session, ui: Ui) -> None:
    opened = session.active
    if opened is None:
        faint("Open a tomogram to find objects in it.")
        return
    for name, part in PARTS:
        # What is found, or told, while the pointer is below moves nothing there.
        with steady(name, ui):
            if header(name, session):
                part.draw(session, opened, ui)
    if not imgui.is_any_item_active():
        curating.commit(session, opened)
