"""The panel of a feature: its colour and name, its brush and boxes, and how it is drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from imgui_bundle import icons_fontawesome_6, imgui

from scseg.actions.annotation import changes, features
from scseg.actions.annotation.known_names import names_in
from scseg.actions.training import live_switch
from scseg.annotations.feature import Feature
from scseg.gui.following import Followed
from scseg.gui.number_widgets import Range, slider
from scseg.gui.panels import known_names
from scseg.gui.panels.annotation import feature_menu
from scseg.gui.panels.mask_sliders import alpha_slider
from scseg.gui.theme import packed
from scseg.gui.widgets import (
    card,
    colour_field,
    faint,
    icon_width,
    off_where,
    remove_button,
    small_button,
    text_field,
    to_the_right,
    toggle,
    tooltip,
    unfolded,
    warning_below,
)
from scseg.runtime.display import model_texts
from scseg.state.live_learning import learner_of

if TYPE_CHECKING:
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
        whole = unfolded(feature.id, session)
        removed, why = False, changes.read_only(session)
        with off_where(why):
            new, typed = _draw_title(session, opened, feature, ui)
        if whole:
            with off_where(why):
                new = _draw_sliders(opened, new)
            with off_where(why):
                new = _draw_switches(new)
            if not live_switch.says_wrong_of(opened, feature):
                _draw_live(session, feature)
            removed = _draw_buttons(session, opened, feature)
            feature_menu.draw(session, opened, feature, ui)
        # Whatever is clicked in a panel, its feature is what one means to draw next.
        clicked = imgui.is_window_hovered(_ANYWHERE) and imgui.is_mouse_clicked(
            imgui.MouseButton_.left
        )
    followed = ui.state_of(Followed)
    if is_chosen:
        followed.choose(opened.ref.path, feature.id)
        followed.bring_into_view()
        low, high = imgui.get_item_rect_min(), imgui.get_item_rect_max()
        lines = imgui.get_window_draw_list()
        lines.add_rect(low, high, packed(ui.palette.accent), 7 * ui.scale, 1.6 * ui.scale)
    if clicked and not is_chosen:
        # It is under the pointer, and stays there.
        followed.choose(opened.ref.path, feature.id, seen=True)
        features.choose(opened, feature)
    if removed:
        followed.lose()
    if new != feature or typed != feature.name:
        features.edit(session, opened, new, typed)


def _draw_title(
    session: Session, opened: OpenTomogram, feature: Feature, ui: Ui
) -> tuple[Feature, str]:
    """Draw colour and name; return the feature in its colour, and what stands in the field for its name."""
    colour = colour_field(feature.colour, "The colour of this feature.")
    imgui.same_line()
    imgui.set_next_item_width(-1)
    _, typed = text_field("###name", feature.name)
    _see_to_name(session, opened, feature, typed, ui)
    tooltip(
        "What this feature is called. Right-click for the names that features have elsewhere. W and S choose "
        "the feature above and below."
    )
    picked = known_names.draw(session, names_in(opened))
    if picked is not None:
        features.call(session, opened, feature, picked)
    return replace(feature, colour=colour), typed


def _see_to_name(
    session: Session, opened: OpenTomogram, feature: Feature, typed: str, ui: Ui
) -> None:
    """Tell, while a name is typed in the field drawn last and when that is left, that it cannot be had."""
    if imgui.is_item_active():
        features.hold(opened)
        if trouble := features.why_not_called(opened, feature, typed):
            warning_below(trouble, ui)
    elif imgui.is_item_deactivated():
        features.refuse_name(session, opened, feature, typed)


def _draw_sliders(opened: OpenTomogram, feature: Feature) -> Feature:
    radius = feature.brush_px
    width = f" / {2 * radius * opened.apix / 10:.1f} nm" if opened.apix else ""
    brush = slider(
        "brush",
        radius,
        Range(
            features.SMALLEST_BRUSH,
            MOST_BRUSH,
            f"%.1f px{width} brush",
            Feature.brush_px,
            logarithmic=True,
        ),
        "The brush: its radius in pixels and its diameter in nm. Ctrl + scroll on the slice, or [ and ].",
    )
    alpha = alpha_slider(feature.alpha, Feature.alpha)
    boxes = slider(
        "boxes",
        feature.box_size,
        Range(*BOXES, "%.0f pixel boxes", Feature.box_size),
        "The side of this feature's boxes. Shift + click on the slice places one, Shift + right click "
        "removes the nearest.",
    )
    if boxes is not None:
        feature = replace(feature, box_size=round(boxes))
    if brush is not None:
        feature = replace(feature, brush_px=round(2 * brush) / 2)
    return replace(feature, alpha=alpha)


def _draw_switches(feature: Feature) -> Feature:
    show = toggle("show", feature.show, "Draw this feature on the slice.")
    imgui.same_line()
    fill = toggle("fill", feature.fill, "Draw the area of the mask, else its contour.")
    imgui.same_line()
    hide_boxes = toggle("hide boxes", feature.hide_boxes, "Leave this feature's boxes away.")
    return replace(feature, show=show, fill=fill, hide_boxes=hide_boxes)


def _draw_live(session: Session, feature: Feature) -> None:
    learner = learner_of(session, feature.name)
    learnt = learner is not None
    with off_where(live_switch.obstacle_of(session, feature)):
        explained = (
            "A model learns this feature while you draw it, and its mask follows. Draw what it misses, erase "
            "what is wrong: nothing has to be generated or trained."
        )
        if toggle("learn live", learnt, explained) != learnt:
            live_switch.switch_feature(session, feature)
    if learner is not None and learner.run is not None:
        imgui.same_line()
        faint(model_texts.progress(session, learner, learner.run))


def _draw_buttons(session: Session, opened: OpenTomogram, feature: Feature) -> bool:
    """Draw what is at the end of a panel; return whether the feature was removed."""
    to_the_right(2 * icon_width())
    with off_where(changes.read_only(session)):
        removed = remove_button(
            f"{icons_fontawesome_6.ICON_FA_XMARK}###remove",
            "Remove this feature with all that is drawn of it; undo brings it back.",
        )
        if removed:
            features.remove(session, opened, feature)
    imgui.same_line(0, 0)
    label = f"{icons_fontawesome_6.ICON_FA_CARET_RIGHT}###menu"
    if small_button(label, "Annotated slices, boxes, export and import, order."):
        imgui.open_popup("menu")
    return removed
