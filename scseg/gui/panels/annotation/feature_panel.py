"""The panel of a feature: its colour and name, its brush and boxes, and how it is drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from imgui_bundle import icons_fontawesome_6, imgui

from scseg.actions.annotation import changes, features
from scseg.gui.number_widgets import slider
from scseg.gui.panels.annotation import feature_menu
from scseg.gui.theme import packed
from scseg.gui.widgets import (
    card,
    colour_field,
    icon_width,
    remove_button,
    small_button,
    text_field,
    to_the_right,
    toggle,
    tooltip,
)

if TYPE_CHECKING:
    from scseg.annotations.feature import Feature
    from scseg.gui.ui import Ui
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

MOST_BRUSH = 200.0
BOXES = (8, 256)
_ANYWHERE = (
    imgui.HoveredFlags_.child_windows | imgui.HoveredFlags_.allow_when_blocked_by_active_item
)
"""In a panel, on its controls too: one that is pressed would block the hovering."""


def draw(session: Session, opened: OpenTomogram, feature: Feature, ui: Ui) -> None:
    chosen = changes.chosen_feature(session)
    is_chosen = chosen is not None and chosen.id == feature.id
    with card(f"feature {feature.id}", ui):
        new = _draw_title(feature)
        new = _draw_sliders(opened, new)
        new = _draw_switches(new)
        _draw_buttons(session, opened, feature)
        feature_menu.draw(session, opened, feature, ui)
        # Whatever is clicked in a panel, its feature is what one means to draw next.
        clicked = imgui.is_window_hovered(_ANYWHERE) and imgui.is_mouse_clicked(
            imgui.MouseButton_.left
        )
    if is_chosen:
        low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
        lines = imgui.get_window_draw_list()
        lines.add_rect(low, high, packed(ui.palette.accent), 7 * ui.scale, 1.6 * ui.scale)
    if clicked and not is_chosen:
        features.choose(opened, feature)
    if new != feature:
        features.edit(session, opened, new)


def _draw_title(feature: Feature) -> Feature:
    colour = colour_field(feature.colour, "The colour of this feature.")
    imgui.same_line()
    imgui.set_next_item_width(-1)
    _, name = text_field("###name", feature.name)
    tooltip("What this feature is called. W and S choose the feature above and below.")
    return replace(feature, name=name, colour=colour)


def _draw_sliders(opened: OpenTomogram, feature: Feature) -> Feature:
    radius = feature.brush_px
    width = f" / {2 * radius * opened.apix / 10:.1f} nm" if opened.apix else ""
    brush = slider(
        "brush",
        radius,
        (features.SMALLEST_BRUSH, MOST_BRUSH),
        f"%.1f px{width} brush",
        "The brush: its radius in pixels and its diameter in nm. Ctrl + scroll on the slice, or [ and ].",
        logarithmic=True,
    )
    alpha = slider(
        "alpha",
        feature.alpha,
        (0, 1),
        "%.2f alpha",
        "How strongly the mask covers the slice.",
    )
    boxes = slider(
        "boxes",
        feature.box_size,
        BOXES,
        "%.0f pixel boxes",
        "The side of this feature's boxes. Shift + click on the slice places one, Shift + right click "
        "removes the nearest.",
    )
    if boxes is not None:
        feature = replace(feature, box_size=round(boxes))
    if brush is not None:
        feature = replace(feature, brush_px=round(2 * brush) / 2)
    if alpha is not None:
        feature = replace(feature, alpha=alpha)
    return feature


def _draw_switches(feature: Feature) -> Feature:
    show = toggle("show", feature.show, "Draw this feature on the slice.")
    imgui.same_line()
    fill = toggle("fill", feature.fill, "Draw the area of the mask, else its contour.")
    imgui.same_line()
    hide_boxes = toggle("hide boxes", feature.hide_boxes, "Leave this feature's boxes away.")
    return replace(feature, show=show, fill=fill, hide_boxes=hide_boxes)


def _draw_buttons(session: Session, opened: OpenTomogram, feature: Feature) -> None:
    to_the_right(2 * icon_width())
    if remove_button(
        f"{icons_fontawesome_6.ICON_FA_XMARK}###remove",
        "Remove this feature with all that is drawn of it; undo brings it back.",
    ):
        features.remove(session, opened, feature)
    imgui.same_line(0, 0)
    label = f"{icons_fontawesome_6.ICON_FA_CARET_RIGHT}###menu"
    if small_button(label, "Annotated slices, boxes, export and import, order."):
        imgui.open_popup("menu")
