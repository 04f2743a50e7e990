"""What the next export is made of: models, tomograms, slices, how, and where to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, imgui

from scseg.actions.exports import folder, planning
from scseg.actions.exports.commands import START
from scseg.base.formatting import counted
from scseg.base.printable import printable
from scseg.gui.number_widgets import slice_range, slider
from scseg.gui.panels.mask_sliders import AVERAGING, averaging_range
from scseg.gui.theme import PILL
from scseg.gui.widgets import (
    button,
    card,
    centre_button,
    checkbox,
    chip,
    choice,
    clicked_again,
    faint,
    faint_lines,
    small_button,
    text_field,
    toggle,
    tooltip,
    warning,
)
from scseg.runtime.display import export_texts, labels, model_texts

if TYPE_CHECKING:
    from scseg.datasets.volume_header import VoxelKind
    from scseg.gui.ui import Ui
    from scseg.state.session import Session

KINDS: dict[VoxelKind, tuple[str, str]] = {
    "int8": (
        "values, 1 byte###int8",
        "What the model says of each voxel, in steps of 1/127: enough for a threshold.",
    ),
    "float32": ("values, 4 bytes###float32", "What the model says of each voxel, from 0 to 1."),
    "mask": ("mask###mask", "1 where the model's threshold is reached, 0 elsewhere."),
}
FEW = 2


def draw(session: Session, ui: Ui) -> None:
    faint("Models to write")
    with card("models", ui):
        _draw_models(session)
    _draw_heading(session)
    with card("tomograms", ui):
        _draw_tomograms(session)
    with card("how", ui):
        _draw_part(session)
        _draw_choices(session)
    _draw_folder(session)
    _draw_start(session, ui)


def _draw_models(session: Session) -> None:
    for model in planning.trained(session):
        chip(model.display.colour, imgui.get_font_size() * 0.7)
        label = labels.label(model.display.name, f"write {model.id}")
        explained = (
            "Write what this model finds. Unticked it acts on the others all the same, by the rules and "
            "the competition of its tab Interactions, where it is active."
        )
        if checkbox(label, planning.is_written(session, model), explained):
            planning.tick_model(session, model)
    if not planning.trained(session):
        faint_lines("Train a model, or load one or a group (Ctrl+L).")


def _draw_heading(session: Session) -> None:
    imgui.align_text_to_frame_padding()
    faint("Tomograms")
    if len(session.tomograms) <= FEW:
        return
    imgui.same_line()
    if small_button("all###all", "Export all that are open."):
        planning.tick_only(session, session.tomograms)
    imgui.same_line(0, 0)
    one = [] if session.active is None else [session.active]
    if small_button("this one###this", "Export the tomogram in view alone."):
        planning.tick_only(session, one)


def _draw_tomograms(session: Session) -> None:
    for number, opened in enumerate(session.tomograms):
        label = labels.label(opened.name, f"export {number}")
        if checkbox(label, planning.is_ticked(session, opened), printable(opened.ref.path)):
            planning.tick(session, opened)
        if told := export_texts.part(session, opened):
            imgui.same_line()
            faint(told)
    if not session.tomograms:
        faint("Open a tomogram (Ctrl+O).")


def _draw_part(session: Session) -> None:
    opened, plan = session.active, session.exports.plan
    if opened is not None:
        chosen = planning.slices(session, opened)
        before = chosen[0], chosen[-1]
        span = slice_range(before, opened.shape[0], imgui.get_content_region_avail().x)
        if span != before:
            planning.set_slices(opened, *span)
    explained = (
        "Predict within the crop alone, where a tomogram has one; outside of it the volume is 0. Off: all of "
        "each slice."
    )
    within = toggle("within the crop", plan.within_crop, explained)
    if within != plan.within_crop:
        planning.set_plan(session, replace(plan, within_crop=within))


def _draw_choices(session: Session) -> None:
    plan = session.exports.plan
    width = (imgui.get_content_region_avail().x - imgui.get_style().item_spacing.x) / 2
    imgui.push_style_var(imgui.StyleVar_.frame_rounding, PILL)
    imgui.set_next_item_width(width)
    kind = choice("###type", plan.kind, KINDS)
    imgui.same_line()
    imgui.set_next_item_width(width)
    mode = choice("###mode", plan.mode, model_texts.MODES)
    imgui.pop_style_var()
    averaging = slider("averaging", plan.averaging, averaging_range(plan.averaging), AVERAGING)
    count = plan.averaging if averaging is None else round(averaging)
    changed = replace(plan, kind=kind, mode=mode, averaging=count)
    if changed != plan:
        planning.set_plan(session, changed)


def _draw_folder(session: Session) -> None:
    width = imgui.calc_text_size("Browse…").x + 2 * imgui.get_style().frame_padding.x
    imgui.set_next_item_width(-width - imgui.get_style().item_spacing.x)
    shown = str(planning.folder(session))
    _, text = text_field("###folder", shown)
    tooltip(
        f"The folder for the volumes, TOMOGRAM__MODEL.mrc; it is made if need be.\n{printable(shown)}"
    )
    if text != shown:
        folder.type_in(session, text)
    imgui.same_line()
    if imgui.button("Browse…###browse"):
        folder.choose(session)
    tooltip("Choose the folder.")


def _draw_start(session: Session, ui: Ui) -> None:
    obstacle = planning.obstacle(session)
    told, against = export_texts.estimate(session)
    count = planning.counted(session)
    label = f"Export {counted(count, 'volume')}" if count else START.label
    imgui.dummy(ImVec2(0, 0))
    centre_button(label, ui)
    imgui.begin_disabled(bool(obstacle))
    clicked = button(f"{label}###{START.id}", START.tooltip, primary=not obstacle, ui=ui)
    # A double click means one export.
    if clicked and not clicked_again():
        START.run(session)
    imgui.end_disabled()
    if obstacle:
        faint_lines(obstacle)
        return
    # Below the button, which must not move when it comes.
    replaced = export_texts.replaced(session)
    for line in told[:1] if replaced else told:
        faint_lines(line)
    for line in (replaced, against):
        if line:
            warning(line, ui)
