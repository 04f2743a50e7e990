"""A network's layers and weights as a graph of OpenVINO."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_never

import numpy as np

from scseg.models.architectures.layers import (
    EPSILON,
    IMAGE,
    Activation,
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
from scseg.models.engines.silent_openvino import openvino, ops

if TYPE_CHECKING:
    from scseg.models.weights_file import Weights

_NO_PADDING = [0, 0]
_ONE = [1, 1]
_TWO = [2, 2]


def graph(layers: Layers, weights: Weights, shape: tuple[int, ...]) -> openvino.Model:
    """Return a graph from images float32 of `shape` (n, y, x, D) to predictions (n, 1, y, x).

    Channels come first inside: that is what OpenVINO's layers take.
    """
    images = ops.parameter(list(shape), np.float32, name=IMAGE)
    outputs = {IMAGE: ops.transpose(images, [0, 3, 1, 2])}
    for layer in layers:
        seen = [outputs[name] for name in layer.inputs]
        outputs[layer.name] = _node(layer, seen, weights)
    return openvino.Model([outputs[layers[-1].name]], [images])


def _node(layer: Layer, seen: list[Any], weights: Weights) -> Any:  # noqa: ANN401, PLR0911 - a kind each
    (first, *_) = seen
    match layer:
        case Convolution():
            return _convolved(layer, first, weights)
        case Enlargement(name=name, activation=activation):
            kernel = weights[f"{name}/kernel"].transpose(3, 2, 0, 1)
            x = ops.convolution_backprop_data(first, np.ascontiguousarray(kernel), _TWO)
            return _activated(_added(x, weights[f"{name}/bias"]), activation)
        case Normalisation():
            return _normalised(layer, first, weights)
        case Rectifier():
            return ops.relu(first)
        case Pooling():
            return ops.max_pool(first, _TWO, _ONE, _NO_PADDING, _NO_PADDING, _TWO).output(0)
        case Repetition():
            return _repeated(first)
        case Concatenation():
            return ops.concat(seen, 1)
        case _:
            assert_never(layer)


def _convolved(layer: Convolution, x: Any, weights: Weights) -> Any:  # noqa: ANN401
    kernel = np.ascontiguousarray(weights[f"{layer.name}/kernel"].transpose(3, 2, 0, 1))
    around = [layer.size // 2] * 2
    x = ops.convolution(x, kernel, _ONE, around, around, _ONE)
    if layer.bias:
        x = _added(x, weights[f"{layer.name}/bias"])
    return _activated(x, layer.activation)


def _normalised(layer: Normalisation, x: Any, weights: Weights) -> Any:  # noqa: ANN401
    """Return what training's statistics make of a convolution; OpenVINO folds both into its weights."""
    gamma, beta, mean, variance = (
        weights[f"{layer.name}/{each}"]
        for each in ("gamma", "beta", "moving_mean", "moving_variance")
    )
    factor = gamma / np.sqrt(variance + np.float32(EPSILON))
    return _added(ops.multiply(x, _per_channel(factor)), beta - mean * factor)


def _repeated(x: Any) -> Any:  # noqa: ANN401
    return ops.interpolate(
        x,
        np.array(_TWO, np.float32),
        "nearest",
        "scales",
        coordinate_transformation_mode="asymmetric",
        nearest_mode="floor",
        axes=np.array([2, 3]),
    )


def _added(x: Any, values: np.ndarray[Any, Any]) -> Any:  # noqa: ANN401
    return ops.add(x, _per_channel(values))


def _per_channel(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.asarray(values, np.float32).reshape(1, -1, 1, 1)


def _activated(x: Any, activation: Activation) -> Any:  # noqa: ANN401
    match activation:
        case "relu":
            return ops.relu(x)
        case "sigmoid":
            return ops.sigmoid(x)
        case "linear":
            return x
        case _:
            assert_never(activation)
