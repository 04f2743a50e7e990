"""What the slice view says while no tomogram is open."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, icons_fontawesome_6, imgui

from scseg.actions.commands import action
from scseg.gui.widgets import action_button, faint, tooltip
from scseg.runtime.display import labels
from scseg.state.requests import OpenPaths

if TYPE_CHECKING:
    from scseg.gui.ui import Ui
    from scseg.state.session import Session

MOST_RECENT = 6


def draw(session: Session, ui: Ui) -> None:
    free = imgui.get_content_region_avail()
    recent = session.settings.recent[:MOST_RECENT]
    lines = 8 + len(recent)
    imgui.set_cursor_pos_y(max(0.0, (free.y - lines * imgui.get_frame_height_with_spacing()) / 2))
    imgui.push_font(None, imgui.get_style().font_size_base * 3.2)
    _centred(icons_fontawesome_6.ICON_FA_LAYER_GROUP, free.x, faint)
    imgui.pop_font()
    imgui.dummy(ImVec2(0, 6 * ui.scale))
    imgui.push_font(None, imgui.get_style().font_size_base * 1.35)
    _centred("Drop a tomogram here", free.x, imgui.text_unformatted)
    imgui.pop_font()
    _centred("or open one: .mrc, .rec, .map, .st, .ali, TIFF, packed or not", free.x, faint)
    imgui.dummy(ImVec2(0, 8 * ui.scale))
    opens = action("open")
    width = imgui.calc_text_size(opens.label).x + 3.6 * imgui.get_style().frame_padding.x
    imgui.set_cursor_pos_x((free.x - width) / 2 + imgui.get_style().window_padding.x)
    action_button(session, opens, ui, primary=True)
    if recent:
        imgui.dummy(ImVec2(0, 14 * ui.scale))
        _centred("Recent files", free.x, faint)
        for name in recent:
            _recent(session, name, free.x)


def _recent(session: Session, name: str, width: float) -> None:
    path = Path(name)
    text = labels.shown(path.name)
    wide = imgui.calc_text_size(text).x
    imgui.set_cursor_pos_x((width - wide) / 2 + imgui.get_style().window_padding.x)
    if imgui.text_link(f"{text}##{labels.told_apart(name)}"):
        session.requests.append(OpenPaths((path,)))
    tooltip(name)


def _centred(text: str, width: float, write: object) -> None:
    imgui.set_cursor_pos_x(
        (width - imgui.calc_text_size(text).x) / 2 + imgui.get_style().window_padding.x
    )
    write(text)  # type: ignore[operator]
