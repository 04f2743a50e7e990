"""The mean of the weights that a network had lately: it errs less than any of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import keras
    from numpy.typing import NDArray

_SLOWEST = 0.02
_PART = 0.1
_STRIDE = 4
"""Once many batches are averaged, only each fourth is looked at: reading all weights takes 5 % of a step."""


class WeightAverage:
    """An exponential mean over the last tenth of the batches so far, and never over more than some 50.

    A share of the run rather than a number of batches, because small sets have only a few in an epoch.
    """

    def __init__(self, network: keras.Model) -> None:
        self._network = network
        self.batches = 0
        self.mean: list[NDArray[Any]] = network.get_weights()

    def add(self) -> None:
        """Take the network's weights into the mean; the first ones are all of it."""
        self.batches += 1
        share = max(_SLOWEST, 1.0 / (1.0 + _PART * (self.batches - 1)))
        if share < _SLOWEST * _STRIDE:
            if self.batches % _STRIDE:
                return
            share = 1.0 - (1.0 - share) ** _STRIDE
        self.mean = [
            mean + np.float32(share) * (weight - mean)
            for mean, weight in zip(self.mean, self._network.get_weights(), strict=True)
        ]
