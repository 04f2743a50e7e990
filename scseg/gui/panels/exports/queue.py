"""The queue: a row for each tomogram, with its bar, and what can be done with it."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, icons_fontawesome_6, imgui

from scseg.actions.exports import overlays, queue
from scseg.actions.exports.commands import CLEAR
from scseg.base.printable import printable
from scseg.gui.widgets import (
    action_button,
    card,
    checkbox,
    chip,
    faint,
    faint_lines,
    icon_width,
    pill_button,
    remove_button,
    small_button,
    to_the_right,
    tooltip,
    warning,
)
from scseg.runtime.display import export_texts, labels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scseg.gui.ui import Ui
    from scseg.state.exports import QueuedExport
    from scseg.state.session import Session


def draw(session: Session, ui: Ui) -> None:
    for export in session.exports.queue:
        with card(f"export {export.id}", ui):
            _draw_export(session, export, ui)
    if not session.exports.queue:
        faint("Nothing is exported yet.")
    elif queue.can_clear(session):
        action_button(session, CLEAR, ui)


def _draw_export(session: Session, export: QueuedExport, ui: Ui) -> None:
    imgui.align_text_to_frame_padding()
    imgui.text_unformatted(printable(export_texts.name(export)))
    tooltip(printable(export_texts.about(export)))
    _draw_buttons(session, export)
    faint_lines(export_texts.what(export))
    if export.status != "done":
        _draw_models(export)
    job = session.exports.job
    if export.id == session.exports.running and job is not None:
        imgui.progress_bar(job.fraction, ImVec2(-1, 6 * ui.scale), "")
        faint(job.progress(time.monotonic()) or "starting")
    elif export.status == "done":
        _draw_volumes(session, export)
    elif export.status == "failed":
        warning(export_texts.status(export), ui)
    else:
        faint_lines(export_texts.status(export))


def _draw_buttons(session: Session, export: QueuedExport) -> None:
    """Draw what can be done with an export, at the end of its line."""
    ended = export.status in ("failed", "cancelled")
    to_the_right((2 if ended else 1) * icon_width())
    if ended:
        icon = icons_fontawesome_6.ICON_FA_ROTATE_RIGHT
        if small_button(f"{icon}###retry", "Try again, with the models as they were."):
            queue.retry(session, export)
        imgui.same_line(0, 0)
    if export.status == "waiting":
        explained = "Cancel: of what is not complete, nothing is left."
        if small_button(f"{icons_fontawesome_6.ICON_FA_STOP}###cancel", explained):
            queue.cancel(session, export)
        return
    explained = "Take it out of the list; volumes that are written stay on the disk."
    if remove_button(f"{icons_fontawesome_6.ICON_FA_XMARK}###remove", explained):
        queue.remove(session, export)


def _draw_models(export: QueuedExport) -> None:
    """Draw what is to be written, in as many lines as the names need."""
    size = imgui.get_font_size() * 0.7
    gap = imgui.get_style().item_spacing.x
    room = left = imgui.get_content_region_avail().x
    for model in export.models:
        width = size + imgui.calc_text_size(printable(model.name)).x + 2 * gap
        if width <= left < room:
            imgui.same_line()
        elif left < room:
            left = room
        left -= width
        chip(model.colour, size)
        imgui.text_unformatted(printable(model.name))


def _draw_volumes(session: Session, export: QueuedExport) -> None:
    """Draw a line for each volume that was written: a switch that shows it, and the way to its objects."""
    style = imgui.get_style()
    width = imgui.calc_text_size("Objects…").x + 3 * style.frame_padding.x
    why = overlays.why_no_objects(session, export)
    for number, (model, path) in enumerate(zip(export.models, export.volumes, strict=True)):
        chip(model.colour, imgui.get_font_size() * 0.7)
        shown = overlays.find(session, path) is not None
        explained = f"Show this volume over its tomogram.\n{printable(path)}"
        with _clipped(imgui.get_content_region_avail().x - width - style.item_spacing.x):
            if checkbox(labels.label(model.name, f"show {number}"), shown, explained):
                overlays.toggle(session, export, number)
        to_the_right(width)
        explained = "Find objects and particles in this volume, measure them."
        if pill_button(f"Objects…###objects {number}", explained, why, width):
            overlays.take_for_objects(session, export, number)
    if told := export_texts.status(export):
        faint_lines(told)


@contextmanager
def _clipped(width: float) -> Iterator[None]:
    """Let what is drawn in the line end after a width."""
    place = imgui.get_cursor_screen_pos()
    end = ImVec2(place.x + width, place.y + imgui.get_frame_height())
    imgui.push_clip_rect(place, end, intersect_with_current_clip_rect=True)
    yield
    imgui.pop_clip_rect()
