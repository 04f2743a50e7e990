"""The weights of a network, by their paths in its file, as `down0a/kernel`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from scseg.models.architectures.layers import (
    IMAGE,
    Convolution,
    Enlargement,
    Layer,
    Normalisation,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    Shapes = dict[str, tuple[int, ...]]


def weight_shapes(layers: Sequence[Layer], depth: int) -> Shapes:
    """Return the shape of each weight of a network that sees `depth` slices at once.

    Kernels are (y, x, input channels, filters), and those of enlargements (y, x, filters, input channels).
    """
    shapes: Shapes = {}
    channels = {IMAGE: depth}
    for layer in layers:
        seen = sum(channels[name] for name in layer.inputs)
        own = _own_shapes(layer, seen)
        shapes |= {f"{layer.name}/{weight}": shape for weight, shape in own.items()}
        channels[layer.name] = (
            layer.filters if isinstance(layer, Convolution | Enlargement) else seen
        )
    return shapes


def parameters(layers: Sequence[Layer], depth: int = 1) -> int:
    """Return the number of weights."""
    return sum(math.prod(shape) for shape in weight_shapes(layers, depth).values())


def _own_shapes(layer: Layer, seen: int) -> Shapes:
    match layer:
        case Convolution(filters=filters, size=size):
            kernel: Shapes = {"kernel": (size, size, seen, filters)}
            return kernel | ({"bias": (filters,)} if layer.bias else {})
        case Enlargement(filters=filters):
            return {"kernel": (2, 2, filters, seen), "bias": (filters,)}
        case Normalisation():
            each = ("gamma", "beta", "moving_mean", "moving_variance")
            return dict.fromkeys(each, (seen,))
        case _:
            return {}
