"""How a network that knows something learns more without losing it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import keras

from scseg.models.architectures.layers import Normalisation
from scseg.models.architectures.table import ARCHITECTURES
from scseg.models.networks.averaging import USUAL, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True)
class Tuning:
    """How much smaller steps are, how much of what they bring is kept, and what keeps it from forgetting.

    `rate` is a factor to the learning rate, `early` a further one for the first layer, which rises evenly (in
    its logarithm) to 1 at the last. The weights that are kept lie a part of the way from where they began to
    where the steps led (Wortsman et al., Robust fine-tuning of zero-shot models, CVPR 2022), as if what was
    known before came from so many pixels, `worth`. Of boxes that were learnt from before, each batch gets a
    part of its own size more, `mixed`. A part of all boxes, `spectra`, have other Fourier amplitudes. Where
    the steps led is a mean of the weights, `averaged` over so many of them.
    """

    rate: float = 1.0
    early: float = 1.0
    worth: int = 0
    mixed: float = 0.0
    spectra: float = 0.0
    averaged: Span = USUAL

    def share(self, pixels: int) -> float:
        """Return which part is kept of what is learnt from boxes with so many pixels that are judged."""
        return pixels / (pixels + self.worth)


TUNING = Tuning(
    rate=0.5,
    early=0.1,
    worth=30 * 32**2,
    mixed=0.25,
    spectra=0.5,
    averaged=Span(part=0.5, most=1000),
)
"""Of networks that begin from a starter which knows their feature.

A few boxes are soon learnt by heart, so a starter counts as much as thirty of 32 px. What a network does on
other tomograms rises and falls while it learns; the mean over half of its steps does better there than over
few of them (Cha et al., Domain generalization by seeking flat minima, NeurIPS 2021).
"""

NEW_FEATURE = Tuning(averaged=Span(part=0.25, most=1000))
"""Of networks that begin from a starter which does not know their feature.

It is learnt in full steps: with others, it came more slowly, or fell below scratch.
"""

TUNING_OF_NORMALISED = replace(TUNING, rate=1.0, early=0.3)
"""Likewise, of architectures with batch normalisation of their own: they bear larger steps, and need them."""

GOING_ON = replace(TUNING, worth=0, spectra=0.0, averaged=USUAL)
"""Of networks that the user has trained from scratch, or in something that their starter does not know.

The optimiser knows nothing of them, and all they learn is wanted.

In full steps, a network of Dice .66 had .22 after 20 batches and .68 after 50; so, .70 and .69.
"""


def tuning_of(architecture: str) -> Tuning:
    """Return how a network is tuned that begins from a starter which knows its feature."""
    layers = ARCHITECTURES[architecture].layers
    normalised = any(isinstance(layer, Normalisation) for layer in layers)
    return TUNING_OF_NORMALISED if normalised else TUNING


def part_of_the_way(
    begun: Sequence[NDArray[Any]], learned: Sequence[NDArray[Any]], share: float
) -> list[NDArray[Any]]:
    """Return weights that lie a share of the way from some to others."""
    return [then + share * (now - then) for then, now in zip(begun, learned, strict=True)]


class TunedAdam(keras.optimizers.Adam):  # type: ignore[misc] # Keras has no types
    """Adam whose steps differ from layer to layer."""

    def __init__(
        self,
        rate: keras.optimizers.schedules.LearningRateSchedule,
        model: keras.Model,
        early: float,
    ) -> None:
        super().__init__(rate)
        layers = [layer for layer in model.layers if layer.trainable_variables]
        last = max(1, len(layers) - 1)
        # In the order of the model's variables, which is that of its layers.
        self._factors = [
            early ** (1.0 - number / last)
            for number, layer in enumerate(layers)
            for _ in layer.trainable_variables
        ]

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:  # noqa: ANN401
        factor = self._factors[self._get_variable_index(variable)]
        super().update_step(gradient, variable, learning_rate * factor)
