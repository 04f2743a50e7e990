"""Where the parts of the window are. Each part is guarded, so that a fault in one leaves the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, imgui

from scseg.actions.view import view
from scseg.gui import shortcuts
from scseg.gui.canvas.canvas import Canvas
from scseg.gui.guard import guarded
from scseg.gui.panels import menus, notices, pages, stages, status
from scseg.gui.panels.annotation import mask_question
from scseg.gui.panels.tomograms import apix, closing, filters, tomogram_list
from scseg.gui.steady import steady
from scseg.gui.theme import rgba

if TYPE_CHECKING:
    from types import ModuleType

    from scseg.gui.gl.painter import SlicePainter
    from scseg.gui.ui import Ui
    from scseg.state.session import Session

FIXED = (
    imgui.WindowFlags_.no_title_bar
    | imgui.WindowFlags_.no_move
    | imgui.WindowFlags_.no_collapse
    | imgui.WindowFlags_.no_saved_settings
    | imgui.WindowFlags_.no_bring_to_front_on_focus
)
STILL = FIXED | imgui.WindowFlags_.no_resize | imgui.WindowFlags_.no_scrollbar

AT_THE_LEFT = (
    ("The panel Datasets", tomogram_list),
    ("The panel Filters", filters),
)
STAGE = (("The stage", stages),)
OVER_ALL = (
    ("The pixel size", apix),
    ("The question before closing", closing),
    ("The question about a mask", mask_question),
    ("The list of commands", pages),
)
LEFT_LEAST, LEFT_MOST = 250.0, 640.0


class Layout:
    """The menu bar, the panels at the left, the slice view and the status line."""

    def __init__(self) -> None:
        self._canvas = Canvas()
        self._stage_top: float | None = None

    def draw(self, session: Session, ui: Ui, painter: SlicePainter | None) -> None:
        with guarded(session, "The menu bar"):
            menus.draw(session, ui)
        area = imgui.get_main_viewport()
        low = imgui.get_text_line_height() + 10 * ui.scale
        place, size = area.work_pos, ImVec2(area.work_size.x, area.work_size.y - low)
        with guarded(session, "The panels"):
            self._draw_panels(session, ui, place, size)
        left = session.panels.width * ui.scale
        with guarded(session, "The slice view"):
            _begin_fixed("View", ImVec2(place.x + left, place.y), ImVec2(size.x - left, size.y), ui)
            self._canvas.draw(session, ui, painter)
            imgui.end()
        with guarded(session, "The status line"):
            _begin_fixed("Status", ImVec2(place.x, place.y + size.y), ImVec2(size.x, low), ui)
            status.draw(session, ui)
            imgui.end()
        corner = ImVec2(place.x + size.x, place.y)
        with guarded(session, "The notices"):
            notices.draw(session, ui, corner)
        _draw_guarded(OVER_ALL, session, ui)
        with guarded(session, "A key"):
            shortcuts.act(session)

    def _draw_panels(self, session: Session, ui: Ui, place: ImVec2, size: ImVec2) -> None:
        imgui.set_next_window_pos(place)
        imgui.set_next_window_size(ImVec2(session.panels.width * ui.scale, size.y))
        imgui.set_next_window_size_constraints(
            ImVec2(LEFT_LEAST * ui.scale, size.y), ImVec2(LEFT_MOST * ui.scale, size.y)
        )
        imgui.push_style_var(imgui.StyleVar_.window_rounding, 0.0)
        imgui.begin("Panels", None, FIXED)
        imgui.pop_style_var()
        view.set_panel_width(session, imgui.get_window_width() / ui.scale)
        for part in AT_THE_LEFT:
            with steady(part[0], ui):
                _draw_guarded((part,), session, ui)
        self._keep_stage_in_place()
        _draw_guarded(STAGE, session, ui)
        imgui.end()

    def _keep_stage_in_place(self) -> None:
        """Scroll along when a key or another tomogram lets what is above the stage grow or shrink.

        What the mouse does there grows downwards, away from it.
        """
        top, before = imgui.get_cursor_pos_y(), self._stage_top
        self._stage_top = top
        by_mouse = imgui.is_window_hovered(imgui.HoveredFlags_.child_windows)
        if before is not None and imgui.get_scroll_y() > 0 and not by_mouse:
            imgui.set_scroll_y(imgui.get_scroll_y() + top - before)


def _draw_guarded(panels: tuple[tuple[str, ModuleType], ...], session: Session, ui: Ui) -> None:
    for what, panel in panels:
        with guarded(session, what):
            panel.draw(session, ui)


def _begin_fixed(name: str, place: ImVec2, size: ImVec2, ui: Ui) -> None:
    imgui.set_next_window_pos(place)
    imgui.set_next_window_size(size)
    imgui.push_style_var(imgui.StyleVar_.window_rounding, 0.0)
    imgui.push_style_color(imgui.Col_.window_bg, rgba(ui.palette.window))
    imgui.begin(name, None, STILL)
    imgui.pop_style_color()
    imgui.pop_style_var()
