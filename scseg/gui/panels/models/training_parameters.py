"""The parameters of a training: the four of the manual, and more for those who want them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, get_args

from imgui_bundle import imgui

from scseg.actions.training import training_plan
from scseg.gui.widgets import checkbox, slider, tooltip
from scseg.models.description import LARGEST_SEED, Augmentation, TrainingParameters

if TYPE_CHECKING:
    from scseg.state.models import Model


@dataclass(frozen=True)
class _Number:
    """A slider: `limits` are those of the hand, `legal` those of a number that is typed."""

    field: str
    limits: tuple[float, float]
    legal: tuple[float, float]
    shown: str
    explained: str
    times: float = 1.0
    whole: bool = True


_NUMBERS = (
    _Number(
        "epochs",
        (1, 100),
        (1, 10_000),
        "%.0f epochs",
        "How often the network sees the whole training set. 25 is a good start; with too many it learns "
        "the boxes by heart.",
    ),
    _Number(
        "negatives",
        (0, 300),
        (0, 10_000),
        "+%.0f%% negatives",
        "How many more negative than positive samples an epoch has: at +30%, 1.3 for every positive one.",
        times=100.0,
        whole=False,
    ),
    _Number(
        "batch_size",
        (1, 128),
        (1, 4096),
        "%.0f batch size",
        "The network is corrected after so many samples. 32 is usually fine.",
    ),
    _Number(
        "copies",
        (1, 16),
        (1, 1000),
        "%.0f copies",
        "How often an epoch shows each positive box, every time turned or mirrored another way.",
    ),
)
_VALIDATIONS = {
    None: "automatic",
    0.0: "none",
    0.1: "10 % of the boxes",
    0.2: "20 % of the boxes",
    0.3: "30 % of the boxes",
}


def draw(model: Model) -> None:
    parameters = model.plan.parameters
    if imgui.begin_table("parameters", 2, imgui.TableFlags_.sizing_stretch_same):
        for number in _NUMBERS:
            imgui.table_next_column()
            parameters = _draw_number(number, parameters)
        imgui.end_table()
    shown = imgui.tree_node_ex("more", imgui.TreeNodeFlags_.span_avail_width)
    tooltip("Learning rate, validation, augmentation, seed, graphics card.")
    if shown:
        parameters = _draw_more(parameters)
        imgui.tree_pop()
    if parameters != model.plan.parameters:
        training_plan.set_parameters(model, parameters)


def _draw_number(number: _Number, parameters: TrainingParameters) -> TrainingParameters:
    value = getattr(parameters, number.field) * number.times
    new = slider(number.field, value, number.limits, number.shown, number.explained)
    if new is None:
        return parameters
    legal = round(max(number.legal[0], min(new, number.legal[1])))
    value = legal if number.whole else round(legal / number.times, 4)
    changed: dict[str, Any] = {number.field: value}
    return replace(parameters, **changed)


def _draw_more(parameters: TrainingParameters) -> TrainingParameters:
    rate = slider(
        "learning rate",
        parameters.learning_rate,
        (1e-5, 1e-1),
        "learning rate %.5f",
        "How far each batch corrects the network. Lower it where the loss jumps about.",
        logarithmic=True,
    )
    if rate is not None:
        parameters = replace(parameters, learning_rate=max(1e-8, min(rate, 1.0)))
    parameters = _draw_validation(parameters)
    parameters = _draw_augmentation(parameters)
    imgui.set_next_item_width(-imgui.calc_text_size("seed  ").x)
    changed, seed = imgui.input_int("seed###seed", parameters.seed)
    tooltip("Where chance begins: the same seed and set give the same model again.")
    if changed:
        parameters = replace(parameters, seed=max(0, min(seed, LARGEST_SEED)))
    if checkbox("use the graphics card", parameters.gpu, "Train on a GPU where there is one."):
        parameters = replace(parameters, gpu=not parameters.gpu)
    return parameters


def _draw_validation(parameters: TrainingParameters) -> TrainingParameters:
    held_out = _VALIDATIONS.get(parameters.validation, f"{parameters.validation} of the boxes")
    imgui.set_next_item_width(-1)
    shown = imgui.begin_combo("###validation", f"validation: {held_out}")
    tooltip(
        "Boxes that are held out, to judge by what was not learnt from them. Automatic: as many as the "
        "set can spare, none of a small one."
    )
    if shown:
        for part, name in _VALIDATIONS.items():
            if imgui.selectable(name, part == parameters.validation)[0]:
                parameters = replace(parameters, validation=part)
        imgui.end_combo()
    return parameters


def _draw_augmentation(parameters: TrainingParameters) -> TrainingParameters:
    imgui.set_next_item_width(-1)
    shown = imgui.begin_combo("###augmentation", f"augmentation: {parameters.augmentation}")
    tooltip(
        "How much samples are varied, so that the network learns the feature and not the boxes."
    )
    if shown:
        for choice in get_args(Augmentation):
            if imgui.selectable(choice, choice == parameters.augmentation)[0]:
                parameters = replace(parameters, augmentation=choice)
        imgui.end_combo()
    return parameters
