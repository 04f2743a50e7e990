"""What the parts of the window are given beside the session."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar, cast

from scseg.runtime.display.palettes import DARK, Palette
from scseg.runtime.pointer_trail import PointerTrail

if TYPE_CHECKING:
    from collections.abc import Callable

    from scseg.base.rect import Rect
    from scseg.runtime.display.camera import Voxel
    from scseg.runtime.models.predictor import Predictor
    from scseg.runtime.on_screen import OnScreen

State = TypeVar("State")


@dataclass(frozen=True, eq=False)
class Pending:
    """What is being typed or dragged in a panel, and who takes it once the hand is off."""

    value: float
    then: Callable[[float], None]


@dataclass
class Ui:
    """What more than one part of the window reads beside the session, and what each panel keeps.

    `scale` is the monitor's times the user's; lengths in points are multiplied by it. `hovered` is the voxel
    under the mouse, `in_view` the part of the slice that is wholly seen; `hint` tells how what was begun on
    the slice goes on. `pending` is what is being typed or dragged, by the ids of controls.
    """

    predictor: Predictor
    on_screen: OnScreen
    palette: Palette = DARK
    scale: float = 1.0
    hovered: Voxel | None = None
    hint: str = ""
    trail: PointerTrail = field(default_factory=PointerTrail)
    in_view: Rect | None = None
    pending: dict[int, Pending] = field(default_factory=dict)
    _of_panels: dict[type, object] = field(default_factory=dict)

    def state_of(self, kind: type[State]) -> State:
        """Return what a panel keeps from frame to frame, made when it is first asked for.

        `kind` is the panel's own class of it, which needs no arguments.
        """
        if kind not in self._of_panels:
            self._of_panels[kind] = kind()
        return cast("State", self._of_panels[kind])

    def take_over(self, *keys: int) -> None:
        """Let what is typed or dragged in these controls be taken: in all, where none is named."""
        for key in keys or tuple(self.pending):
            pending = self.pending.pop(key, None)
            if pending is not None:
                pending.then(pending.value)
