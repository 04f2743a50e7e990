"""The tabs of the stages. A further stage is a further line of the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import imgui

from scseg.gui.guard import guarded
from scseg.gui.panels import models
from scseg.gui.widgets import tooltip

if TYPE_CHECKING:
    from scseg.gui.ui import Ui
    from scseg.session import Session

STAGES = {"Models": (models.draw, "Load trained models and see what they find.")}
"""For each stage what draws it, and its tooltip."""


def draw(session: Session, ui: Ui) -> None:
    if not imgui.begin_tab_bar("stages"):
        return
    for stage, (draw_stage, explained) in STAGES.items():
        chosen, _ = imgui.begin_tab_item(stage)
        tooltip(explained)
        if chosen:
            with guarded(session, f"The stage {stage}"):
                draw_stage(session, ui)
            imgui.end_tab_item()
    imgui.end_tab_bar()
