"""Asks before tomograms are closed whose strokes cannot be saved just now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, imgui

from scseg.actions.tomograms import closing
from scseg.base.formatting import counted
from scseg.gui.widgets import button, plain, question

if TYPE_CHECKING:
    from scseg.gui.ui import Ui
    from scseg.state.session import Session

TITLE = "Close without saving?"


def draw(session: Session, ui: Ui) -> None:
    problems = [problem for row in session.closing if (problem := closing.unsaved(row))]
    if session.closing and not problems:
        # The disk takes it again.
        closing.close_now(session)
    if session.closing and not imgui.is_popup_open(TITLE):
        imgui.open_popup(TITLE)
    with question(TITLE, ui, 480.0) as is_open:
        if is_open:
            if session.closing:
                _draw_question(session, problems, ui)
            if not session.closing:
                imgui.close_current_popup()


def _draw_question(session: Session, problems: list[str], ui: Ui) -> None:
    plain(f"Strokes on {counted(len(problems), 'tomogram')} are not saved yet: {problems[0]}")
    imgui.dummy(ImVec2(0, 4 * ui.scale))
    if button("Keep open###keep", "Saving is tried again every few seconds.", primary=True, ui=ui):
        closing.keep_open(session)
    imgui.same_line()
    if button(
        "Close all the same###close", "Saving goes on in the background until you cancel it."
    ):
        closing.close_now(session)
