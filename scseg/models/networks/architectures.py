"""The architectures, by name. Each maps (batch, box, box, D) to (batch, box, box, 1), 0..1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import keras
from keras import layers

from scseg.errors import ScsegError

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Architecture:
    """A name for users, a function that adds the layers, and what box sizes must divide by."""

    name: str
    layers: Callable[[Any], Any]
    divisor: int


# Layers are named, so that equal networks have equal names in their weight files.


def _convolution(x: Any, filters: int, name: str) -> Any:  # noqa: ANN401 - Keras' tensors have no type
    return layers.Conv2D(
        filters, 3, padding="same", activation="relu", kernel_initializer="he_normal", name=name
    )(x)


def _enlarged(x: Any, filters: int, name: str, activation: str = "relu") -> Any:  # noqa: ANN401
    return layers.Conv2DTranspose(filters, 2, strides=2, activation=activation, name=name)(x)


def _probability(x: Any) -> Any:  # noqa: ANN401
    return layers.Conv2D(1, 1, activation="sigmoid", name="probability")(x)


def _vggnet(x: Any) -> Any:  # noqa: ANN401
    for level, filters in enumerate((64, 128, 256)):
        x = _convolution(x, filters, f"down{level}a")
        x = _convolution(x, filters, f"down{level}b")
        x = layers.MaxPooling2D(name=f"pool{level}")(x)
    for level, filters in ((2, 128), (1, 64)):
        x = _enlarged(x, filters, f"up{level}a")
        x = _convolution(x, filters, f"up{level}b")
    # A rectifier on a single channel can die, and the whole network with it.
    return _probability(_enlarged(x, 1, "up0a", activation="linear"))


def _unet_deep(x: Any) -> Any:  # noqa: ANN401
    fine = _convolution(x, 64, "down0")
    middle = _convolution(layers.MaxPooling2D(name="pool0")(fine), 128, "down1")
    coarse = _convolution(layers.MaxPooling2D(name="pool1")(middle), 256, "down2")
    x = layers.UpSampling2D(name="enlarge1")(coarse)
    x = _convolution(layers.Concatenate(name="skip1")([x, middle]), 128, "up1")
    x = layers.UpSampling2D(name="enlarge0")(x)
    x = _convolution(layers.Concatenate(name="skip0")([x, fine]), 64, "up0")
    return _probability(x)


ARCHITECTURES = {
    architecture.name: architecture
    for architecture in (
        Architecture("VGGNet", _vggnet, 8),
        Architecture("UNet deep", _unet_deep, 4),
    )
}


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
    if box_size % architecture.divisor or box_size < architecture.divisor:
        below = max(box_size // architecture.divisor, 1) * architecture.divisor
        raise ScsegError(
            f"{name} cannot take boxes of {box_size} pixels, only multiples of {architecture.divisor}: "
            f"extract the training set anew with {below} or {below + architecture.divisor}."
        )
    inputs = keras.Input((box_size, box_size, depth), name="boxes")
    return keras.Model(inputs, architecture.layers(inputs), name="network")
