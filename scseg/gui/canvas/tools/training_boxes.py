"""The boxes of the training set to be made, on the slice: green where it holds the feature, else red."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.actions.training import new_set
from scseg.annotations.training_boxes import samples
from scseg.gui.canvas.tools.drawn_boxes import draw_box
from scseg.gui.panels.models.training_set import GREEN, RED, is_open

if TYPE_CHECKING:
    from scseg.gui.canvas.surface import Surface
    from scseg.gui.ui import Ui
    from scseg.state.session import Session


def draw(session: Session, ui: Ui, surface: Surface) -> None:
    """Draw the boxes on the slice that is shown, at the size that they will be cut out."""
    shown = ui.on_screen.shown
    if shown is None or not (session.overlays and is_open(session)):
        return
    opened, z = shown.opened, shown.image.key.z
    if opened.annotation is None or not new_set.is_ticked(session, opened):
        return
    grid = new_set.grid(session, opened)
    choices = session.set_plan.choices
    for sample in samples(opened.annotation.contents, choices, grid, z):
        (top, bottom), (left, right) = grid.edges(sample.box.y), grid.edges(sample.box.x)
        colour = GREEN if sample.positive else RED
        draw_box(((top, left), (bottom, right)), colour, ui, surface)
