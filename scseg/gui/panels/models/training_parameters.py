"""The parameters of a training: the four of the manual, and more for those who want them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, get_args

from imgui_bundle import imgui

from scseg.actions.training import training_plan
from scseg.gui.number_widgets import Range, slider
from scseg.gui.widgets import choice, toggle, tooltip
from scseg.models.description import LARGEST_SEED, Augmentation, Start, TrainingParameters
from scseg.models.starters.starter import find_starter
from scseg.runtime.display.training_numbers import NUMBERS

if TYPE_CHECKING:
    from scseg.state.models import Model


HELD_OUT = (
    "Boxes that are held out, to judge by what was not learnt from them. Automatic: as many as the set can "
    "spare, none of a small one."
)
VARIED = "How much samples are varied, so that the network learns the feature and not the boxes."
VALIDATIONS = {
    None: "automatic",
    0.0: "none",
    0.1: "10 % of the boxes",
    0.2: "20 % of the boxes",
    0.3: "30 % of the boxes",
}


STARTS: dict[Start, tuple[str, str]] = {
    "starter": (
        "the starter",
        "Weights that know simulated tomograms: ahead where boxes are few.",
    ),
    "scratch": (
        "scratch",
        "Random weights: for data that look nothing like a cryo-electron tomogram.",
    ),
}
BEGUN = "What the network begins from. A network that has learnt something goes on from that."


def draw(model: Model) -> None:
    parameters = model.plan.parameters
    if imgui.begin_table("parameters", 2, imgui.TableFlags_.sizing_stretch_same):
        for number in NUMBERS:
            imgui.table_next_column()
            usual = number.shown_value(TrainingParameters())
            limits = Range(*number.limits, number.shown_as(parameters), usual)
            value = number.shown_value(parameters)
            new = slider(number.field, value, limits, number.explained)
            if new is not None:
                parameters = number.changed(parameters, new)
        imgui.end_table()
    shown = imgui.tree_node_ex("more", imgui.TreeNodeFlags_.span_avail_width)
    tooltip("Learning rate, validation, augmentation, seed, graphics card, what it begins from.")
    if shown:
        parameters = _draw_more(parameters)
        parameters = _draw_start(model, parameters)
        imgui.tree_pop()
    if parameters != model.plan.parameters:
        training_plan.set_parameters(model, parameters)


def _draw_more(parameters: TrainingParameters) -> TrainingParameters:
    rate = slider(
        "learning rate",
        parameters.learning_rate,
        Range(1e-5, 1e-1, "learning rate %.5f", TrainingParameters.learning_rate, logarithmic=True),
        "How far each batch corrects the network. Lower it where the loss jumps about.",
    )
    if rate is not None:
        parameters = replace(parameters, learning_rate=max(1e-8, min(rate, 1.0)))
    parameters = _draw_choices(parameters)
    imgui.set_next_item_width(-imgui.calc_text_size("seed  ").x)
    changed, seed = imgui.input_int("seed###seed", parameters.seed)
    tooltip("Where chance begins: the same seed and set give the same model again.")
    if changed:
        parameters = replace(parameters, seed=max(0, min(seed, LARGEST_SEED)))
    gpu = toggle("use the graphics card", parameters.gpu, "Train on a GPU where there is one.")
    return replace(parameters, gpu=gpu)


def _draw_start(model: Model, parameters: TrainingParameters) -> TrainingParameters:
    """Offer what a model that has learnt nothing begins from."""
    if model.weights is not None or find_starter(model.plan.architecture) is None:
        return parameters
    imgui.set_next_item_width(-1)
    start = choice("###start", parameters.start, STARTS, "begins from: {}", BEGUN)
    return replace(parameters, start=start)


def _draw_choices(parameters: TrainingParameters) -> TrainingParameters:
    part, varied = parameters.validation, parameters.augmentation
    parts = VALIDATIONS | {part: VALIDATIONS.get(part, f"{part} of the boxes")}
    validations = {each: (name, "") for each, name in parts.items()}
    augmentations = {each: (each, "") for each in get_args(Augmentation)}
    imgui.set_next_item_width(-1)
    part = choice("###validation", part, validations, "validation: {}", HELD_OUT)
    imgui.set_next_item_width(-1)
    varied = choice("###augmentation", varied, augmentations, "augmentation: {}", VARIED)
    return replace(parameters, validation=part, augmentation=varied)
