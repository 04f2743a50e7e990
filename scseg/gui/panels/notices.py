"""Notices and running jobs: cards at the corner of the view."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, ImVec4, icons_fontawesome_6, imgui

from scseg.actions import notices
from scseg.base.printable import printable
from scseg.gui.steady import is_pointed_at
from scseg.gui.theme import rgba
from scseg.gui.widgets import card, faint, icon_width, small_button, to_the_right
from scseg.state.notices import Notice

if TYPE_CHECKING:
    from scseg.gui.ui import Ui
    from scseg.state.notices import Job
    from scseg.state.session import Session

MOST_CARDS = 4
WIDTH = 380.0

FLAGS = (
    imgui.WindowFlags_.no_decoration
    | imgui.WindowFlags_.no_move
    | imgui.WindowFlags_.no_saved_settings
    | imgui.WindowFlags_.no_focus_on_appearing
    | imgui.WindowFlags_.always_auto_resize
    | imgui.WindowFlags_.no_background
)


@dataclass
class Cards:
    """What was drawn last, from the top on, how high that was by its id, and whether the pointer is on it."""

    entries: list[Job | Notice] = field(default_factory=list)
    heights: dict[int, float] = field(default_factory=dict)
    pointed_at: bool = False


def draw(session: Session, ui: Ui, corner: ImVec2) -> None:
    """Draw the cards, the newest on top, with their right upper end at `corner`."""
    now, cards = time.monotonic(), ui.state_of(Cards)
    jobs = [job for job in session.jobs if now - job.started > job.quiet]
    if not jobs and not session.notices:
        cards.pointed_at = False
        return
    imgui.set_next_window_pos(corner, imgui.Cond_.always, ImVec2(1.0, 0.0))
    width = WIDTH * ui.scale
    imgui.set_next_window_size_constraints(ImVec2(width, 0), ImVec2(width, 1e6))
    imgui.begin("Notices", None, FLAGS)
    _draw_entries(session, jobs, cards, ui)
    hidden = len([each for each in session.notices if each not in cards.entries])
    if hidden > 0:
        # On a card, to be read over any slice.
        with card("hidden", ui):
            if small_button(f"{hidden} more; dismiss all", "Clear every notice (Escape)."):
                notices.dismiss_all(session)
    cards.pointed_at = is_pointed_at()
    if not cards.pointed_at:
        # An idle window draws once a second, which is soon enough for them to go.
        notices.forget_old(session, now)
    imgui.end()


def _draw_entries(session: Session, jobs: list[Job], cards: Cards, ui: Ui) -> None:
    """Draw cards; while the pointer is on them each keeps its place, and what has gone leaves it free."""
    there: list[Job | Notice] = [*jobs, *reversed(session.notices)]
    kept = [each for each in cards.entries if cards.pointed_at]
    room = MOST_CARDS - sum(isinstance(each, Notice) for each in kept)
    new = [each for each in reversed(session.notices) if each not in kept][: max(0, room)]
    cards.entries = [*kept, *(job for job in jobs if job not in kept), *new]
    for each in cards.entries:
        top = imgui.get_cursor_pos_y()
        if each not in there:
            space = imgui.get_style().item_spacing.y
            imgui.dummy(ImVec2(0, cards.heights.get(id(each), 0.0) - space))
            continue
        if isinstance(each, Notice):
            _draw_notice(session, each, ui)
        else:
            _draw_job(each, ui)
        cards.heights[id(each)] = imgui.get_cursor_pos_y() - top
    cards.heights = {id(each): cards.heights.get(id(each), 0.0) for each in cards.entries}


def _draw_job(job: Job, ui: Ui) -> None:
    with card(f"job {id(job)}", ui):
        imgui.align_text_to_frame_padding()
        imgui.text_unformatted(printable(job.title))
        to_the_right(icon_width())
        label = f"{icons_fontawesome_6.ICON_FA_XMARK}###cancel"
        if small_button(label, "Cancel this job."):
            notices.cancel(job)
        imgui.progress_bar(job.fraction, ImVec2(-1, 6 * ui.scale), "")
        faint(job.progress(time.monotonic()))


def _draw_notice(session: Session, notice: Notice, ui: Ui) -> None:
    icon, colour = {
        "info": (icons_fontawesome_6.ICON_FA_CIRCLE_INFO, ui.palette.accent),
        "warning": (icons_fontawesome_6.ICON_FA_TRIANGLE_EXCLAMATION, ui.palette.warning),
        "error": (icons_fontawesome_6.ICON_FA_CIRCLE_EXCLAMATION, ui.palette.error),
    }[notice.level]
    with card(f"notice {id(notice)}", ui):
        imgui.align_text_to_frame_padding()
        imgui.text_colored(rgba(colour), icon)
        imgui.same_line()
        imgui.text_unformatted(notice.level.capitalize())
        to_the_right(2 * icon_width())
        if small_button(f"{icons_fontawesome_6.ICON_FA_COPY}###copy", "Copy this text."):
            imgui.set_clipboard_text("\n\n".join(filter(None, (notice.sentence, notice.details))))
        imgui.same_line(0, 0)
        if small_button(f"{icons_fontawesome_6.ICON_FA_XMARK}###dismiss", "Dismiss this notice."):
            notices.dismiss(session, notice)
        imgui.push_text_wrap_pos(0.0)
        imgui.text_unformatted(notice.sentence)
        imgui.pop_text_wrap_pos()
        if notice.details and imgui.tree_node("Details"):
            _draw_details(notice.details, ui)
            imgui.tree_pop()


def _draw_details(details: str, ui: Ui) -> None:
    imgui.push_style_color(imgui.Col_.frame_bg, ImVec4(0, 0, 0, 0))
    imgui.input_text_multiline(
        "###text", details, ImVec2(-1, 150 * ui.scale), imgui.InputTextFlags_.read_only
    )
    imgui.pop_style_color()
