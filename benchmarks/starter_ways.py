"""Ways to teach a network that `starter_grid` compares: the program's, and what was tried beside them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import keras
import numpy as np
from keras import ops

from scseg.base.labels import BACKGROUND, FEATURE, IGNORE
from scseg.datasets.simulation.boxes import FEATURES, decoded
from scseg.models.networks.augmentation import VARIATIONS, varied
from scseg.models.networks.averaging import WeightAverage
from scseg.models.networks.losses import cross_entropy_and_dice
from scseg.models.networks.training import Training
from scseg.models.networks.training_copy import TrainingCopy
from scseg.models.networks.tuning import TUNING, Tuning
from scseg.models.samples import BatchLoss, Samples
from scseg.models.tiling.orientations import orient
from tools.starter.pool import Pool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from benchmarks.starter_tasks import Task
    from scseg.models.description import Augmentation, TrainingParameters
    from scseg.models.networks.batches import Batch

POOL = Path(__file__).parents[1] / "build" / "starter"
TOMOGRAMS, BOXES = 64, 4
"""Of which boxes are mixed in, and how many of each."""
UNANNOTATED, TAUGHT_EVERY, TAUGHT_FROM, SURE = 48, 20, 40, 0.9
CONFIDENT = 0.9
KNOTS, SPREAD, WEAKENED = 6, 0.3, 0.3


@dataclass(frozen=True)
class Way:
    """How a network begins, and how it is taught.

    `tuning` is of a feature that the starter knows. After each batch the weights go back by a part `hold` of
    the way to where they began (Li et al., L2-SP, ICML 2018). Of boxes that the starter has learnt from, each
    batch gets a share of its own size more, `mixed`. `teacher`: its own mean weights label boxes that nobody
    has annotated, where they are sure (mean teacher; Tarvainen & Valpola, NeurIPS 2017). `robust`: what it is
    sure of outside of the annotation is ignored. `spectrum`: Fourier amplitudes are varied, and those of a
    wedge weakened, in half of the boxes. `plain`: without batch normalisation, whose means and spreads are
    not those of what the starter has seen. `augmentation`: how much boxes are varied. Each of the `shares` is
    a network of its own, so far on the way from where it began to what it has learnt (Wortsman et al., CVPR
    2022).
    """

    starter: bool = False
    tuning: Tuning | None = None
    hold: float = 0.0
    mixed: float = 0.0
    teacher: bool = False
    robust: bool = False
    spectrum: bool = False
    plain: bool = False
    augmentation: Augmentation = "usual"
    shares: tuple[float, ...] = (1.0,)


SHARES = (0.25, 0.5, 0.75, 1.0)
ALL = replace(TUNING, share=1.0)
"""Tuned as in the program, but all that was learnt is kept."""
WAYS = {
    "scratch": Way(),
    "starter": Way(starter=True, tuning=TUNING),
    "tuned": Way(starter=True, tuning=ALL),
    "naive": Way(starter=True, tuning=Tuning()),
    "shares": Way(starter=True, tuning=ALL, shares=SHARES),
    "mixed shares": Way(starter=True, tuning=ALL, mixed=0.25, shares=SHARES),
    "plain shares": Way(starter=True, tuning=ALL, plain=True, shares=SHARES),
    "spectrum shares": Way(starter=True, tuning=ALL, spectrum=True, shares=SHARES),
    "strong shares": Way(starter=True, tuning=ALL, augmentation="strong", shares=SHARES),
    "held": Way(starter=True, tuning=ALL, hold=0.02),
    "full held": Way(starter=True, tuning=Tuning(), hold=0.02),
    "mixed": Way(starter=True, tuning=TUNING, mixed=0.25),
    "evenly mixed": Way(starter=True, tuning=TUNING, mixed=1.0),
    "full mixed": Way(starter=True, tuning=Tuning(), mixed=0.25),
    "teacher": Way(starter=True, tuning=TUNING, mixed=0.25, teacher=True),
    "scratch teacher": Way(mixed=0.25, teacher=True),
    "robust": Way(starter=True, tuning=TUNING, robust=True),
    "scratch robust": Way(robust=True),
    "spectrum": Way(starter=True, tuning=TUNING, spectrum=True),
    "scratch spectrum": Way(spectrum=True),
}


class TriedTraining(Training):
    """A training that is done in one of these ways."""

    def __init__(
        self,
        network: keras.Model,
        task: Task,
        samples: Samples,
        parameters: TrainingParameters,
        way: Way,
        start: str = "",
    ) -> None:
        self._way = way
        self._tried = np.random.default_rng([parameters.seed, 3])
        box = samples.images.shape[-1]
        self._known = simulated(task.feature, box) if way.mixed and not way.teacher else None
        if way.teacher:
            self._unannotated = task.unannotated(UNANNOTATED, box, parameters.seed)
        super().__init__(network, samples, parameters, start, way.tuning)
        if way.plain:
            self._copy = self._compiled(PlainCopy(network))
            self._trained = self._copy.model
            self._average = WeightAverage(self._trained)
        self._from = [ops.convert_to_numpy(each) for each in self._trained.trainable_variables]
        if way.robust:
            self._trained.compile(optimizer=self._trained.optimizer, loss=without_confident)

    def steps(self) -> Iterator[BatchLoss]:
        for done, loss in enumerate(super().steps(), start=1):
            self._hold()
            yield loss
            if self._way.teacher and done >= TAUGHT_FROM and done % TAUGHT_EVERY == 0:
                self._known = self._taught()

    def _batches(self) -> Iterator[Batch]:
        for batch in super()._batches():
            if self._way.spectrum:
                images = with_other_spectra(batch.images, self._tried)
                yield replace(batch, images=images)
            else:
                yield self._with_known(batch)

    def _with_known(self, batch: Batch) -> Batch:
        """Return a batch with boxes that are known before its own."""
        if self._known is None:
            return batch
        count = round(self._way.mixed * len(batch.images))
        variation = VARIATIONS[self._parameters.augmentation]
        pairs = []
        for box in self._tried.integers(len(self._known.images), size=count):
            turn = int(self._tried.integers(8))
            image, label = (
                orient(each[box], turn) for each in (self._known.images, self._known.labels)
            )
            pairs.append(varied(image, label, variation, self._tried))
        images, labels = (np.stack(each) for each in zip(*pairs, strict=True))
        return replace(
            batch,
            count=batch.count + count,
            images=np.concatenate([np.moveaxis(images, 1, -1), batch.images]),
            labels=np.concatenate([labels[..., None].astype(np.float32), batch.labels]),
        )

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


def simulated(feature: str, box: int) -> Samples:
    """Return boxes of tomograms that the starter has learnt from."""
    pool = Pool(POOL, 8, 0)
    every = [pool.boxes(seed) for seed in range(TOMOGRAMS)]
    part = slice(0, box)
    images = np.concatenate([each.images[:BOXES, :, part, part] for each in every])
    codes = np.concatenate([each.codes[:BOXES, part, part] for each in every])
    return Samples.of(images.astype(np.float32), decoded(codes)[..., FEATURES.index(feature)])


def without_confident(labels: keras.KerasTensor, predictions: keras.KerasTensor) -> object:
    """Return the usual loss, without background that the network takes for the feature with confidence."""
    sure = ops.logical_and(
        ops.equal(labels, BACKGROUND), ops.greater(ops.stop_gradient(predictions), CONFIDENT)
    )
    return cross_entropy_and_dice(ops.where(sure, float(IGNORE), labels), predictions)


def with_other_spectra(
    images: NDArray[np.float32], random: np.random.Generator
) -> NDArray[np.float32]:
    """Return images (n, box, box, D), half of them with other amplitudes, a wedge of which is weaker."""
    box = images.shape[1]
    y, x = np.fft.fftfreq(box)[:, None], np.fft.rfftfreq(box)[None]
    radius, angle = np.hypot(y, x), np.arctan2(y, x)
    changed = images.copy()
    for number in np.flatnonzero(random.random(len(images)) < 0.5):
        curve = np.interp(radius, np.linspace(0, 0.71, KNOTS), random.normal(0, SPREAD, KNOTS))
        away = np.abs((angle - random.uniform(0, np.pi) + np.pi / 2) % np.pi - np.pi / 2)
        wedge = (away < random.uniform(0, np.pi / 6)) & (radius > 0.05)
        factor = np.exp(curve) * np.where(wedge, WEAKENED, 1.0)
        spectrum = np.fft.rfft2(images[number], axes=(0, 1)) * factor[..., None]
        changed[number] = np.fft.irfft2(spectrum, (box, box), axes=(0, 1))
    return changed
