"""The layers that a network may have. Images are (batch, y, x, channels); `inputs` are names of layers.

The names are those of the weights in a model's file, so they never change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

IMAGE = "boxes"
"""What a network is given, as an input of layers."""

EPSILON = 1e-3
"""Added to a variance before its root is taken, in every normalisation."""

Activation = Literal["linear", "relu", "sigmoid"]


@dataclass(frozen=True)
class Convolution:
    """`size` x `size` pixels around each pixel, weighted for each filter; beyond an edge all is 0."""

    name: str
    inputs: tuple[str]
    filters: int
    size: int = 3
    bias: bool = True
    activation: Activation = "linear"


@dataclass(frozen=True)
class Enlargement:
    """Each pixel becomes 2 x 2 pixels, by weights (a transposed convolution)."""

    name: str
    inputs: tuple[str]
    filters: int
    activation: Activation = "linear"


@dataclass(frozen=True)
class Normalisation:
    """Each channel brought to the mean 0 and the spread 1 that it had in training, then to those learnt."""

    name: str
    inputs: tuple[str]


@dataclass(frozen=True)
class Rectifier:
    """Negative values become 0."""

    name: str
    inputs: tuple[str]


@dataclass(frozen=True)
class Pooling:
    """Of each 2 x 2 pixels the largest value."""

    name: str
    inputs: tuple[str]


@dataclass(frozen=True)
class Repetition:
    """Each pixel becomes 2 x 2 equal ones."""

    name: str
    inputs: tuple[str]


@dataclass(frozen=True)
class Concatenation:
    """The channels of two layers, one after another."""

    name: str
    inputs: tuple[str, str]


Layer = Convolution | Enlargement | Normalisation | Rectifier | Pooling | Repetition | Concatenation

Layers = tuple[Layer, ...]
"""A network: every layer comes after its inputs, and the last one's output is the network's."""
