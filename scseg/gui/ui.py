"""What panels are given beside the session: what is on the screen now, and how it looks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scseg.gui.canvas.pointer_trail import PointerTrail
from scseg.gui.theme import DARK, Palette

if TYPE_CHECKING:
    from collections.abc import Callable

    from scseg.actions.tomograms.listing import Row
    from scseg.base.rect import Rect
    from scseg.runtime.models.predictor import Predictor
    from scseg.runtime.on_screen import OnScreen
    from scseg.state.panel_layout import Stage
    from scseg.state.tomograms import OpenTomogram


@dataclass(frozen=True)
class Hovered:
    """The voxel under the cursor, indices from 0."""

    x: int
    y: int


@dataclass(frozen=True, eq=False)
class Pending:
    """What is being typed or dragged in a panel, and who takes it once the hand is off."""

    value: float
    then: Callable[[float], None]


@dataclass
class Ui:
    """The rest of what panels read, and what is being typed or dragged in them.

    `scale` is the monitor's times the user's; lengths
    in points are multiplied by it. `seen` are the ids of models whose panels were drawn before, `hint` tells
    how what was begun on the slice goes on. `pending` goes by the ids of controls.
    """

    predictor: Predictor
    on_screen: OnScreen
    palette: Palette = DARK
    scale: float = 1.0
    hovered: Hovered | None = None
    hint: str = ""
    trail: PointerTrail = field(default_factory=PointerTrail)
    stage: Stage | None = None
    in_view: Rect | None = None
    spacing: float = 0.0
    negatives: int = 20
    listed: OpenTomogram | None = None
    rows: list[Row] = field(default_factory=list)
    rows_of: object = None
    query: str = ""
    chosen: int = 0
    typed_apix: float = 0.0
    seen: set[str] = field(default_factory=set)
    pending: dict[int, Pending] = field(default_factory=dict)
    copied: tuple[int, int] = (0, 0)
    searched: tuple[int, int] | None = None

    def take_over(self, *keys: int) -> None:
        """Let what is typed or dragged in these controls be taken: in all, where none is named."""
        for key in keys or tuple(self.pending):
            pending = self.pending.pop(key, None)
            if pending is not None:
                pending.then(pending.value)
