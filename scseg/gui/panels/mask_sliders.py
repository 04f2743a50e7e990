"""Sliders that stand in several panels: how a mask is drawn, and how a prediction is averaged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, imgui

from scseg.gui.number_widgets import Range, slider
from scseg.gui.theme import packed
from scseg.gui.widgets import pill_button
from scseg.models.tiling import orientations
from scseg.state.models import Display

if TYPE_CHECKING:
    from scseg.gui.ui import Ui

MARK_WIDTH = 2.0
AVERAGING = (
    "Show the network each slice turned and mirrored in so many ways, and take the mean of what it finds: "
    "smoother, and slower by as much."
)


def alpha_slider(alpha: float, usual: float = Display.alpha) -> float:
    """Draw the slider for the alpha of a mask; return what it is now."""
    limits = Range(0, 1, "%.2f alpha", usual)
    moved = slider("alpha", alpha, limits, "How strongly the mask covers the slice.")
    return alpha if moved is None else moved


def threshold_slider(threshold: float, width: float = -1.0) -> float:
    """Draw the slider for the threshold of a prediction; return what it is now."""
    limits = Range(0, 1, "%.2f threshold", Display.threshold)
    explained = "The mask holds every pixel whose prediction reaches this value."
    moved = slider("threshold", threshold, limits, explained, width)
    return threshold if moved is None else moved


def marked_threshold_slider(threshold: float, best: float | None, ui: Ui) -> float:
    """Draw the slider with the best threshold marked on it, and beside it a button that sets that."""
    if best is None:
        return threshold_slider(threshold)
    style = imgui.get_style()
    label = f"{best:.2f}"
    width = imgui.calc_text_size(label).x + 2 * style.frame_padding.x
    threshold = threshold_slider(threshold, -width - style.item_spacing.x)
    _draw_mark(best, ui)
    imgui.same_line()
    explained = "The threshold that was best in the last check of this model. Click to set it."
    return best if pill_button(f"{label}###best threshold", explained) else threshold


def _draw_mark(value: float, ui: Ui) -> None:
    """Draw a line across the slider drawn last, where its knob is at a value of 0 to 1."""
    low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
    # ImGui leaves 2 points at both ends, and the knob is as wide as this.
    margin = 2.0 + imgui.get_style().grab_min_size / 2
    x = low.x + margin + value * (high.x - low.x - 2 * margin)
    colour = packed(ui.palette.warning)
    imgui.get_window_draw_list().add_line(
        ImVec2(x, low.y), ImVec2(x, high.y), colour, MARK_WIDTH * ui.scale
    )


def averaging_range(count: int) -> Range:
    """Return the range of a slider for the orientations that are averaged, `count` of them now."""
    shown = "%.0f orientation" if count == 1 else "mean of %.0f orientations"
    return Range(1, orientations.COUNT, shown, Display.averaging)
