"""The row of tools over the features, and the settings of the one in hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, icons_fontawesome_6, imgui

from scseg.actions.annotation import changes, tools
from scseg.actions.commands import action
from scseg.gui.number_widgets import Range, slider
from scseg.gui.theme import rgba
from scseg.gui.widgets import tooltip
from scseg.state.session import Session

if TYPE_CHECKING:
    from scseg.gui.ui import Ui
    from scseg.state.session import ToolName

ICONS: dict[ToolName, str] = {
    "brush": icons_fontawesome_6.ICON_FA_PAINTBRUSH,
    "ignore": icons_fontawesome_6.ICON_FA_QUESTION,
    "alike": icons_fontawesome_6.ICON_FA_WAND_MAGIC_SPARKLES,
    "lasso": icons_fontawesome_6.ICON_FA_DRAW_POLYGON,
    "bucket": icons_fontawesome_6.ICON_FA_FILL_DRIP,
}
COMMANDS = {
    "interpolate-slices": icons_fontawesome_6.ICON_FA_LAYER_GROUP,
    "copy-next": icons_fontawesome_6.ICON_FA_COPY,
}


def draw(session: Session, ui: Ui) -> None:
    for tool, icon in ICONS.items():
        _draw_tool(session, tool, icon, ui)
        imgui.same_line(0, 4 * ui.scale)
    imgui.dummy(ImVec2(8 * ui.scale, 0))
    for name, icon in COMMANDS.items():
        imgui.same_line(0, 4 * ui.scale)
        _draw_command(session, name, icon)
    if session.tool == "alike":
        moved = slider(
            "sensitivity",
            session.sensitivity,
            Range(0.0, 1.0, "%.2f sensitivity", Session.sensitivity),
            "How much a voxel has to look like the place where the stroke began: 0 takes all, 1 only equals.",
        )
        if moved is not None:
            tools.set_sensitivity(session, moved)


def _draw_tool(session: Session, tool: ToolName, icon: str, ui: Ui) -> None:
    chosen = session.tool == tool
    if chosen:
        imgui.push_style_color(imgui.Col_.button, rgba(ui.palette.accent))
        imgui.push_style_color(imgui.Col_.text, rgba(ui.palette.on_accent))
    _draw_command(session, f"tool-{tool}", icon)
    if chosen:
        imgui.pop_style_color(2)


def _draw_command(session: Session, name: str, icon: str) -> None:
    command = action(name)
    imgui.begin_disabled(not command.enabled(session))
    if imgui.button(f"{icon}###{name}"):
        command.run(session)
    imgui.end_disabled()
    why = changes.read_only(session)
    tooltip(why or f"{command.label} ({command.shortcuts[0]}). {command.tooltip}")
