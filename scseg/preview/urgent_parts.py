"""The parts of the slice in view that are predicted first: what is under the mouse, then what is in view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.base.rect import Rect

if TYPE_CHECKING:
    from scseg.state.tomograms import OpenTomogram

STEP = 64
"""Parts begin and end at multiples of this, px, so that not every move of the mouse asks for another."""
AROUND = 32
"""How far around the mouse, px."""
MOST = 0.8
"""A part that is more than this of all is none: then all of it is asked for at once."""


def urgent_parts(opened: OpenTomogram, shown: Rect) -> list[Rect]:
    """Return the parts of `shown` that come before the rest of it, the most urgent first."""
    parts = []
    if opened.pointed is not None:
        y, x = opened.pointed
        parts.append(Rect(y, x, y + 1, x + 1).grown(AROUND))
    if opened.in_view is not None:
        parts.append(opened.in_view)
    within = [_on_grid(part).common(shown) for part in parts]
    most = MOST * shown.height * shown.width
    return [part for part in within if not part.empty and part.height * part.width <= most]


def _on_grid(part: Rect) -> Rect:
    y0, x0, y1, x1 = part
    return Rect(y0 // STEP * STEP, x0 // STEP * STEP, -(-y1 // STEP) * STEP, -(-x1 // STEP) * STEP)
