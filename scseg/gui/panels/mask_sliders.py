"""Sliders that stand in several panels: how a mask is drawn, and how a prediction is averaged."""

from __future__ import annotations

from scseg.gui.number_widgets import Range, slider
from scseg.models.tiling import orientations
from scseg.state.models import Display

AVERAGING = (
    "Show the network each slice turned and mirrored in so many ways, and take the mean of what it finds: "
    "smoother, and slower by as much."
)


def alpha_slider(alpha: float, usual: float = Display.alpha) -> float:
    """Draw the slider for the alpha of a mask; return what it is now."""
    limits = Range(0, 1, "%.2f alpha", usual)
    moved = slider("alpha", alpha, limits, "How strongly the mask covers the slice.")
    return alpha if moved is None else moved


def threshold_slider(threshold: float) -> float:
    """Draw the slider for the threshold of a prediction; return what it is now."""
    limits = Range(0, 1, "%.2f threshold", Display.threshold)
    explained = "The mask holds every pixel whose prediction reaches this value."
    moved = slider("threshold", threshold, limits, explained)
    return threshold if moved is None else moved


def averaging_range(count: int) -> Range:
    """Return the range of a slider for the orientations that are averaged, `count` of them now."""
    shown = "%.0f orientation" if count == 1 else "mean of %.0f orientations"
    return Range(1, orientations.COUNT, shown, Display.averaging)
