"""How far a network looks: the pixels around on which its output at a pixel depends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.models.architectures.layers import (
    IMAGE,
    Convolution,
    Enlargement,
    Layer,
    Pooling,
    Repetition,
)

if TYPE_CHECKING:
    from scseg.models.architectures.layers import Layers

Span = tuple[int, int]
"""First and last of a range of pixels along an axis."""


def reach(layers: Layers, divisor: int) -> int:
    """Return by how many pixels at most an output pixel and an input pixel that it depends on are apart.

    It depends on the position modulo `divisor`; the largest counts. Found from the layers, so that it holds
    for any weights.
    """
    spans = {at: _seen(layers, at) for at in range(divisor)}
    return max(max(at - first, last - at) for at, (first, last) in spans.items())


def _seen(layers: Layers, at: int) -> Span:
    """Return the input pixels that the output pixel `at` depends on."""
    wanted: dict[str, Span] = {layers[-1].name: (at, at)}
    for layer in reversed(layers):
        span = _read(layer, wanted[layer.name])
        for name in layer.inputs:
            low, high = wanted.get(name, span)
            wanted[name] = (min(low, span[0]), max(high, span[1]))
    return wanted[IMAGE]


def _read(layer: Layer, span: Span) -> Span:
    """Return the pixels that a layer reads for those of its output."""
    low, high = span
    match layer:
        case Convolution(size=size):
            return low - size // 2, high + size // 2
        case Pooling():
            return 2 * low, 2 * high + 1
        case Enlargement() | Repetition():
            return low // 2, high // 2
        case _:
            return span
