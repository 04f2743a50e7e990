"""The architectures, by name. Each maps (batch, box, box, D) to (batch, box, box, 1), 0..1."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import keras

from scseg.base.errors import ScsegError
from scseg.models.fitting import check_box_size
from scseg.models.networks.blocks import (
    convolution,
    convolution_bn,
    down_and_up,
    down_and_up_with_skips,
    two_convolutions_bn,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from scseg.models.networks.blocks import Block, Filters


@dataclass(frozen=True)
class Architecture:
    """A name for users, a function that adds the layers, what box sizes must divide by, and for whom."""

    name: str
    layers: Callable[[Any], Any]
    divisor: int
    note: str


def _vggnet(name: str, filters: Filters, convolve: Block, note: str) -> Architecture:
    layers = partial(down_and_up, filters=filters, convolve=convolve)
    return Architecture(name, layers, 2 ** len(filters), note)


def _unet(name: str, filters: Filters, block: Block, note: str) -> Architecture:
    layers = partial(down_and_up_with_skips, filters=filters, block=block)
    return Architecture(name, layers, 2 ** (len(filters) - 1), note)


ARCHITECTURES = {
    architecture.name: architecture
    for architecture in (
        _vggnet("VGGNet", (64, 128, 256), convolution, "Fast, and good enough for most features."),
        _vggnet(
            "VGGNet wider", (96, 192, 384), convolution,
            "VGGNet with half as many filters again: takes twice as long.",
        ),
        _vggnet(
            "VGGNet BN", (64, 128, 256), convolution_bn,
            "VGGNet with its batch normalisation kept in the file: slower in prediction, no better.",
        ),
        _vggnet(
            "VGGNet BN small", (32, 64, 128), convolution_bn,
            "Half the filters of VGGNet BN: quick, for a first look.",
        ),
        _unet(
            "UNet deep", (64, 128, 256), convolution,
            "Keeps fine detail through skip connections: takes a little longer than VGGNet.",
        ),
        _unet(
            "UNet BN", (32, 64, 128, 256), two_convolutions_bn,
            "Fine detail and a wide view, for small and crowded features: takes longer than VGGNet.",
        ),
        _unet(
            "UNet BN small", (32, 64, 128), two_convolutions_bn,
            "UNet BN with one resolution less: faster, for small features.",
        ),
    )
}  # fmt: skip


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
    return keras.Model(inputs, architecture.layers(inputs), name="network")
