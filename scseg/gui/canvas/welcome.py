"""What the slice view says while no tomogram is open: where to begin, recent work, what stages are for."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, icons_fontawesome_6, imgui

from scseg.actions.commands import action
from scseg.base.printable import printable
from scseg.datasets.demo.places import users_tomogram
from scseg.gui.theme import rgba
from scseg.gui.widgets import action_button, faint, faint_lines, tooltip
from scseg.runtime.display import labels
from scseg.runtime.display.tomogram_texts import short_folder
from scseg.state.panel_layout import PURPOSES
from scseg.state.requests import OpenPaths

if TYPE_CHECKING:
    from scseg.gui.ui import Ui
    from scseg.state.session import Session

MOST_RECENT = 6
_TITLE = f"{icons_fontawesome_6.ICON_FA_LAYER_GROUP}  Drop a tomogram here"
_WIDTH = 34.0
"""Of the column, in heights of the text."""
_DEMO = (
    "The demo is simulated, with a membrane drawn on three slices to learn from. It is kept in {}."
)


@dataclass
class Start:
    """How high everything was in the last frame, so that it stands in the middle; where the demo goes."""

    height: float = 0.0
    demo: str = field(default_factory=lambda: short_folder(users_tomogram()))


def draw(session: Session, ui: Ui) -> None:
    imgui.begin_child("start")
    start = ui.state_of(Start)
    free = imgui.get_content_region_avail()
    width = min(free.x, _WIDTH * imgui.get_font_size())
    imgui.set_cursor_pos(ImVec2((free.x - width) / 2, max(0.0, (free.y - start.height) / 2)))
    imgui.begin_child("column", ImVec2(width, 0), imgui.ChildFlags_.auto_resize_y)
    _draw_open(session, ui, start)
    recent = session.settings.recent[:MOST_RECENT]
    if recent:
        _heading("Recent work", ui)
        for name in recent:
            _draw_recent(session, name)
    _heading("The work goes round in stages", ui)
    for number, (stage, purpose) in enumerate(PURPOSES.items(), 1):
        close = ImVec2(imgui.get_style().item_spacing.x, 2 * ui.scale)
        imgui.push_style_var(imgui.StyleVar_.item_spacing, close)
        imgui.text_colored(rgba(ui.palette.accent), f"{number}  {stage}")
        imgui.pop_style_var()
        faint_lines(purpose)
    imgui.end_child()
    start.height = imgui.get_item_rect_size().y
    imgui.end_child()


def _draw_open(session: Session, ui: Ui, start: Start) -> None:
    imgui.push_font(None, imgui.get_style().font_size_base * 1.35)
    imgui.text_wrapped(_TITLE)
    imgui.pop_font()
    faint_lines("or open one: .mrc, .rec, .map, .st, .ali, TIFF, packed or not")
    imgui.dummy(ImVec2(0, 2 * ui.scale))
    action_button(session, action("open"), ui, primary=True)
    imgui.same_line()
    if imgui.get_content_region_avail().x < _button_width(action("demo").label):
        imgui.new_line()
    action_button(session, action("demo"), ui)
    faint_lines(_DEMO.format(start.demo))


def _button_width(label: str) -> float:
    return float(imgui.calc_text_size(label).x + 3.6 * imgui.get_style().frame_padding.x)


def _heading(text: str, ui: Ui) -> None:
    imgui.dummy(ImVec2(0, 8 * ui.scale))
    imgui.push_style_var(imgui.StyleVar_.separator_text_border_size, ui.scale)
    imgui.separator_text(text)
    imgui.pop_style_var()


def _draw_recent(session: Session, name: str) -> None:
    path = Path(name)
    if imgui.text_link(f"{labels.shown(path.name)}##{labels.told_apart(name)}"):
        session.requests.append(OpenPaths((path,)))
    tooltip(printable(name))
    folder = short_folder(path)
    beside = imgui.get_item_rect_max().x - imgui.get_item_rect_min().x
    space = imgui.get_style().item_spacing.x
    if beside + space + imgui.calc_text_size(folder).x <= imgui.get_content_region_avail().x:
        imgui.same_line()
        faint(folder)
