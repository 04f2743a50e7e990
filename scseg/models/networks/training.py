"""The training of one network, batch by batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras

from scseg.errors import ScsegError
from scseg.models.networks.averaging import WeightAverage
from scseg.models.networks.batches import batches
from scseg.models.networks.losses import cross_entropy_and_dice
from scseg.models.networks.precision import of_training
from scseg.models.networks.training_copy import TrainingCopy
from scseg.models.samples import Samples, Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scseg.models.description import TrainingParameters

_WARM_UP_BATCHES = 15
"""The learning rate rises over so many batches and then stays.

What a fall of the rate towards the end would bring, the mean of the weights brings at any time, so that
a run can be stopped, or made longer by another, without loss.
"""
_BRIGHTEST = 1e6
"""Normalised grey values of gold stay below a hundred; the square of much larger ones has no end."""


class Training:
    """The training of `network`, which changes only when it is told to take over what was learnt."""

    def __init__(
        self, network: keras.Model, samples: Samples, parameters: TrainingParameters
    ) -> None:
        """Prepare it.

        Raises:
            ScsegError: no box holds the feature, or grey values are far from any that are normalised.
        """
        _check_greys(samples)
        self._samples = samples
        self._parameters = parameters
        first = next(batches(samples, parameters))
        self._copy = TrainingCopy(network, of_training(), first.images)
        self._trained = self._copy.model
        self._trained.compile(
            optimizer=keras.optimizers.Adam(parameters.learning_rate),
            loss=cross_entropy_and_dice,
            jit_compile=False,
        )
        self._average = WeightAverage(self._trained)

    def steps(self) -> Iterator[Step]:
        """Train, yielding after every batch. Whoever stops iterating stops the training."""
        summed, seen = 0.0, 0
        for done, batch in enumerate(batches(self._samples, self._parameters)):
            if batch.number == 0:
                summed, seen = 0.0, 0
            rate = self._parameters.learning_rate * min(1.0, (done + 1) / _WARM_UP_BATCHES)
            self._trained.optimizer.learning_rate = rate
            loss = float(self._trained.train_on_batch(batch.images, batch.labels))
            self._average.add()
            summed, seen = summed + loss * batch.count, seen + batch.count
            yield Step(batch.epoch, batch.number, summed / seen)

    def take_over(self) -> None:
        """Give the network what was learnt so far: the mean of the latest weights."""
        self._copy.give(self._average.mean)


def _check_greys(samples: Samples) -> None:
    brightest = max(float(samples.images.max()), -float(samples.images.min()))
    if not brightest <= _BRIGHTEST:  # true for NaN too
        raise ScsegError(
            f"The boxes of the training set have grey values up to {brightest:.3g}, but normalised ones lie "
            "around 0: make the set anew from its tomograms."
        )
