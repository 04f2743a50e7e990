"""The tabs of the stages. A further stage is a further line of the table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imgui_bundle import imgui

from scseg.actions.view import view
from scseg.gui.guard import guarded
from scseg.gui.panels.annotation import segmentation
from scseg.gui.panels.exports import export
from scseg.gui.panels.models import models
from scseg.gui.panels.objects import objects
from scseg.gui.widgets import tooltip
from scseg.state.panel_layout import PURPOSES, Stage

if TYPE_CHECKING:
    from scseg.gui.ui import Ui
    from scseg.state.session import Session

DRAWN = {
    Stage.SEGMENTATION: segmentation.draw,
    Stage.MODELS: models.draw,
    Stage.EXPORT: export.draw,
    Stage.OBJECTS: objects.draw,
}
"""For each stage what draws it."""


@dataclass
class Front:
    """The stage whose tab was in front in the last frame."""

    stage: Stage | None = None


def draw(session: Session, ui: Ui) -> None:
    top = imgui.get_cursor_pos_y() - imgui.get_style().window_padding.y
    if not imgui.begin_tab_bar("stages"):
        return
    front = ui.state_of(Front)
    in_front: Stage | None = None
    for number, (stage, draw_stage) in enumerate(DRAWN.items(), 1):
        called = stage == session.stage != front.stage
        flags = imgui.TabItemFlags_.set_selected if called else imgui.TabItemFlags_.none
        chosen, _ = imgui.begin_tab_item(stage, None, flags)
        tooltip(f"{PURPOSES[stage]} (key {number})")
        if chosen:
            in_front = stage
            with guarded(session, f"The stage {stage}"):
                draw_stage(session, ui)
            imgui.end_tab_item()
    imgui.end_tab_bar()
    # A tab was clicked, unless a command called for another one and that comes with the next frame.
    if in_front is not None and session.stage == front.stage != in_front:
        view.set_stage(session, in_front)
    if in_front not in (None, front.stage):
        # Another stage is seen from its beginning, however far down the last one was read.
        imgui.set_scroll_y(min(imgui.get_scroll_y(), top))
    front.stage = in_front
