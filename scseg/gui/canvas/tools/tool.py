"""What a tool is: it is told where the pointer is from press to release, and draws its cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from scseg.drawing.region import Point
    from scseg.gui.canvas.surface import Surface
    from scseg.gui.ui import Ui
    from scseg.state.session import Session


class Tool(Protocol):
    """Positions are (y, x) in voxels. `at_work` is true from a press that did something to the release."""

    @property
    def at_work(self) -> bool: ...
    def press(self, session: Session, ui: Ui, at: Point, *, erases: bool) -> None: ...
    def move(self, session: Session, at: Point) -> None: ...
    def release(self, session: Session) -> None: ...
    def cancel(self, session: Session) -> None: ...
    def draw(self, session: Session, ui: Ui, surface: Surface, *, erases: bool) -> None: ...
