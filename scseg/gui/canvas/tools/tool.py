"""What a tool is, and the keys that change what the mouse does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from imgui_bundle import imgui

if TYPE_CHECKING:
    from scseg.drawing.region import Point
    from scseg.gui.canvas.tools.surface import Surface
    from scseg.gui.ui import Ui
    from scseg.state.session import Session


class Tool(Protocol):
    """Is told where the pointer is from press to release, (y, x) in voxels, and draws its cursor.

    `at_work` is true from a press that did something to the release.
    """

    @property
    def at_work(self) -> bool: ...
    def press(self, session: Session, at: Point, *, erases: bool) -> None: ...
    def move(self, session: Session, at: Point) -> None: ...
    def release(self, session: Session) -> None: ...
    def cancel(self, session: Session) -> None: ...
    def draw(self, session: Session, ui: Ui, surface: Surface, *, erases: bool) -> None: ...


def moves_slice() -> bool:
    """Tell whether the mouse moves the slice instead of drawing."""
    return imgui.is_mouse_down(imgui.MouseButton_.middle) or imgui.is_key_down(imgui.Key.space)


def erases() -> bool:
    """Tell whether the left button erases, for pens and trackpads that have no right one."""
    return imgui.is_key_down(imgui.Key.x)
