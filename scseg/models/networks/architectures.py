"""Networks built with Keras: they map (batch, box, box, D) to (batch, box, box, 1), 0..1."""

from __future__ import annotations

from typing import Any, assert_never

import keras

from scseg.base.errors import ScsegError
from scseg.models.architectures.layers import (
    EPSILON,
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
from scseg.models.architectures.table import ARCHITECTURES
from scseg.models.compatibility import check_box_size
from scseg.models.networks.precision import FULL, HALF
from scseg.models.networks.saturation import Saturation

MOMENTUM = 0.9
"""Of the running statistics: 15,000 samples are fewer than 500 batches, and Keras' 0.99 would lag behind."""


def build(name: str, box_size: int, depth: int, precision: str = FULL) -> keras.Model:
    """Return a network with fresh weights, which computes in a precision of Keras.

    Raises:
        ScsegError: no such architecture, or a box size that it cannot take.
    """
    architecture = ARCHITECTURES.get(name)
    if architecture is None:
        raise ScsegError(
            f"There is no architecture {name!r}: choose one of {', '.join(ARCHITECTURES)}."
        )
    check_box_size(name, architecture.divisor, box_size)
    return of_layers(architecture.layers, (box_size, box_size), depth, precision)


def of_layers(
    layers: Layers, size: tuple[int, int], depth: int, precision: str = FULL
) -> keras.Model:
    """Return a network of these layers with fresh weights, for images of `size` (y, x).

    The last layer answers in float32, whatever the precision of the others. In float16, values that it cannot
    hold are held at the largest that it can.
    """
    image = keras.Input((*size, depth), name=IMAGE)
    bounded = precision == HALF
    outputs = {IMAGE: Saturation(dtype=precision)(image) if bounded else image}
    for layer in layers:
        seen = [outputs[name] for name in layer.inputs]
        last = layer is layers[-1]
        output = _in_keras(layer, FULL if last else precision)(seen if len(seen) > 1 else seen[0])
        if bounded and not last and isinstance(layer, Convolution | Enlargement | Normalisation):
            output = Saturation(dtype=precision)(output)
        outputs[layer.name] = output
    return keras.Model(image, outputs[layers[-1].name], name="network")


def _in_keras(layer: Layer, precision: str) -> Any:  # noqa: ANN401, PLR0911 - one for each kind of layer
    make = keras.layers
    common = {"name": layer.name, "dtype": precision}
    match layer:
        case Convolution():
            # Those that end a network have no rectifier, for which He's spread of first weights is made.
            inside = layer.size > 1
            return make.Conv2D(
                layer.filters,
                layer.size,
                padding="same",
                activation=layer.activation,
                use_bias=layer.bias,
                kernel_initializer="he_normal" if inside else "glorot_uniform",
                **common,
            )
        case Enlargement(filters=filters, activation=activation):
            return make.Conv2DTranspose(filters, 2, strides=2, activation=activation, **common)
        case Normalisation():
            return make.BatchNormalization(momentum=MOMENTUM, epsilon=EPSILON, **common)
        case Rectifier():
            return make.Activation("relu", **common)
        case Pooling():
            return make.MaxPooling2D(**common)
        case Repetition():
            return make.UpSampling2D(**common)
        case Concatenation():
            return make.Concatenate(**common)
        case _:
            assert_never(layer)
