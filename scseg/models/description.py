"""What a model is, apart from its weights: the content of a model file (.scnm)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

from scseg.base.errors import ScsegError
from scseg.base.file_names import fit_file_name, truncate_to_bytes
from scseg.base.files.writing import parse_document
from scseg.base.printable import printable
from scseg.models.checked_values import check_choice, check_range, check_whole
from scseg.models.display_settings import DisplaySettings, display_record
from scseg.models.origin import Origin, origin_from_record, origin_record
from scseg.models.training_curve import (
    LARGEST_LOSS,
    MOST_EPOCHS,
    Epoch,
    curve_from_record,
    curve_record,
)

FORMAT = "scseg model"
VERSION = 1
LARGEST_BOX = 2048
LARGEST_DEPTH = 99
LONGEST_NAME_BYTES = 120
_TEXTS = (
    "name",
    "architecture",
    "normalisation",
    "weights_sha256",
    "training_set_sha256",
    "program",
)

Augmentation = Literal["none", "usual", "strong"]
Start = Literal["starter", "scratch"]
"""What a new network begins from: weights that know simulated tomograms, or random ones."""
_BEFORE: Start = "scratch"
LARGEST_SEED = 2**31 - 1


@dataclass(frozen=True)
class TrainingParameters:
    """How a model is trained. `negatives` 0.3 means 1.3 negative samples for each positive one.

    `validation` is the part of the boxes that is held out: 0 none, None as many as the set can spare.
    """

    epochs: int = 25
    negatives: float = 0.3
    batch_size: int = 32
    copies: int = 4
    learning_rate: float = 1e-3
    seed: int = 0
    validation: float | None = None
    augmentation: Augmentation = "usual"
    gpu: bool = True
    start: Start = "starter"

    def __post_init__(self) -> None:
        check_whole("epochs", self.epochs, 1, MOST_EPOCHS)
        check_range("negatives", self.negatives, 0, 100)
        check_whole("batch size", self.batch_size, 1, 4096)
        check_whole("copies", self.copies, 1, 1000)
        check_range("learning rate", self.learning_rate, 1e-8, 1)
        check_whole("seed", self.seed, 0, LARGEST_SEED)
        if self.validation is not None:
            check_range("validation", self.validation, 0, 0.5)
        check_choice("augmentation", self.augmentation, get_args(Augmentation))
        check_choice("start", self.start, get_args(Start))


@dataclass(frozen=True)
class ModelDescription:
    """A trained model: `box_size` in px, `depth` in slices, `apix` in A, `colour` RGB 0..1.

    `loss` is the mean over the last epoch; `validation_loss` and `validation_dice` are of boxes held out,
    None where none were. `curve` are the epochs of the latest training, up to this model. Without an
    `origin` it began from random weights.
    """

    name: str
    colour: tuple[float, float, float]
    architecture: str
    box_size: int
    depth: int
    apix: float
    parameters: int
    loss: float
    normalisation: str
    weights_sha256: str
    training_set_sha256: str
    program: str
    epochs_trained: int
    validation_loss: float | None = None
    validation_dice: float | None = None
    training: TrainingParameters = field(default_factory=TrainingParameters)
    display: DisplaySettings = field(default_factory=DisplaySettings)
    curve: tuple[Epoch, ...] = ()
    origin: Origin | None = None

    @property
    def is_ready_network(self) -> bool:
        """Whether it has learnt from nobody's boxes yet, only from simulated tomograms."""
        return self.origin is not None and not self.training_set_sha256

    @property
    def title(self) -> str:
        """Return the info line: architecture (parameters, box size, A per pixel, loss)."""
        return (
            f"{self.architecture} ({self.parameters}, {self.box_size}, "
            f"{self.apix:.3f}, {self.loss:.4f})"
        )

    @property
    def file_name(self) -> str:
        """Return the proposed name of the file, as in `13.92_64_0.0261_Membrane.scnm`."""
        numbers = f"{self.apix:.2f}_{self.box_size}_{self.loss:.4f}"
        return fit_file_name(f"{numbers}_{safe_name(self.name)}", ".scnm")

    def with_weights(self, sha256: str) -> ModelDescription:
        return replace(self, weights_sha256=sha256)


def safe_name(name: str) -> str:
    """Return a name with dashes for what a file name cannot have, or nobody can read in one."""
    kept = "".join("-" if c in '<>:"/\\|?*' or printable(c) != c else c for c in name).strip(" .")
    return truncate_to_bytes(kept[:100], LONGEST_NAME_BYTES) or "model"


def to_json(description: ModelDescription) -> str:
    content = {"format": FORMAT, "version": VERSION, **description_record(description)}
    return json.dumps(content, indent=1)


def from_json(text: str, name: str) -> ModelDescription:
    """Parse the content of a model file; `name` is the file's, for errors.

    Keys that this version does not know are passed over. But how a model was trained and is shown is known
    whole, or the description is damaged.

    Raises:
        ScsegError: not a model file, of a newer version, or with missing or impossible values.
    """
    foreign = f"{name} is not a model of this program: choose a .scnm file that it saved."
    content = parse_document(text, name, (FORMAT, VERSION), foreign)
    try:
        description = _description_from(content)
        _check(description)
    except (KeyError, TypeError, ValueError, ScsegError) as error:
        why = f"it lacks {error}" if isinstance(error, KeyError) else error
        raise ScsegError(
            f"{name} has a damaged description ({why}): save the model anew."
        ) from error
    return description


def description_record(description: ModelDescription) -> dict[str, Any]:
    """Return what files hold of a description, but for their format and version."""
    # Left out where it is not known, as in what was saved before it was.
    known: dict[str, Any] = {}
    if description.curve:
        known["curve"] = curve_record(description.curve)
    if description.origin is not None:
        known["origin"] = origin_record(description.origin)
    return {
        "name": description.name,
        "colour": description.colour,
        "architecture": description.architecture,
        "box_size": description.box_size,
        "depth": description.depth,
        "apix": description.apix,
        "parameters": description.parameters,
        "loss": description.loss,
        "normalisation": description.normalisation,
        "weights_sha256": description.weights_sha256,
        "training_set_sha256": description.training_set_sha256,
        "program": description.program,
        "epochs_trained": description.epochs_trained,
        "validation_loss": description.validation_loss,
        "validation_dice": description.validation_dice,
        "training": training_record(description.training),
        "display": display_record(description.display),
        **known,
    }


def _description_from(values: dict[str, Any]) -> ModelDescription:
    # How many parts it has is checked with the rest.
    colour: Any = tuple(float(part) for part in values["colour"])
    return ModelDescription(
        name=values["name"],
        colour=colour,
        architecture=values["architecture"],
        box_size=values["box_size"],
        depth=values["depth"],
        apix=values["apix"],
        parameters=values["parameters"],
        loss=values["loss"],
        normalisation=values["normalisation"],
        weights_sha256=values["weights_sha256"],
        training_set_sha256=values["training_set_sha256"],
        program=values["program"],
        epochs_trained=values["epochs_trained"],
        validation_loss=values.get("validation_loss"),
        validation_dice=values.get("validation_dice"),
        training=training_from_record(values.get("training", {})),
        display=_display_from(values.get("display", {})),
        curve=curve_from_record(values.get("curve", [])),
        origin=origin_from_record(values["origin"]) if "origin" in values else None,
    )


def training_record(training: TrainingParameters) -> dict[str, Any]:
    """Return what files hold of training parameters."""
    # Left out as in what was saved before there was a choice: all that began from scratch.
    known = {} if training.start == _BEFORE else {"start": training.start}
    return {
        "epochs": training.epochs,
        "negatives": training.negatives,
        "batch_size": training.batch_size,
        "copies": training.copies,
        "learning_rate": training.learning_rate,
        "seed": training.seed,
        "validation": training.validation,
        "augmentation": training.augmentation,
        "gpu": training.gpu,
        **known,
    }


def usual_training_record() -> dict[str, Any]:
    """Return what stands for all that a record of training parameters does not tell."""
    return training_record(TrainingParameters()) | {"start": _BEFORE}


def training_from_record(record: object) -> TrainingParameters:
    """Return the training parameters of a record; what is missing has its default.

    Raises:
        TypeError, ValueError: it is of none, or has an unknown key.
        ScsegError: a value is out of bounds.
    """
    values = _completed(record, usual_training_record())
    return TrainingParameters(
        epochs=values["epochs"],
        negatives=values["negatives"],
        batch_size=values["batch_size"],
        copies=values["copies"],
        learning_rate=values["learning_rate"],
        seed=values["seed"],
        validation=values["validation"],
        augmentation=values["augmentation"],
        gpu=values["gpu"],
        start=values["start"],
    )


def _display_from(record: object) -> DisplaySettings:
    values = _completed(record, display_record(DisplaySettings()))
    return DisplaySettings(
        alpha=values["alpha"],
        threshold=values["threshold"],
        overlap=values["overlap"],
    )


def _completed(record: object, defaults: dict[str, Any]) -> dict[str, Any]:
    """Return a record with the default values of the keys that it lacks."""
    if not isinstance(record, dict):
        raise TypeError(f"{record!r:.40} tells nothing by keys")
    for key in record.keys() - defaults.keys():
        raise ValueError(f"{key!r:.40} is unknown")
    return defaults | record


def _check(description: ModelDescription) -> None:
    for key in _TEXTS:
        if not isinstance(getattr(description, key), str):
            raise TypeError(f"{key} is not text")
    if len(description.colour) != 3:
        raise ValueError("colour has not three parts")
    for part in description.colour:
        check_range("colour", part, 0, 1)
    check_whole("box size", description.box_size, 1, LARGEST_BOX)
    check_whole("depth", description.depth, 1, LARGEST_DEPTH)
    check_whole("number of parameters", description.parameters, 0, 10**12)
    check_whole("number of epochs trained", description.epochs_trained, 0, 10**9)
    check_range("A per pixel", description.apix, 1e-3, 1e6)
    check_range("loss", description.loss, 0, LARGEST_LOSS)
    if description.validation_loss is not None:
        check_range("validation loss", description.validation_loss, 0, LARGEST_LOSS)
    if description.validation_dice is not None:
        check_range("validation Dice", description.validation_dice, 0, 1)
    check_range("alpha", description.display.alpha, 0, 1)
    check_range("threshold", description.display.threshold, 0, 1)
    check_range("overlap", description.display.overlap, 0, 0.67)
