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

MOMENTUM = 0.9
"""Of the running statistics: 15,000 samples are fewer than 500 batches, and Keras' 0.99 would lag behind."""


def build(name: str, box_size: int, depth: int) -> keras.Model:
    """Return a network with fresh weights.

    Raises:
        ScsegError: no such architecture, or a box size that it cannot take.
    """
    architecture = ARCHITECTURES.get(name)
    if architecture is None:
        raise ScsegError(
            f"There is no architecture {name!r}: choose one of {', '.join(ARCHITECTURES)}."
        )
    check_box_size(name, architecture.divisor, box_size)
    return of_layers(architecture.layers, (box_size, box_size), depth)


def of_layers(layers: Layers, size: tuple[int, int], depth: int) -> keras.Model:
    """Return a network of these layers with fresh weights, for images of `size` (y, x)."""
    image = keras.Input((*size, depth), name=IMAGE)
    outputs = {IMAGE: image}
    for layer in layers:
        seen = [outputs[name] for name in layer.inputs]
        outputs[layer.name] = _in_keras(layer)(seen if len(seen) > 1 else seen[0])
    return keras.Model(image, outputs[layers[-1].name], name="network")


def _in_keras(layer: Layer) -> Any:  # noqa: ANN401, PLR0911 - one for each kind of layer
    make, name = keras.layers, layer.name
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
                name=name,
            )
        case Enlargement(filters=filters, activation=activation):
            return make.Conv2DTranspose(filters, 2, strides=2, activation=activation, name=name)
        case Normalisation():
            return make.BatchNormalization(momentum=MOMENTUM, epsilon=EPSILON, name=name)
        case Rectifier():
            return make.Activation("relu", name=name)
        case Pooling():
            return make.MaxPooling2D(name=name)
        case Repetition():
            return make.UpSampling2D(name=name)
        case Concatenation():
            return make.Concatenate(name=name)
        case _:
            assert_never(layer)
