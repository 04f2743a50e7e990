"""A model held against labelled boxes: what it finds in them, and how far that can be trusted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from scseg.base.formatting import counted
from scseg.base.progress import sub_report
from scseg.compute.box_predictions import predict_boxes
from scseg.compute.messages import BoxesRequest, ModelRef
from scseg.compute.prediction_client import WORKER
from scseg.compute.training_split import split_training_set
from scseg.datasets.training_sets.training_set import fingerprint, load_training_set
from scseg.models.compatibility import check_fits
from scseg.models.files import open_model
from scseg.models.trust import agreement
from scseg.models.trust.calibration import Calibration, best_threshold, calibration

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from scseg.base.progress import Report
    from scseg.datasets.training_sets.training_set import TrainingSet
    from scseg.models.description import ModelDescription
    from scseg.models.precision import PrecisionChoice

USUAL_THRESHOLD = 0.5
_OTHER_SET = (
    "These boxes are another set than that the model was trained on: if it has learnt from some of them, "
    "what they tell is too good."
)
_NONE_ASKED = "The model was trained without holding boxes out, so what they tell is too good."


@dataclass(frozen=True)
class CheckOptions:
    """How a model is checked.

    `threshold` is that of the masks that labels are compared with; None: the best. `tolerance` is what
    contours may be apart, in px of the boxes. `precision` is that of the network's products.
    """

    threshold: float | None = None
    tolerance: float = agreement.TOLERANCE
    precision: PrecisionChoice = "float32"


@dataclass(frozen=True, eq=False)
class Judges:
    """Which of N boxes judge a model, bool (N,), what they are called, and why there are no better ones."""

    judging: NDArray[np.bool_]
    called: str
    why: str


@dataclass(frozen=True, eq=False)
class ModelCheck:
    """What came of a check of N boxes.

    Attributes:
        boxes: the labelled boxes, without their images.
        judging: which of them threshold and calibration are of, bool (N,).
        judged_by: what these are, in a few words: "12 boxes held out from training".
        why: a sentence on why no better ones are judged by; empty where they were held out.
        best: the threshold of the highest Dice on these boxes; None where none of them holds the feature.
        best_dice: that Dice; None likewise.
        threshold: that of the masks in the table.
        tolerance: px of the boxes that contours may be apart.
        calibration: the reliability curve of these boxes.
        dice, surface_dice: of every box, float (N,); NaN where there is nothing to be found, and nothing was.
        disagreement: how many times farther labels are from these masks than the model expects, float (N,).
    """

    boxes: TrainingSet
    judging: NDArray[np.bool_]
    judged_by: str
    why: str
    best: float | None
    best_dice: float | None
    threshold: float
    tolerance: float
    calibration: Calibration
    dice: NDArray[np.float64]
    surface_dice: NDArray[np.float64]
    disagreement: NDArray[np.float64]

    @property
    def worst_first(self) -> NDArray[np.int64]:
        """The boxes in the order of how much they disagree with the model, the most first, int (N,)."""
        return np.argsort(-self.disagreement, kind="stable")


_USUAL = CheckOptions()


def check_model(
    model: Path, boxes: Path, options: CheckOptions, report: Report, module: str = WORKER
) -> ModelCheck:
    """Predict the boxes of a set (.scnt) with a model (.scnm), and compare with their labels. Waits.

    Raises:
        ScsegError: a file cannot be read, the boxes are not for this model, or the process died.
        CancelledError: from `report`.
    """
    report(0.0, "reading")
    description, training_set = open_model(model), load_training_set(boxes)
    check_fits(description, training_set)
    sha256 = fingerprint(training_set)
    request = BoxesRequest(
        str(boxes), sha256, ModelRef(str(model), description.weights_sha256), options.precision
    )
    # The process reads the images for itself: they may take gigabytes.
    training_set = without_images(training_set)
    predicting = sub_report(report, 0.05, 0.95)
    predictions = predict_boxes(request, len(training_set.labels), predicting, module)
    report(0.95, "comparing")
    is_own = sha256 == description.training_set_sha256
    return compared(
        judges_of(description, training_set, is_own=is_own), training_set, predictions, options
    )


def compared(
    judges: Judges,
    boxes: TrainingSet,
    predictions: NDArray[np.float32],
    options: CheckOptions = _USUAL,
) -> ModelCheck:
    """Compare predictions, float32 (N, box, box), with the labels of boxes; images are not needed."""
    judging = judges.judging
    those = slice(None) if judging.all() else judging  # no copy where there need be none
    best = best_threshold(predictions[those], boxes.labels[those])
    usual = USUAL_THRESHOLD if best is None else best.threshold
    threshold = usual if options.threshold is None else options.threshold
    scores = agreement.agreement(predictions, boxes.labels, threshold, options.tolerance)
    return ModelCheck(
        boxes=without_images(boxes),
        judging=judging,
        judged_by=judges.called,
        why=judges.why,
        best=None if best is None else best.threshold,
        best_dice=None if best is None else best.dice,
        threshold=threshold,
        tolerance=options.tolerance,
        calibration=calibration(predictions[those], boxes.labels[those]),
        dice=scores.dice,
        surface_dice=scores.surface_dice,
        disagreement=scores.disagreement,
    )


def judges_of(model: ModelDescription, boxes: TrainingSet, *, is_own: bool) -> Judges:
    """Return which boxes judge a model; `is_own` tells that it was trained on them."""
    count = len(boxes.labels)
    everything = np.ones(count, bool)
    if not is_own:
        told = f"all {counted(count, 'box')}" if count > 1 else "one box"
        why = f"{_other_feature(model, boxes)}{_OTHER_SET}"
        return Judges(everything, f"{told}, learnt from or not", why)
    split = split_training_set(boxes, model.training.validation)
    if not len(split.held_out):
        told = f"{counted(count, 'box')} that the model has learnt from"
        return Judges(everything, told, split.why_not or _NONE_ASKED)
    judging = np.zeros(count, bool)
    judging[split.held_out] = True
    return Judges(judging, f"{counted(len(split.held_out), 'box')} held out from training", "")


def _other_feature(model: ModelDescription, boxes: TrainingSet) -> str:
    """Return a sentence where boxes are of another feature than a model is called after."""
    names = [name.strip() for name in boxes.features]
    if not names or model.name.strip().lower() in map(str.lower, names):
        return ""
    return f"They are boxes of {' and '.join(names)}, and the model is called {model.name}. "


def without_images(boxes: TrainingSet) -> TrainingSet:
    return replace(boxes, images=np.empty((0, *boxes.images.shape[1:]), np.float32))
