"""What the architectures are made of.

Layers are named, so that equal networks have equal names in their weight files.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keras import layers

Block = Callable[[Any, int, str], Any]
"""Adds layers of that many filters and that name to a tensor; Keras' tensors have no type."""

Filters = tuple[int, ...]
"""How many filters a network has at each of its resolutions, from the finest on."""

MOMENTUM = 0.9
"""Of the running statistics: 15,000 samples are fewer than 500 batches, and Keras' 0.99 would lag behind."""


def convolution(x: Any, filters: int, name: str) -> Any:  # noqa: ANN401
    return layers.Conv2D(
        filters, 3, padding="same", activation="relu", kernel_initializer="he_normal", name=name
    )(x)


def convolution_bn(x: Any, filters: int, name: str) -> Any:  # noqa: ANN401
    x = layers.Conv2D(
        filters, 3, padding="same", use_bias=False, kernel_initializer="he_normal", name=name
    )(x)
    x = layers.BatchNormalization(momentum=MOMENTUM, name=f"{name}_norm")(x)
    return layers.Activation("relu", name=f"{name}_relu")(x)


def two_convolutions_bn(x: Any, filters: int, name: str) -> Any:  # noqa: ANN401
    return convolution_bn(convolution_bn(x, filters, f"{name}a"), filters, f"{name}b")


def down_and_up(x: Any, filters: Filters, convolve: Block) -> Any:  # noqa: ANN401
    """Add VGGNet's layers: two convolutions and a pooling per resolution, then back by transposed ones."""
    for level, count in enumerate(filters):
        x = convolve(x, count, f"down{level}a")
        x = convolve(x, count, f"down{level}b")
        x = layers.MaxPooling2D(name=f"pool{level}")(x)
    for level in range(len(filters) - 1, 0, -1):
        x = _enlarged(x, filters[level - 1], f"up{level}a")
        x = convolve(x, filters[level - 1], f"up{level}b")
    # A rectifier on a single channel can die, and the whole network with it.
    return _probability(_enlarged(x, 1, "up0a", activation="linear"))


def down_and_up_with_skips(x: Any, filters: Filters, block: Block) -> Any:  # noqa: ANN401
    """Add a U-Net's layers: on the way up, each resolution also sees what it was on the way down."""
    *finer, coarsest = filters
    skips = []
    for level, count in enumerate(finer):
        skips.append(block(x, count, f"down{level}"))
        x = layers.MaxPooling2D(name=f"pool{level}")(skips[-1])
    x = block(x, coarsest, f"down{len(finer)}")
    for level in reversed(range(len(finer))):
        x = layers.UpSampling2D(name=f"enlarge{level}")(x)
        x = layers.Concatenate(name=f"skip{level}")([x, skips[level]])
        x = block(x, finer[level], f"up{level}")
    return _probability(x)


def _enlarged(x: Any, filters: int, name: str, activation: str = "relu") -> Any:  # noqa: ANN401
    return layers.Conv2DTranspose(filters, 2, strides=2, activation=activation, name=name)(x)


def _probability(x: Any) -> Any:  # noqa: ANN401
    return layers.Conv2D(1, 1, activation="sigmoid", name="probability")(x)
