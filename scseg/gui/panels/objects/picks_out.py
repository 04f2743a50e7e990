"""What becomes of picks: boxes or discs of a feature, a file for another program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imgui_bundle import imgui

from scseg.actions.objects import curating, finding, picking, positions, to_feature
from scseg.gui.number_widgets import Range, slider
from scseg.gui.widgets import button, chip, choice, faint_lines, off_where, tooltip
from scseg.runtime.display import labels

if TYPE_CHECKING:
    from scseg.annotations.feature import Feature
    from scseg.gui.ui import Ui
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

NEW = "a new feature"


@dataclass
class Target:
    """The id of the feature that picks are copied to; none: a new one."""

    feature: str = ""


def draw(session: Session, opened: OpenTomogram, ui: Ui) -> None:
    imgui.separator_text("Copy to")
    _draw_copy(session, opened, ui)
    imgui.separator_text("Save positions")
    _draw_file(session, opened, ui)


def _draw_copy(session: Session, opened: OpenTomogram, ui: Ui) -> None:
    state = ui.state_of(Target)
    target = next((each for each in opened.features if each.id == state.feature), None)
    imgui.set_next_item_width(-1)
    if imgui.begin_combo("###target", NEW if target is None else labels.shown(target.name)):
        if imgui.selectable(f"{NEW}###new", target is None)[0]:
            state.feature = ""
        for feature in opened.features:
            chip(feature.colour, imgui.get_font_size() * 0.7)
            if imgui.selectable(labels.label(feature.name, f"to {feature.id}"), feature == target)[
                0
            ]:
                state.feature = feature.id
        imgui.end_combo()
    tooltip("The feature that gets boxes or discs: to learn from, or to draw on.")
    with off_where(picking.may_not_change(session, opened)):
        _draw_size(opened)
        _draw_copies(session, opened, target)


def _draw_size(opened: OpenTomogram) -> None:
    """Draw how large the picks are: positions of a file do not tell."""
    value = picking.picks_of(opened).diameter
    shown = "%.0f A across" if value else "size not known"
    diameter = slider(
        "across",
        value,
        Range(0.0, 2000.0, shown, 0.0, logarithmic=True),
        "How large the picked particles are: circles on the slice, discs, boxes of a new feature, spheres in "
        "3dmod.",
    )
    if diameter is not None:
        curating.set_diameter(opened, round(diameter))


def _draw_copies(session: Session, opened: OpenTomogram, target: Feature | None) -> None:
    if button("Boxes###boxes", "Place a box of the feature on each pick that is left."):
        to_feature.copy_as_boxes(session, opened, target)
    imgui.same_line()
    if button(
        "Discs###discs",
        "Draw each pick that is left as a ball of the particle's diameter: a disc on each slice that it "
        "reaches. What is drawn already stays.",
    ):
        to_feature.copy_as_discs(session, opened, target)


def _draw_file(session: Session, opened: OpenTomogram, ui: Ui) -> None:
    state, picked = opened.objects, picking.picks_of(opened)
    options = {name: (each.label, each.written) for name, each in positions.FORMATS.items()}
    imgui.set_next_item_width(-1)
    chosen = choice("###format", state.written, options, about_all="For which program.")
    if chosen != state.written:
        positions.set_format(opened, chosen)
    faint_lines(positions.FORMATS[state.written].written)
    if state.written == "relion4":
        binning = slider(
            "binning",
            state.binning,
            Range(1.0, 32.0, "binned by %.3g", 1.0, logarithmic=True),
            "How many pixels of the tilt series are one voxel of this tomogram, along an edge.",
        )
        if binning is not None:
            positions.set_binning(opened, binning)
    why = "" if len(picked.kept) else "No pick is left."
    if state.written == "relion5" and opened.voxel_size is None:
        why = finding.NO_SIZE
    with off_where(why):
        if button(
            "Save positions…###save-positions", "Write the picks that are left to a file.", ui=ui
        ):
            positions.save(session, opened)
