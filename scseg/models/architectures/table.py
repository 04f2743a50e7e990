"""The architectures that a model can have, the recommended first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from scseg.models.architectures import reach, weight_shapes
from scseg.models.architectures.blocks import (
    convolution,
    convolution_bn,
    down_and_up,
    down_and_up_with_skips,
    two_convolutions_bn,
)

if TYPE_CHECKING:
    from scseg.models.architectures.layers import Layers


@dataclass(frozen=True)
class Architecture:
    """Box sizes, in px, are multiples of `divisor`."""

    name: str
    note: str
    divisor: int
    layers: Layers

    @cached_property
    def parameters(self) -> int:
        """The number of weights, with boxes of one slice."""
        return weight_shapes.parameters(self.layers)

    @cached_property
    def reach(self) -> int:
        """By how many pixels at most an output pixel and an input pixel that it depends on are apart."""
        return reach.reach(self.layers, self.divisor)


ARCHITECTURES = {
    architecture.name: architecture
    for architecture in (
        Architecture(
            "VGGNet",
            "Fast, and good enough for most features.",
            8,
            down_and_up((64, 128, 256), convolution),
        ),
        Architecture(
            "VGGNet wider",
            "VGGNet with half as many filters again: takes twice as long.",
            8,
            down_and_up((96, 192, 384), convolution),
        ),
        Architecture(
            "VGGNet BN",
            "VGGNet with its batch normalisation kept in the file: slower in prediction, no better.",
            8,
            down_and_up((64, 128, 256), convolution_bn),
        ),
        Architecture(
            "VGGNet BN small",
            "Half the filters of VGGNet BN: quick, for a first look.",
            8,
            down_and_up((32, 64, 128), convolution_bn),
        ),
        Architecture(
            "UNet deep",
            "Keeps fine detail through skip connections: takes a little longer than VGGNet.",
            4,
            down_and_up_with_skips((64, 128, 256), convolution),
        ),
        Architecture(
            "UNet BN",
            "Fine detail and a wide view, for small and crowded features: takes longer than VGGNet.",
            8,
            down_and_up_with_skips((32, 64, 128, 256), two_convolutions_bn),
        ),
        Architecture(
            "UNet BN small",
            "UNet BN with one resolution less: faster, for small features.",
            4,
            down_and_up_with_skips((32, 64, 128), two_convolutions_bn),
        ),
    )
}
