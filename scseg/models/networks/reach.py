"""How far a network looks: the pixels around on which its output at a pixel depends."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers

Span = tuple[int, int]
"""First and last of a range of pixels along an axis."""

_POINTWISE = (
    layers.Activation,
    layers.Add,
    layers.BatchNormalization,
    layers.Concatenate,
    layers.Dropout,
    layers.InputLayer,
    layers.ReLU,
)


def reach(network: keras.Model, divisor: int) -> int:
    """Return by how many pixels at most an output pixel and an input pixel that it depends on are apart.

    It depends on the position modulo `divisor`; the largest counts. Found from the layers, so that it holds
    for any weights.
    """
    spans = {at: _seen(network, at) for at in range(divisor)}
    return max(max(at - first, last - at) for at, (first, last) in spans.items())


def _seen(network: keras.Model, at: int) -> Span:
    """Return the input pixels that the output pixel `at` depends on."""
    wanted: dict[int, Span] = {id(network.outputs[0]): (at, at)}
    for layer in reversed(network.layers):
        span = _read(layer, wanted[id(layer.output)])
        for tensor in _listed(layer.input):
            low, high = wanted.get(id(tensor), span)
            wanted[id(tensor)] = (min(low, span[0]), max(high, span[1]))
    return wanted[id(network.inputs[0])]


def _read(layer: keras.Layer, span: Span) -> Span:
    """Return the pixels that a layer reads for those of its output."""
    low, high = span
    if isinstance(layer, layers.Conv2DTranspose):
        # With a kernel as large as its stride each input pixel makes a block of its own.
        return low // layer.strides[0], high // layer.strides[0]
    if isinstance(layer, layers.Conv2D):
        around = layer.dilation_rate[0] * (layer.kernel_size[0] // 2)
        return low - around, high + around
    if isinstance(layer, layers.MaxPooling2D | layers.AveragePooling2D):
        return low * layer.pool_size[0], (high + 1) * layer.pool_size[0] - 1
    if isinstance(layer, layers.UpSampling2D):
        return low // layer.size[0], high // layer.size[0]
    if isinstance(layer, _POINTWISE):
        return span
    raise TypeError(f"it is not known how far {type(layer).__name__} looks")


def _listed(tensors: Any) -> list[Any]:  # noqa: ANN401 - Keras' tensors have no type
    return tensors if isinstance(tensors, list) else [tensors]
