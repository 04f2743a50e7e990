"""A trained network that is ready to predict, whichever engine runs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scseg.base.errors import ScsegError
from scseg.models.architectures.table import ARCHITECTURES
from scseg.models.architectures.weight_shapes import weight_shapes
from scseg.models.files import open_model, weights_path
from scseg.models.weights_file import read_weights

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scseg.models.description import ModelDescription
    from scseg.models.precision import PrecisionChoice
    from scseg.models.tiling.blending import Network
    from scseg.models.weights_file import Weights

    LoadNetwork = Callable[[Path, PrecisionChoice], "TrainedNetwork"]
    """Makes a model's file (.scnm) ready to predict. Raises ScsegError as `read_trained` does."""


def _nothing() -> str:
    return ""


@dataclass(frozen=True, eq=False)
class TrainedNetwork:
    """A model's network. It takes images whose sides are multiples of `divisor`, each new shape at a cost.

    Its output at a pixel depends on the pixels up to `receptive_radius` around. `tiles_at_once` is how many
    tiles it should get, where that was measured. `take_notice` returns a sentence for the user about how it
    runs, if there is one since the last time, else nothing.
    """

    description: ModelDescription
    network: Network
    divisor: int
    receptive_radius: int
    tiles_at_once: int | None = None
    take_notice: Callable[[], str] = _nothing


def ready(
    description: ModelDescription, network: Network, take_notice: Callable[[], str] = _nothing
) -> TrainedNetwork:
    """Return a model with the function that an engine made of it."""
    architecture = ARCHITECTURES[description.architecture]
    return TrainedNetwork(
        description,
        network,
        architecture.divisor,
        architecture.reach,
        take_notice=take_notice,
    )


def read_trained(path: Path) -> tuple[ModelDescription, Weights]:
    """Return a model's description and its weights by their paths.

    Raises:
        ScsegError: a file is missing or damaged, or the weights are not the architecture's.
    """
    description = open_model(path)
    architecture = ARCHITECTURES.get(description.architecture)
    if architecture is None:
        raise ScsegError(
            f"{path} has an architecture that is not known here, {description.architecture!r}: a newer "
            "scSegmentation may know it."
        )
    shapes = weight_shapes(architecture.layers, description.depth)
    weights = read_weights(weights_path(path), shapes)
    if open_model(path).weights_sha256 != description.weights_sha256:
        raise ScsegError(f"{path} was saved anew while it was read: load it again.")
    return description, weights
