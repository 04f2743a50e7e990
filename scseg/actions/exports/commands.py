"""The commands of the stage Export."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.actions.action import Action, has_tomogram
from scseg.actions.exports import queue, starting
from scseg.actions.view import view
from scseg.state.panel_layout import Stage

if TYPE_CHECKING:
    from scseg.state.session import Session


def _go_to_stage(session: Session) -> None:
    view.set_stage(session, Stage.EXPORT)


EXPORTS = (
    Action(
        "export-volumes",
        "Export volumes…",
        "Apply the models to whole tomograms, and write what they find (.mrc): the stage Export.",
        _go_to_stage,
        (),
        "File",
        enabled=has_tomogram,
        words="save write volume prediction mrc 3d batch apply all slices results segment whole tomogram",
    ),
)

START = Action(
    "start-export",
    "Export",
    "Put the ticked tomograms into the queue, with the models as they are now: these may learn on.",
    starting.start,
    enabled=starting.can_start,
)
"""Its button alone does it: what would be written is seen beside it."""

CLEAR = Action(
    "clear-exports",
    "Clear the list",
    "Take all out of the queue but what waits; volumes that are written stay on the disk.",
    queue.clear,
    enabled=queue.can_clear,
)
