"""Takes the mouse on the slice to the tool that it is meant for, from press to release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, imgui

from scseg.actions.annotation import boxes, features
from scseg.base.labels import IGNORE
from scseg.gui.canvas.tools.brush import Brush
from scseg.gui.canvas.tools.bucket import Bucket
from scseg.gui.canvas.tools.lasso import LassoTool
from scseg.gui.canvas.tools.tool import erases, moves_slice
from scseg.gui.shortcuts import shift_held

if TYPE_CHECKING:
    from scseg.drawing.region import Point
    from scseg.gui.canvas.tools.surface import Surface
    from scseg.gui.canvas.tools.tool import Tool
    from scseg.gui.ui import Ui
    from scseg.runtime.on_screen import OnScreen
    from scseg.state.session import Session, ToolName
    from scseg.state.tomograms import OpenTomogram

LEFT, RIGHT = imgui.MouseButton_.left, imgui.MouseButton_.right


class ToolDispatcher:
    """`act` belongs after the item that is the slice view, every frame; `draw` after the slice."""

    def __init__(self, session: Session, on_screen: OnScreen) -> None:
        self._lasso = LassoTool(session)
        self._tools: dict[ToolName, Tool] = {
            "brush": Brush(session, on_screen),
            "ignore": Brush(session, on_screen, IGNORE),
            "alike": Brush(session, on_screen, alike=True),
            "lasso": self._lasso,
            "bucket": Bucket(),
        }
        self._used: Tool = self._tools["brush"]
        self._erases = False
        self._where: tuple[OpenTomogram, int] | None = None

    def act(self, session: Session, opened: OpenTomogram, ui: Ui, surface: Surface) -> None:
        io = imgui.get_io()
        self._lasso.attend(session, opened, ui)
        if self._where is not None:
            places = ui.trail.taken((io.mouse_pos.x, io.mouse_pos.y))
            self._go_on(session, opened, [surface.to_slice(ImVec2(*place)) for place in places])
        elif imgui.is_item_activated() and not moves_slice() and ui.on_screen.shows(opened):
            self._press(session, opened, surface.to_slice(io.mouse_pos))
        if imgui.is_item_hovered() and io.key_ctrl and io.mouse_wheel:
            features.size_brush(session, io.mouse_wheel)

    def draw(self, session: Session, ui: Ui, surface: Surface, *, shows_cursor: bool) -> None:
        """Draw what was begun, and the cursor of the tool that a press of the mouse would use."""
        self._lasso.draw_corners(session, ui, surface)
        if self._where is not None:
            self._used.draw(session, ui, surface, erases=self._erases)
        elif shows_cursor and imgui.is_item_hovered() and not moves_slice():
            self._tool(session, erases=erases()).draw(session, ui, surface, erases=erases())

    def _press(self, session: Session, opened: OpenTomogram, at: Point) -> None:
        shift, left = shift_held(), imgui.is_mouse_clicked(LEFT)
        if not left and not imgui.is_mouse_clicked(RIGHT):
            return
        if shift and left:
            boxes.place(session, at)
        elif shift:
            boxes.remove_nearest(session, at)
        else:
            self._erases = erases() or not left
            self._used = self._tool(session, erases=self._erases)
            self._used.press(session, at, erases=self._erases)
            self._where = (opened, opened.z) if self._used.at_work else None

    def _go_on(self, session: Session, opened: OpenTomogram, path: list[Point]) -> None:
        if imgui.is_key_pressed(imgui.Key.escape):
            self._used.cancel(session)
        elif self._where != (opened, opened.z):
            self._used.release(session)
        else:
            for at in path:
                self._used.move(session, at)
            if not imgui.is_item_active():
                self._used.release(session)
        if not self._used.at_work:
            self._where = None

    def _tool(self, session: Session, *, erases: bool) -> Tool:
        """Return the chosen tool. Only the lasso erases as it draws; for the others, the brush does."""
        if erases and session.tool != "lasso":
            return self._tools["brush"]
        return self._tools[session.tool]
