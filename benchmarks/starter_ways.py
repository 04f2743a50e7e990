"""Ways to teach a network that `starter_grid` compares: the program's, and what was tried beside them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import keras
import numpy as np
from keras import ops

from scseg.base.labels import BACKGROUND, FEATURE, IGNORE
from scseg.models.networks.beginning import Beginning
from scseg.models.networks.losses import cross_entropy_and_dice
from scseg.models.networks.mixing import mixed
from scseg.models.networks.odds import Odds
from scseg.models.networks.spectra import in_other_spectra
from scseg.models.networks.training import Training
from scseg.models.networks.training_copy import TrainingCopy
from scseg.models.networks.tuning import Tuning, tuning_of
from scseg.models.samples import BatchLoss, KnownBoxes, Samples

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from scseg.models.description import Augmentation, TrainingParameters
    from scseg.models.networks.batches import Batch

UNANNOTATED, TAUGHT_EVERY, TAUGHT_FROM, SURE = 48, 20, 40, 0.9
CONFIDENT = 0.9


@dataclass(frozen=True)
class Way:
    """How a network begins, and how it is taught.

    `tuning` is of a feature that the starter knows. After each batch the weights go back by a part `hold` of
    the way to where they began (Li et al., L2-SP, ICML 2018). `teacher`: its own mean weights label boxes
    that nobody has annotated, where they are sure, and so many are mixed in (mean teacher; Tarvainen &
    Valpola, NeurIPS 2017). `robust`: what it is sure of outside of the annotation is ignored. `spectra`: a
    part of the boxes have other Fourier amplitudes. `plain`: without batch normalisation, whose means and
    spreads are not those of what the starter has seen. `augmentation`: how much boxes are varied. Each of the
    `shares` is a network of its own, so far on the way from where it began to what it has learnt; without
    any, what the tuning tells is kept.
    """

    starter: bool = False
    tuning: Tuning | None = None
    hold: float = 0.0
    teacher: float = 0.0
    robust: bool = False
    spectra: float = 0.0
    plain: bool = False
    augmentation: Augmentation = "usual"
    shares: tuple[float, ...] = ()


SHARES = (0.25, 0.5, 0.75, 1.0)
FULL = Tuning()


def ways_of(architecture: str) -> dict[str, Way]:
    """Return all ways; `starter` is the program's, from which the others differ in what their names say."""
    tuning = tuning_of(architecture)
    # As in the program, but all that was learnt is kept; likewise, from the user's boxes alone, as they are.
    whole = replace(tuning, worth=0)
    alone = replace(whole, mixed=0.0, spectra=0.0)
    return {
        "scratch": Way(),
        "starter": Way(starter=True, tuning=tuning),
        "small steps": Way(starter=True, tuning=replace(tuning, rate=0.5, early=0.1)),
        "larger steps": Way(starter=True, tuning=replace(tuning, rate=1.0, early=0.3)),
        "full steps": Way(starter=True, tuning=replace(tuning, rate=1.0, early=1.0)),
        "naive": Way(starter=True, tuning=FULL),
        "shares": Way(starter=True, tuning=whole, shares=SHARES),
        "evenly mixed shares": Way(starter=True, tuning=replace(whole, mixed=1.0), shares=SHARES),
        "alone shares": Way(starter=True, tuning=alone, shares=SHARES),
        "plain shares": Way(starter=True, tuning=alone, plain=True, shares=SHARES),
        "spectra shares": Way(starter=True, tuning=replace(alone, spectra=0.5), shares=SHARES),
        "strong shares": Way(starter=True, tuning=alone, augmentation="strong", shares=SHARES),
        "held": Way(starter=True, tuning=alone, hold=0.02),
        "full held": Way(starter=True, tuning=FULL, hold=0.02),
        "full mixed": Way(starter=True, tuning=replace(FULL, mixed=0.25)),
        "teacher": Way(starter=True, tuning=tuning, teacher=0.25),
        "scratch teacher": Way(teacher=0.25),
        "robust": Way(starter=True, tuning=tuning, robust=True),
        "scratch robust": Way(robust=True),
        "usual spectra": Way(starter=True, tuning=replace(tuning, spectra=0.0)),
        "scratch spectra": Way(spectra=0.5),
        "trunk spectra": Way(starter=True, spectra=0.5),
        "trunk held spectra": Way(starter=True, hold=0.01, spectra=0.5),
    }


@dataclass(frozen=True, eq=False)
class Boxes:
    """The boxes that are learnt from: annotated, of simulations, and (n, 1, box, box) of nobody."""

    samples: Samples
    known: KnownBoxes | None
    unannotated: NDArray[np.float32]


class TriedTraining(Training):
    """A training that is done in one of these ways."""

    def __init__(
        self,
        network: keras.Model,
        boxes: Boxes,
        parameters: TrainingParameters,
        way: Way,
        start: str = "",
    ) -> None:
        self._way = way
        self._tried = np.random.default_rng([parameters.seed, 3])
        self._labelled: Samples | None = None
        self._unannotated = boxes.unannotated
        beginning = Beginning(start, way.tuning, boxes.known)
        super().__init__(network, boxes.samples, parameters, beginning)
        if way.plain:
            self._copy = self._compiled(PlainCopy(network))
            self._trained = self._copy.model
            self._average = self._new_average()
        self._from = [ops.convert_to_numpy(each) for each in self._trained.trainable_variables]
        if way.robust:
            self._trained.compile(optimizer=self._trained.optimizer, loss=without_confident)

    def steps(self) -> Iterator[BatchLoss]:
        for done, loss in enumerate(super().steps(), start=1):
            self._hold()
            yield loss
            if self._way.teacher and done >= TAUGHT_FROM and done % TAUGHT_EVERY == 0:
                self._labelled = self._taught()

    def _batches(self) -> Iterator[Batch]:
        for batch in super()._batches():
            if self._way.spectra:
                yield from in_other_spectra(iter([batch]), self._way.spectra, self._tried)
            elif self._labelled is not None:
                how, part = self._parameters.augmentation, self._way.teacher
                yield from mixed(iter([batch]), self._labelled, part, Odds(), how, self._tried)
            else:
                yield batch

    def _hold(self) -> None:
        """Let the weights go back a part of the way to where they began."""
        if self._way.hold:
            for variable, then in zip(self._trained.trainable_variables, self._from, strict=True):
                variable.assign(variable + self._way.hold * (then - variable))

    def _taught(self) -> Samples:
        """Return unannotated boxes with the labels that the mean of the latest weights gives them."""
        self.take_over()
        found = self._network.predict_on_batch(np.moveaxis(self._unannotated, 1, -1))[..., 0]
        labels = np.full(found.shape, IGNORE, np.uint8)
        labels[found >= SURE] = FEATURE
        labels[found <= 1 - SURE] = BACKGROUND
        return Samples.of(self._unannotated, labels)


class PlainCopy(TrainingCopy):
    """What is trained as it predicts: nothing is normalised."""

    def __init__(self, network: keras.Model) -> None:
        self._network, self._normalised = network, []
        self.model = keras.models.clone_model(network)
        self.model.set_weights(network.get_weights())


def without_confident(labels: keras.KerasTensor, predictions: keras.KerasTensor) -> object:
    """Return the usual loss, without background that the network takes for the feature with confidence."""
    told, odds = labels[..., :1], labels[..., 1:]
    sure = ops.logical_and(
        ops.equal(told, BACKGROUND), ops.greater(ops.stop_gradient(predictions), CONFIDENT)
    )
    told = ops.where(sure, float(IGNORE), told)
    return cross_entropy_and_dice(ops.concatenate([told, odds], axis=-1), predictions)
