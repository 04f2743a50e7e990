"""The training of one network, batch by batch."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import keras
import numpy as np

from scseg.base.labels import IGNORE
from scseg.models.networks.averaging import USUAL, WeightAverage
from scseg.models.networks.backend import compiles
from scseg.models.networks.batches import Batch, batches, counts_per_epoch
from scseg.models.networks.beginning import Beginning
from scseg.models.networks.losses import cross_entropy_and_dice
from scseg.models.networks.measuring import seconds
from scseg.models.networks.mixing import mixed
from scseg.models.networks.odds import Odds, odds_of
from scseg.models.networks.parts import Parts
from scseg.models.networks.precision import of_training
from scseg.models.networks.spectra import in_other_spectra
from scseg.models.networks.training_copy import TrainingCopy
from scseg.models.networks.tuning import TunedAdam, Tuning, part_of_the_way
from scseg.models.samples import BatchLoss, Samples

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scseg.models.description import TrainingParameters

NOTHING = Beginning()
_WARM_UP_BATCHES = 15
"""The learning rate rises over so many batches and then stays.

What a fall of the rate towards the end would bring, the mean of the weights brings at any time, so that
a run can be stopped, or made longer by another, without loss.
"""


class Training:
    """The training of `network`, which changes only when it is told to take over what was learnt."""

    def __init__(
        self,
        network: keras.Model,
        samples: Samples,
        parameters: TrainingParameters,
        beginning: Beginning = NOTHING,
    ) -> None:
        """Get ready.

        Raises:
            ScsegError: no box holds the feature.
        """
        self._samples = samples
        self._parameters = parameters
        self._since = (int(beginning.before[:8], 16),) if beginning.before else ()
        self._sets = 0
        self._network = network
        self._tuning, self._known = beginning.tuning, beginning.known
        now = network.get_weights()
        self._anchor, self._kept_before = beginning.anchor or now, beginning.kept
        if beginning.kept:
            # For a moment, the network is what it had learnt before only a part was kept.
            network.set_weights(part_of_the_way(self._anchor, now, 1.0 / beginning.kept))
        first = next(self._batches()).images if beginning.before else None
        precision = of_training(partial(self._seconds_of_a_step, network))
        self._copy = self._compiled(TrainingCopy(network, precision, first))
        network.set_weights(now)
        self._trained = self._copy.model
        self._parts = Parts()
        self._average = self._new_average()

    @property
    def odds(self) -> Odds:
        """How much likelier the feature is in boxes than in slices, as the loss takes it.

        Without it, the network would find more of the feature in slices. None where no known boxes are mixed
        in: nothing then tells how rare it is in slices.
        """
        if self._tuning is None or not self._tuning.mixed or self._known is None:
            return Odds()
        dealt = counts_per_epoch(self._samples, self._parameters)
        return odds_of(self._samples, dealt, self._known)

    @property
    def kept(self) -> float:
        """The part of the way from the anchor to what is learnt, at which the network's weights are to lie.

        It is never less than it was before: what other boxes have taught counts, too.
        """
        if self._tuning is None:
            return 1.0
        judged = int((self._samples.labels != IGNORE).sum())
        return max(self._kept_before, self._tuning.share(judged))

    def steps(self) -> Iterator[BatchLoss]:
        """Train, yielding after every batch. Whoever stops iterating stops the training.

        Raises:
            ScsegError: no box holds the feature.
        """
        summed, seen = 0.0, 0
        for batch in self._batches():
            if batch.number == 0:
                summed, seen = 0.0, 0
            loss = self._learn(batch)
            self._average.add()
            summed, seen = summed + loss * batch.count, seen + batch.count
            yield BatchLoss(batch.epoch, batch.number, summed / seen, self._parts.take_notice())

    def learn_from(self, samples: Samples) -> None:
        """Go on with other samples; what is learnt from them counts at once, not only after many batches."""
        self._samples = samples
        self._sets += 1
        self._average = self._new_average()

    def take_over(self) -> None:
        """Give the network what was learnt so far, if anything: the mean of the latest weights.

        With a tuning, it is a part of the way there.
        """
        if not self._average.batches:
            return
        self._copy.give(self._average.mean())
        if self._tuning is not None:
            learned = self._network.get_weights()
            self._network.set_weights(part_of_the_way(self._anchor, learned, self.kept))

    def _new_average(self) -> WeightAverage:
        return WeightAverage(self._trained, self._tuning.averaged if self._tuning else USUAL)

    def _learn(self, batch: Batch) -> float:
        """Learn a batch, in parts where memory is too small for it; return its loss."""

        def learn(part: slice) -> tuple[float, int]:
            judged = min(part.stop, batch.count) - part.start
            if judged <= 0:  # there is nothing in it but what fills the batch up
                return 0.0, 0
            loss = self._trained.train_on_batch(batch.images[part], batch.labels[part])
            return float(loss), judged

        losses, counts = zip(*self._parts.run(len(batch.images), learn), strict=True)
        return float(np.average(losses, weights=counts))

    def _compiled(self, copy: TrainingCopy) -> TrainingCopy:
        copy.model.compile(
            optimizer=_optimizer(copy.model, self._parameters.learning_rate, self._tuning),
            loss=cross_entropy_and_dice,
            jit_compile=compiles(),
        )
        return copy

    def _seconds_of_a_step(self, network: keras.Model, precision: str) -> float:
        """Return how long a step takes in a precision, with a copy that learns for nothing."""
        batch = next(self._batches())
        copy = self._compiled(TrainingCopy(network, precision))
        return seconds(lambda: copy.model.train_on_batch(batch.images, batch.labels))

    def _batches(self) -> Iterator[Batch]:
        since = (*self._since, self._sets) if self._sets else self._since
        every = batches(self._samples, self._parameters, since)
        tuning, known = self._tuning, self._known
        random = np.random.default_rng([self._parameters.seed, 1, *since])
        if tuning is not None and tuning.mixed and known is not None:
            how = self._parameters.augmentation
            every = mixed(every, known.samples, tuning.mixed, self.odds, how, random)
        if tuning is not None and tuning.spectra:
            every = in_other_spectra(every, tuning.spectra, random)
        return every


def _optimizer(
    model: keras.Model, rate: float, tuning: Tuning | None
) -> keras.optimizers.Optimizer:
    if tuning is None:
        return keras.optimizers.Adam(_warming_up(rate))
    return TunedAdam(_warming_up(rate * tuning.rate), model, tuning.early)


def _warming_up(rate: float) -> keras.optimizers.schedules.LearningRateSchedule:
    return keras.optimizers.schedules.PolynomialDecay(
        rate / _WARM_UP_BATCHES, _WARM_UP_BATCHES - 1, rate
    )
