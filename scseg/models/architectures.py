"""The architectures that a model can have, as a table without Keras, the recommended first.

What layers each has stands in `networks/architectures.py`; a test checks this table against them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Architecture:
    """`parameters` with boxes of one slice; box sizes, in px, are multiples of `divisor`."""

    name: str
    parameters: int
    divisor: int
    note: str


ARCHITECTURES = {
    architecture.name: architecture
    for architecture in (
        Architecture("VGGNet", 1_493_059, 8, "Fast, and good enough for most features."),
        Architecture(
            "VGGNet wider", 3_357_795, 8,
            "VGGNet with half as many filters again: takes twice as long.",
        ),
        Architecture(
            "VGGNet BN", 1_496_323, 8,
            "VGGNet with its batch normalisation kept in the file: slower in prediction, no better.",
        ),
        Architecture(
            "VGGNet BN small", 375_427, 8,
            "Half the filters of VGGNet BN: quick, for a first look.",
        ),
        Architecture(
            "UNet deep", 922_881, 4,
            "Keeps fine detail through skip connections: takes a little longer than VGGNet.",
        ),
        Architecture(
            "UNet BN", 1_950_529, 8,
            "Fine detail and a wide view, for small and crowded features: takes longer than VGGNet.",
        ),
        Architecture(
            "UNet BN small", 472_897, 4,
            "UNet BN with one resolution less: faster, for small features.",
        ),
    )
}  # fmt: skip
