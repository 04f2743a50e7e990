"""How a model's output is drawn, as it stands in its file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class DisplaySettings:
    """How a model's output is drawn, and at which threshold it becomes a mask."""

    alpha: float = 1.0
    threshold: float = 0.5
    overlap: float = 0.2


def display_record(display: DisplaySettings) -> dict[str, Any]:
    """Return what files hold of it."""
    return {
        "alpha": display.alpha,
        "threshold": display.threshold,
        "overlap": display.overlap,
    }
