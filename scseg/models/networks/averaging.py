"""The mean of the weights that a network had lately: it errs less than any of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import keras
    from numpy.typing import NDArray

_STRIDE = 4
"""Only each fourth batch is looked at: reading all weights and averaging takes 5 % of a step."""


@dataclass(frozen=True)
class Span:
    """Over which batches a mean is: the last `part` of those so far, and never more than some `most`.

    A part of the run rather than a number of batches, because small sets have only a few in an epoch.
    """

    part: float = 0.1
    most: int = 50


USUAL = Span()


class WeightAverage:
    """An exponential mean of the weights after each batch, over a span of the latest ones."""

    def __init__(self, network: keras.Model, span: Span = USUAL) -> None:
        self._network, self._span = network, span
        self.batches = 0
        self._looked = 0
        self._mean: list[NDArray[Any]] = [weight.copy() for weight in network.get_weights()]

    def add(self) -> None:
        """Count a batch, and take the weights that the network has after it into the mean."""
        self.batches += 1
        if self.batches - self._looked == _STRIDE:
            self._look()

    def mean(self) -> list[NDArray[Any]]:
        """Return the mean as it is now; the weights after the first batch are all of it."""
        if self.batches > self._looked:
            self._look()
        return self._mean

    def restore(self, mean: Sequence[NDArray[Any]], batches: int) -> None:
        """Go on with a mean that was taken after so many batches."""
        self._mean = [weight.copy() for weight in mean]
        self.batches = self._looked = batches

    def _look(self) -> None:
        """Let the weights stand for those of all batches since the last look."""
        share = max(1.0 / self._span.most, 1.0 / (1.0 + self._span.part * (self.batches - 1)))
        share = 1.0 - (1.0 - share) ** (self.batches - self._looked)
        for kept, weight in zip(self._mean, self._network.get_weights(), strict=True):
            # In place: fresh memory for each term would take most of the time.
            change = weight - kept
            np.multiply(change, np.float32(share), out=change)
            np.add(kept, change, out=kept)
        self._looked = self.batches
