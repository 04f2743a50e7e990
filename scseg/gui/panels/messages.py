"""All that the user was told since the start, the latest first."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, imgui

from scseg.gui.theme import rgba
from scseg.gui.widgets import button, faint

if TYPE_CHECKING:
    from scseg.gui.ui import Ui
    from scseg.state.notices import Notice
    from scseg.state.session import Session


def draw(session: Session, ui: Ui) -> None:
    if not session.messages:
        faint("Nothing was said yet.")
        return
    imgui.begin_child("list", ImVec2(0, 420 * ui.scale))
    imgui.push_text_wrap_pos(0.0)
    for notice in reversed(session.messages):
        _draw_message(notice, ui)
    imgui.pop_text_wrap_pos()
    imgui.end_child()
    if button("Copy all###copy", "Copy all of them, with what a developer needs."):
        imgui.set_clipboard_text("\n".join(_whole(notice) for notice in session.messages))


def _draw_message(notice: Notice, ui: Ui) -> None:
    colours = {"info": ui.palette.accent, "warning": ui.palette.warning, "error": ui.palette.error}
    faint(_clock(notice))
    imgui.same_line()
    imgui.text_colored(rgba(colours[notice.level]), notice.level.capitalize())
    imgui.text_unformatted(notice.sentence)
    imgui.spacing()


def _clock(notice: Notice) -> str:
    """Return the time of day at which it was said."""
    ago = time.monotonic() - notice.told
    return time.strftime("%H:%M:%S", time.localtime(time.time() - ago))


def _whole(notice: Notice) -> str:
    parts = (f"{_clock(notice)} {notice.level}: {notice.sentence}", notice.details)
    return "\n".join(part for part in parts if part)
