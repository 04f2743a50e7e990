"""How predictions are drawn: the label of each way, and what there is to say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scseg.state.models import Look

LOOKS: dict[Look, tuple[str, str]] = {
    "filled": ("filled", "Fill what the model finds."),
    "contour": ("contour", "Draw the outline of what the model finds."),
    "values": ("values", "Draw how sure the model is of each pixel, whatever the threshold."),
}
