"""A trained network that is ready to predict; users of it need not import Keras."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scseg.models.description import ModelDescription
    from scseg.models.tiling.blending import Network


@dataclass(frozen=True, eq=False)
class TrainedNetwork:
    """A model's network. It takes images whose sides are multiples of `divisor`, each new shape at a cost.

    Its output at a pixel depends on the pixels up to `receptive_radius` around.
    """

    description: ModelDescription
    network: Network
    divisor: int
    receptive_radius: int
