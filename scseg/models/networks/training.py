"""The training of one network, batch by batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras
import numpy as np

from scseg.labels import IGNORE
from scseg.models.networks.losses import cross_entropy_and_dice
from scseg.models.orientations import oriented
from scseg.models.samples import Samples, Step
from scseg.models.sampling import Epoch, epoch_counts, epochs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from scseg.models.description import TrainingParameters

_WARM_UP = 0.03
_CONTRAST_SPREAD = 0.15
_BRIGHTNESS_SPREAD = 0.15


def batches_per_epoch(samples: Samples, parameters: TrainingParameters) -> int:
    """Return how many batches an epoch has.

    Raises:
        ScsegError: no box holds the feature.
    """
    boxes = samples.counts
    counts = epoch_counts(boxes.positives, boxes.negatives, parameters.copies, parameters.negatives)
    return -(-counts.total // parameters.batch_size)


def train(network: keras.Model, samples: Samples, parameters: TrainingParameters) -> Iterator[Step]:
    """Train, yielding after every batch. Whoever stops iterating stops the training.

    An epoch's samples are spread evenly over its batches: a small last one would steer as much as the
    others and know less.

    Raises:
        ScsegError: no box holds the feature.
    """
    network.compile(
        optimizer=keras.optimizers.Adam(parameters.learning_rate),
        loss=cross_entropy_and_dice,
        jit_compile=False,
    )
    random = np.random.default_rng(parameters.seed)
    dealt = epochs(samples.positive, parameters.copies, parameters.negatives, random)
    per_epoch = batches_per_epoch(samples, parameters)
    total = per_epoch * parameters.epochs
    for epoch, content in zip(range(parameters.epochs), dealt, strict=False):
        summed, seen = 0.0, 0
        for batch, chosen in enumerate(np.array_split(np.arange(len(content.boxes)), per_epoch)):
            done = (epoch * per_epoch + batch) / total
            network.optimizer.learning_rate = parameters.learning_rate * _schedule(done)
            images, labels = _batch(samples, content, chosen, parameters.batch_size, random)
            loss = network.train_on_batch(_with_varied_grey(images, random), labels)
            summed, seen = summed + float(loss) * len(chosen), seen + len(chosen)
            yield Step(epoch, batch, summed / seen)


def _schedule(done: float) -> float:
    """Return the part of the learning rate in use: a short rise, then a cosine's fall to nothing."""
    rise = min(1.0, (done + 1e-3) / _WARM_UP)
    return rise * 0.5 * (1.0 + float(np.cos(np.pi * done)))


def _batch(
    samples: Samples,
    epoch: Epoch,
    chosen: NDArray[np.int64],
    batch_size: int,
    random: np.random.Generator,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return images (batch, box, box, D) and labels (batch, box, box, 1) of the chosen samples.

    What is missing to a full batch is filled with ignored pixels: another shape would compile again.
    """
    depth, box = samples.images.shape[1:3]
    images = np.zeros((batch_size, box, box, depth), np.float32)
    labels = np.full((batch_size, box, box, 1), IGNORE, np.float32)
    for place, sample in enumerate(chosen):
        index, orientation = int(epoch.boxes[sample]), int(epoch.orientations[sample])
        rows, columns = _shifted(box, random), _shifted(box, random)
        image = oriented(samples.images[index], orientation)[:, rows][:, :, columns]
        images[place] = np.moveaxis(image, 0, -1)
        labels[place, ..., 0] = oriented(samples.labels[index], orientation)[rows][:, columns]
    return images, labels


def _shifted(box: int, random: np.random.Generator) -> NDArray[np.int64]:
    """Return the pixels of a box along one axis, moved by up to half a box and mirrored at its edges.

    People place boxes around what they annotate. Without this a network learns that the feature is in
    the middle of a box, and finds it in the middle of tiles.
    """
    moved = np.arange(box) + random.integers(-(box // 2), box // 2 + 1)
    return np.asarray(np.minimum(np.abs(moved), 2 * (box - 1) - moved))


def _with_varied_grey(
    images: NDArray[np.float32], random: np.random.Generator
) -> NDArray[np.float32]:
    """Vary contrast and brightness of each image a little, as they vary between tomograms."""
    shape = (len(images), 1, 1, 1)
    contrast = np.exp(random.normal(0.0, _CONTRAST_SPREAD, shape)).astype(np.float32)
    brightness = random.normal(0.0, _BRIGHTNESS_SPREAD, shape).astype(np.float32)
    return images * contrast + brightness
