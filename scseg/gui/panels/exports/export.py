"""The stage Export: whole volumes by the models, into a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.gui.panels.exports import planned, queue, volumes
from scseg.gui.steady import steady
from scseg.gui.widgets import header

if TYPE_CHECKING:
    from scseg.gui.ui import Ui
    from scseg.state.session import Session


def draw(session: Session, ui: Ui) -> None:
    with steady("planned", ui):
        if header("Whole volumes", session):
            planned.draw(session, ui)
    with steady("queue", ui):
        if header("Queue", session):
            queue.draw(session, ui)
    if header("Volumes over the slice", session):
        volumes.draw(session, ui)
