"""The layers of the architectures, by name. Each maps (batch, box, box, D) to (batch, box, box, 1), 0..1."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import keras

from scseg.base.errors import ScsegError
from scseg.models.architectures import ARCHITECTURES
from scseg.models.compatibility import check_box_size
from scseg.models.networks.blocks import (
    convolution,
    convolution_bn,
    down_and_up,
    down_and_up_with_skips,
    two_convolutions_bn,
)

if TYPE_CHECKING:
    from collections.abc import Callable

LAYERS: dict[str, Callable[[Any], Any]] = {
    "VGGNet": partial(down_and_up, filters=(64, 128, 256), convolve=convolution),
    "VGGNet wider": partial(down_and_up, filters=(96, 192, 384), convolve=convolution),
    "VGGNet BN": partial(down_and_up, filters=(64, 128, 256), convolve=convolution_bn),
    "VGGNet BN small": partial(down_and_up, filters=(32, 64, 128), convolve=convolution_bn),
    "UNet deep": partial(down_and_up_with_skips, filters=(64, 128, 256), block=convolution),
    "UNet BN": partial(
        down_and_up_with_skips, filters=(32, 64, 128, 256), block=two_convolutions_bn
    ),
    "UNet BN small": partial(
        down_and_up_with_skips, filters=(32, 64, 128), block=two_convolutions_bn
    ),
}
"""Each adds its layers to a tensor; Keras' tensors have no type."""


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
    inputs = keras.Input((box_size, box_size, depth), name="boxes")
    return keras.Model(inputs, LAYERS[name](inputs), name="network")
