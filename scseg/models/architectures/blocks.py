"""What the architectures are composed of."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from scseg.models.architectures.layers import (
    IMAGE,
    Concatenation,
    Convolution,
    Enlargement,
    Layer,
    Layers,
    Normalisation,
    Pooling,
    Rectifier,
    Repetition,
)

Block = Callable[[str, int, str], Layers]
"""Makes layers after the one of that name, with so many filters, and with a name of their own."""

Filters = tuple[int, ...]
"""How many filters a network has at each of its resolutions, from the finest on."""


def convolution(after: str, filters: int, name: str) -> Layers:
    return (Convolution(name, (after,), filters, activation="relu"),)


def convolution_bn(after: str, filters: int, name: str) -> Layers:
    return (
        Convolution(name, (after,), filters, bias=False),
        Normalisation(f"{name}_norm", (name,)),
        Rectifier(f"{name}_relu", (f"{name}_norm",)),
    )


def two_convolutions_bn(after: str, filters: int, name: str) -> Layers:
    first = convolution_bn(after, filters, f"{name}a")
    return first + convolution_bn(_last(first), filters, f"{name}b")


def down_and_up(filters: Filters, convolve: Block) -> Layers:
    """Return VGGNet's layers: two convolutions and a pooling per resolution, then back by enlargements."""
    layers: list[Layer] = []
    for level, count in enumerate(filters):
        layers += convolve(_last(layers), count, f"down{level}a")
        layers += convolve(_last(layers), count, f"down{level}b")
        layers.append(Pooling(f"pool{level}", (_last(layers),)))
    for level in range(len(filters) - 1, 0, -1):
        count = filters[level - 1]
        layers.append(Enlargement(f"up{level}a", (_last(layers),), count, activation="relu"))
        layers += convolve(_last(layers), count, f"up{level}b")
    # A rectifier on a single channel can die, and the whole network with it.
    layers.append(Enlargement("up0a", (_last(layers),), 1))
    return (*layers, _probability(layers))


def down_and_up_with_skips(filters: Filters, block: Block) -> Layers:
    """Return a U-Net's layers: on the way up, each resolution also sees what it was on the way down."""
    *finer, coarsest = filters
    layers: list[Layer] = []
    skips = []
    for level, count in enumerate(finer):
        layers += block(_last(layers), count, f"down{level}")
        skips.append(_last(layers))
        layers.append(Pooling(f"pool{level}", (_last(layers),)))
    layers += block(_last(layers), coarsest, f"down{len(finer)}")
    for level in reversed(range(len(finer))):
        layers.append(Repetition(f"enlarge{level}", (_last(layers),)))
        layers.append(Concatenation(f"skip{level}", (_last(layers), skips[level])))
        layers += block(_last(layers), finer[level], f"up{level}")
    return (*layers, _probability(layers))


def _probability(layers: Sequence[Layer]) -> Layer:
    return Convolution("probability", (_last(layers),), 1, size=1, activation="sigmoid")


def _last(layers: Sequence[Layer]) -> str:
    return layers[-1].name if layers else IMAGE
