"""The starters that are shipped: of each a description (.json) and weights in half precision (.h5)."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from scseg.base.errors import ScsegError
from scseg.base.files import regular_files
from scseg.base.json_values import parse_json
from scseg.base.resources import resource_path
from scseg.models.architectures.table import ARCHITECTURES
from scseg.models.architectures.weight_shapes import weight_shapes
from scseg.models.checked_values import check_range, check_whole
from scseg.models.files import sha256_of
from scseg.models.origin import Origin
from scseg.models.starters.heads import deepened, is_head
from scseg.models.starters.voxel_size import CHANNELS, for_voxel_size
from scseg.models.weights_file import read_weights

if TYPE_CHECKING:
    from pathlib import Path

    from scseg.models.description import TrainingParameters
    from scseg.models.weights_file import Weights

FORMAT, VERSION = "scseg starter", 3
_LARGEST = 1 << 20
_MOST_FEATURES = 64


@dataclass(frozen=True)
class Starter:
    """What is known of a starter.

    `version` is raised with every training; `sha256` is of its weights file; `trained_on` is a sentence;
    `batches` of `batch_size` boxes were learnt from; `dice` is that of each feature on boxes of simulated
    tomograms whose settings it never saw. `normalisation` is the definition of their grey values, `apix` from
    where to where their voxel sizes reach (A), `boxes_sha256` of the file with some of their boxes; `keras`
    is the network's configuration for Keras.
    """

    architecture: str
    version: int
    sha256: str
    trained_on: str
    batches: int
    batch_size: int
    loss: float
    dice: dict[str, float]
    normalisation: str
    apix: tuple[float, float]
    boxes_sha256: str
    keras: str
    path: Path

    @property
    def features(self) -> tuple[str, ...]:
        """The features that it knows, the others start from its trunk alone."""
        return tuple(self.dice)

    def nearest(self, apix: float | None) -> float:
        """Return the voxel size (A), of those that it knows, nearest to another, or the middle one."""
        finest, coarsest = self.apix
        if apix is None:
            return math.sqrt(finest * coarsest)
        return min(max(apix, finest), coarsest)

    @property
    def name(self) -> str:
        return f"{self.architecture} starter {self.version}"

    def origin(self, feature: str | None) -> Origin:
        """Return what is told of it in models that began from it; None: of what it does not know."""
        return Origin(self.name, self.version, self.sha256, self.trained_on, feature or "")


def starters_folder() -> Path:
    return resource_path("starters")


def description_path(architecture: str, folder: Path) -> Path:
    return folder / f"{architecture.replace(' ', '_')}.json"


@cache
def find_starter(architecture: str) -> Starter | None:
    """Return the starter of an architecture, None where there is none.

    Raises:
        ScsegError: its description is damaged.
    """
    path = description_path(architecture, starters_folder())
    return read_starter(path) if path.is_file() else None


def starter_of(architecture: str, parameters: TrainingParameters) -> Starter | None:
    """Return what a new network is to begin from; None: random weights.

    Raises:
        ScsegError: the starter's description is damaged.
    """
    return find_starter(architecture) if parameters.start == "starter" else None


def read_starter(path: Path) -> Starter:
    """Read the description of a starter.

    Raises:
        ScsegError: the file is missing or damaged.
    """
    try:
        with regular_files.open_to_read(path) as file:
            content = file.read(_LARGEST)
        values: Any = parse_json(content.decode())
        if (values["format"], values["version_of_format"]) != (FORMAT, VERSION):
            raise ValueError("it is of another version")
        return _checked(values, path)
    except (OSError, LookupError, TypeError, ValueError, ScsegError) as error:
        raise ScsegError(f"{path} is damaged ({error}): install scSegmentation anew.") from error


def known_feature(starter: Starter, features: tuple[str, ...]) -> str | None:
    """Return which feature of a starter these names mean, if it is a single one that it knows."""
    wanted = {name.strip().lower().removesuffix("s") for name in features}
    if len(wanted) != 1:
        return None
    return next((each for each in starter.features if each.lower() in wanted), None)


def starter_weights(
    starter: Starter, feature: str | None, depth: int, apix: float | None
) -> Weights:
    """Return the weights to start from, float32 by their paths, for boxes of `depth` slices of `apix` A.

    Without a feature, those of the trunk alone. They are for the nearest voxel size that the starter knows.

    Raises:
        ScsegError: the file is missing, or is not the one that the description tells of.
    """
    layers = ARCHITECTURES[starter.architecture].layers
    found = shipped_weights(starter)
    shapes = weight_shapes(layers, CHANNELS)
    wanted = {path: found[path] for path in shapes if not is_head(path, layers)}
    if feature is not None:
        wanted |= {
            path: found[head_path(feature, path)] for path in shapes if is_head(path, layers)
        }
    return deepened(for_voxel_size(wanted, layers, starter.nearest(apix)), layers, depth)


def shipped_weights(starter: Starter) -> Weights:
    """Return the weights as they are shipped, float16: those of the trunk, and of each head.

    Raises:
        ScsegError: the file is missing, or is not the one that the description tells of.
    """
    layers = ARCHITECTURES[starter.architecture].layers
    if not starter.path.is_file() or sha256_of(starter.path) != starter.sha256:
        raise ScsegError(
            f"{starter.path} is missing or damaged: install scSegmentation anew, or train from scratch."
        )
    shapes = weight_shapes(layers, CHANNELS)
    trunk = {path: shape for path, shape in shapes.items() if not is_head(path, layers)}
    heads = {
        head_path(name, path): shape
        for name in starter.features
        for path, shape in shapes.items()
        if is_head(path, layers)
    }
    return read_weights(starter.path, trunk | heads, np.float16)


def head_path(feature: str, path: str) -> str:
    """Return where the weights of a feature's head stand, as `Membrane:up0a/kernel`."""
    return f"{feature}:{path}"


def _checked(values: dict[str, Any], path: Path) -> Starter:
    for key in ("architecture", "sha256", "trained_on", "normalisation", "boxes_sha256"):
        if not isinstance(values[key], str):
            raise TypeError(f"{key} is not text")
    if values["architecture"] not in ARCHITECTURES:
        raise ValueError("its architecture is not known")
    dice = dict(values["dice"])
    check_whole("number of features", len(dice), 1, _MOST_FEATURES)
    for score in dice.values():
        check_range("Dice", score, 0, 1)
    check_whole("version", values["version"], 1, 10**6)
    check_whole("number of batches", values["batches"], 0, 10**9)
    check_whole("batch size", values["batch_size"], 1, 10**6)
    check_range("loss", values["loss"], 0, 1e6)
    finest, coarsest = values["apix"]
    check_range("finest voxel size", finest, 1e-3, coarsest)
    check_range("coarsest voxel size", coarsest, finest, 1e6)
    return Starter(
        architecture=values["architecture"],
        version=values["version"],
        sha256=values["sha256"],
        trained_on=values["trained_on"],
        batches=values["batches"],
        batch_size=values["batch_size"],
        loss=values["loss"],
        dice=dice,
        normalisation=values["normalisation"],
        apix=(finest, coarsest),
        boxes_sha256=values["boxes_sha256"],
        keras=json.dumps(dict(values["keras"])),
        path=path.with_suffix(".h5"),
    )
