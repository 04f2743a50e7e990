"""The panel Create a training dataset: what is sampled, and from which tomograms."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from imgui_bundle import ImVec2, imgui

from scseg.actions.training import generating, new_set
from scseg.base.formatting import counted, noun
from scseg.base.printable import printable
from scseg.gui.number_widgets import Range, goes_back, slider
from scseg.gui.steady import steady
from scseg.gui.theme import PILL, packed, rgba
from scseg.gui.widgets import button, card, centre_button, checkbox, faint, header, plain, tooltip
from scseg.runtime.display import labels
from scseg.runtime.display.boxes import GREEN, RED, TRAINING_SET
from scseg.state.models import SetPlan

if TYPE_CHECKING:
    from scseg.annotations.training_boxes import Choice
    from scseg.gui.ui import Ui
    from scseg.state.models import Colour
    from scseg.state.session import Session

BOX_SIZES = 16, 256
BOX_STEP = 8
GREY: Colour = (0.55, 0.56, 0.55)
COLOURS: dict[Choice, Colour] = {-1: RED, 0: GREY, 1: GREEN}
SAID: dict[Choice, str] = {-1: "negative", 0: "unused", 1: "positive"}


def draw(session: Session, ui: Ui) -> None:
    if not header(TRAINING_SET, session):
        return
    if not session.tomograms:
        faint("Open tomograms and annotate them first.")
        return
    with steady("features", ui):
        faint("Features of interest")
        _draw_features(session)
    faint("Datasets to sample")
    with card("datasets", ui):
        _draw_tomograms(session)
    faint("Set parameters")
    with card("set", ui):
        _draw_parameters(session)
        _draw_counts(session)
    _draw_generate(session, ui)
    _draw_concerns(session, ui)


def _draw_features(session: Session) -> None:
    names = new_set.names(session)
    for name in names:
        choice = session.set_plan.choices.get(name, 0)
        new = _three_states(name, choice)
        if new != choice:
            new_set.choose(session, name, new)
    if not names:
        faint("The ticked tomograms have no features yet.")


def _three_states(name: str, choice: Choice) -> Choice:
    """Draw a bar of which a third is coloured: left negative, right positive; return where it is now."""
    imgui.set_next_item_width(-1)
    imgui.push_style_var(imgui.StyleVar_.frame_rounding, PILL)
    imgui.push_style_var(imgui.StyleVar_.grab_rounding, PILL)
    for grab in (imgui.Col_.slider_grab, imgui.Col_.slider_grab_active):
        imgui.push_style_color(grab, rgba(COLOURS[choice]))
    flags = imgui.SliderFlags_.always_clamp | imgui.SliderFlags_.no_input
    told = f"##choice {labels.told_apart(name)}"
    _, new = imgui.slider_int(told, choice, -1, 1, labels.formatted(name), flags)
    imgui.pop_style_color(2)
    imgui.pop_style_var(2)
    explained = (
        f"{name}: {SAID[choice]}. Right, green: positive, what the network is to find. Left, red: "
        "negative, boxes without it. Middle: not used."
    )
    if goes_back(explained, "not used"):
        return 0
    return -1 if new < 0 else 1 if new > 0 else 0


def _draw_tomograms(session: Session) -> None:
    for number, opened in enumerate(session.tomograms):
        ticked = new_set.is_ticked(session, opened)
        explained = f"{printable(opened.ref.path)}\n{printable(opened.trouble)}".strip()
        if checkbox(labels.label(opened.name, f"sample {number}"), ticked, explained):
            new_set.tick(session, opened)


def _draw_parameters(session: Session) -> None:
    plan, apix = session.set_plan, new_set.apix(session)
    size = slider(
        "box size",
        plan.box_size,
        Range(*BOX_SIZES, "%.0f pixel boxes", new_set.usual_box_size(session)),
        "The side of the boxes that are cut out. It becomes the box size of the models that are trained "
        "on them, and cannot be changed afterwards. Ctrl + click to type any size.",
    )
    if size is not None:
        # Dragged it takes sizes that suit every network, typed any.
        step = BOX_STEP if imgui.is_mouse_down(imgui.MouseButton_.left) else 1
        plan = replace(plan, box_size=round(size / step) * step)
    if apix is not None:
        middle = plan.apix or apix
        wanted = slider(
            "apix",
            apix,
            Range(middle / 2, middle * 2, "%.2f A/pix", usual=None, logarithmic=True),
            "The pixel size of the set. Best is that of the data: another one means interpolation. "
            "Right-click to go back to that.",
        )
        if wanted is not None:
            plan = replace(plan, apix=wanted)
        if imgui.is_item_clicked(imgui.MouseButton_.right):
            plan = replace(plan, apix=None)
    shown = imgui.tree_node_ex("more", imgui.TreeNodeFlags_.span_avail_width)
    tooltip("The depth of the boxes.")
    if shown:
        depth = slider(
            "depth",
            plan.depth,
            Range(1, new_set.DEEPEST, f"%.0f {noun(plan.depth, 'slice')} deep", SetPlan.depth),
            "How many neighbouring slices a network sees to find the feature in the middle one.",
        )
        if depth is not None:
            plan = replace(plan, depth=round(depth))
        imgui.tree_pop()
    if plan != session.set_plan:
        new_set.set_plan(session, plan)


def _draw_counts(session: Session) -> None:
    new_set.keep_counted(session)
    counts = session.counted.counts
    unknown = "not counted" if session.counted.given_up else "counting…"
    positives, negatives = (
        (unknown, unknown) if counts is None else (counts.positives, counts.negatives)
    )
    imgui.text_unformatted(f"Positive samples: {positives}")
    tooltip("Boxes of positive features in which some of them is drawn.")
    imgui.text_unformatted(f"Negative samples: {negatives}")
    tooltip("Boxes of negative features, and of positive ones where nothing is drawn.")


def _draw_concerns(session: Session, ui: Ui) -> None:
    """Tell, below all that is clicked here, what speaks against the set."""
    opening = new_set.opening(session)
    if opening:
        faint(f"{counted(opening, 'annotation')} still being opened")
    for sentence in new_set.concerns(session):
        imgui.push_style_color(imgui.Col_.text, packed(ui.palette.warning))
        plain(sentence)
        imgui.pop_style_color()


def _draw_generate(session: Session, ui: Ui) -> None:
    obstacle = new_set.obstacle(session)
    centre_button("Generate set", ui)
    imgui.begin_disabled(bool(obstacle))
    clicked = button("Generate set###generate", obstacle or "Cut the boxes out and save the set.")
    imgui.end_disabled()
    imgui.dummy(ImVec2(0, 0))
    if clicked:
        generating.generate(session)
