"""The tab Prediction of a model: how its output is made, how it is drawn, and where it goes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from imgui_bundle import imgui

from scseg.actions.models import checks, copy_to_annotation, model_list
from scseg.gui.number_widgets import Range, slice_range, slider_at_rest
from scseg.gui.panels.mask_sliders import (
    AVERAGING,
    alpha_slider,
    averaging_range,
    marked_threshold_slider,
)
from scseg.gui.panels.models import check_menu, comparison
from scseg.gui.theme import PILL
from scseg.gui.widgets import chip, choice, faint, pill_button, toggle, tooltip
from scseg.runtime.display import labels, model_texts
from scseg.runtime.display.looks import LOOKS
from scseg.runtime.models import predicted_files
from scseg.state.active_models import active_only_on, is_active, switched, switched_everywhere
from scseg.state.models import Display

if TYPE_CHECKING:
    from scseg.gui.ui import Ui
    from scseg.state.models import Model
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

MENU_WIDTH = 260.0


@dataclass
class SlicesToCopy:
    """The first and the last slice to be copied."""

    span: tuple[int, int] = (0, 0)


def draw(session: Session, model: Model, ui: Ui) -> None:
    display = _draw_sliders(model, ui)
    display = _draw_switches(session, model, display)
    _draw_save(session, model, ui)
    display = _draw_choices(display, ui.predictor.faster(model))
    display = _draw_averaging(model, display, ui)
    _draw_copy(session, model, ui)
    imgui.same_line()
    check_menu.draw(session, model)
    comparison.draw_menu(session, model)
    if display != model.display:
        model_list.set_display(model, display)


def _draw_sliders(model: Model, ui: Ui) -> Display:
    display = model.display
    alpha = alpha_slider(display.alpha)
    overlap = slider_at_rest(
        "overlap",
        display.overlap,
        Range(0, 0.67, "%.2f overlap", Display.overlap),
        "How much neighbouring tiles of the network share. More is smoother at their seams, and slower.",
        ui,
        lambda overlap: model_list.set_display(model, replace(model.display, overlap=overlap)),
    )
    threshold = marked_threshold_slider(display.threshold, checks.best_threshold(model), ui)
    overlap = display.overlap if overlap is None else overlap
    return replace(display, alpha=alpha, overlap=overlap, threshold=threshold)


def _draw_switches(session: Session, model: Model, display: Display) -> Display:
    display = _draw_active(session, model, display)
    imgui.same_line()
    explained = "Let the light and dark of the slice show through the mask."
    blend = toggle("blend", display.blend, explained)
    imgui.same_line()
    show = toggle("show", display.show, "Draw the mask. Hidden, the model still predicts.")
    return replace(display, blend=blend, show=show)


def _draw_active(session: Session, model: Model, display: Display) -> Display:
    """Draw the switch for the tomogram in view; a right click on it switches the model for all of them."""
    opened = session.active
    before = is_active(model, opened)
    explained = (
        "Predict with this model on this tomogram. Right-click to switch it for all of them."
    )
    active = toggle("active", before, explained)
    new = model.display if active == before else switched(model, opened, active=active)
    if imgui.begin_popup_context_item("###where active"):
        if imgui.menu_item_simple("Active on all tomograms###all"):
            new = switched_everywhere(model, session.tomograms, active=True)
        tooltip(
            "Predict on all that are open, whatever their pixel size, and on those opened later that suit it."
        )
        if opened is not None and imgui.menu_item_simple("Active only here###here"):
            new = active_only_on(model, opened)
        tooltip("Predict with it on the tomogram in view alone.")
        if imgui.menu_item_simple("Active on none###none"):
            new = switched_everywhere(model, session.tomograms, active=False)
        tooltip("Predict with it nowhere, until it is ticked on a tomogram.")
        imgui.end_popup()
    return replace(display, active=new.active, active_on=new.active_on)


def _draw_choices(display: Display, faster: float | None) -> Display:
    """Draw two lists beside one another: how the prediction looks, and what the network sees at once."""
    width = (imgui.get_content_region_avail().x - imgui.get_style().item_spacing.x) / 2
    imgui.push_style_var(imgui.StyleVar_.frame_rounding, PILL)
    imgui.set_next_item_width(width)
    look = choice("###look", display.look, LOOKS)
    imgui.same_line()
    imgui.set_next_item_width(width)
    speed = model_texts.speed(faster)
    modes = {each: (name, f"{about}{speed}") for each, (name, about) in model_texts.MODES.items()}
    mode = choice("###mode", display.mode, modes)
    imgui.pop_style_var()
    return replace(display, look=look, mode=mode)


def _draw_averaging(model: Model, display: Display, ui: Ui) -> Display:
    averaging = slider_at_rest(
        "averaging",
        display.averaging,
        averaging_range(display.averaging),
        AVERAGING,
        ui,
        lambda count: model_list.set_display(model, replace(model.display, averaging=round(count))),
    )
    return display if averaging is None else replace(display, averaging=round(averaging))


def _draw_save(session: Session, model: Model, ui: Ui) -> None:
    mask = next((each for each in ui.on_screen.masks if each.model is model), None)
    obstacle = predicted_files.obstacle(session.active, model, mask)
    width = imgui.calc_text_size("save").x + 4 * imgui.get_style().frame_padding.x
    _go_to_the_right(width)
    explained = "Save what this model finds on this slice as an image (.mrc)."
    if pill_button("save###save slice", explained, obstacle, width):
        imgui.open_popup("save as")
    if not imgui.begin_popup("save as"):
        return
    threshold = f"{model.display.threshold:.2f}"
    if imgui.menu_item_simple("Values from 0 to 1…###values") and mask is not None:
        predicted_files.save(session, mask, "float32")
    tooltip("What the network says of each pixel; 0 where competition or rules removed it.")
    if imgui.menu_item_simple(f"Mask at threshold {threshold}…###mask") and mask is not None:
        predicted_files.save(session, mask, "mask")
    tooltip(f"1 where that reaches {threshold}, 0 elsewhere.")
    imgui.end_popup()


def _go_to_the_right(width: float) -> None:
    """Go on at the right end of the line drawn last; where it is full, on a line of its own."""
    imgui.same_line()
    free = imgui.get_content_region_avail().x
    if free < width:
        imgui.new_line()
    else:
        imgui.set_cursor_pos_x(imgui.get_cursor_pos_x() + free - width)


def _draw_copy(session: Session, model: Model, ui: Ui) -> None:
    opened = session.active
    explained = "Draw what this model finds into a feature, then mend it with the brush."
    obstacle = copy_to_annotation.obstacle(model, opened)
    width = (imgui.get_content_region_avail().x - imgui.get_style().item_spacing.x) / 2
    if pill_button("copy to feature…###copy", explained, obstacle, width) and opened is not None:
        ui.state_of(SlicesToCopy).span = opened.z, opened.z
        imgui.open_popup("copy")
    if opened is not None and imgui.begin_popup("copy"):
        _draw_copy_menu(session, opened, model, ui)
        imgui.end_popup()


def _draw_copy_menu(session: Session, opened: OpenTomogram, model: Model, ui: Ui) -> None:
    to_copy = ui.state_of(SlicesToCopy)
    to_copy.span = slice_range(to_copy.span, opened.shape[0], MENU_WIDTH * ui.scale)
    faint("Add what is found to")
    target = None
    for feature in opened.features:
        chip(feature.colour, imgui.get_font_size() * 0.7)
        if imgui.menu_item_simple(labels.label(feature.name, f"feature {feature.id}")):
            target = feature
        tooltip("What is drawn of it stays, and so does what is marked as ignored.")
    imgui.separator()
    new = copy_to_annotation.feature_of(session, opened, model)
    if imgui.menu_item_simple(labels.label(f"New feature {new.name}", "new")):
        target = new
    tooltip("Add a feature with the name of this model.")
    if target is not None:
        slices = range(to_copy.span[0], to_copy.span[1] + 1)
        copy_to_annotation.copy(session, opened, model, target, slices)
