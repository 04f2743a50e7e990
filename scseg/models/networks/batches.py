"""The boxes of a training set as batches of one shape, each box varied anew whenever it comes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scseg.base.labels import IGNORE
from scseg.models.networks.augmentation import VARIATIONS, varied
from scseg.models.sampling import Counts, Epoch, epoch_counts, epochs
from scseg.models.tiling.orientations import orient

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from scseg.models.description import TrainingParameters
    from scseg.models.samples import Samples


@dataclass(frozen=True, eq=False)
class Batch:
    """The samples of a step: `images` (batch, box, box, D), `labels` (batch, box, box, 1).

    `epoch` and `number` count from 0. The first `count` samples are an epoch's; of the others, all
    pixels are ignored.
    """

    epoch: int
    number: int
    count: int
    images: NDArray[np.float32]
    labels: NDArray[np.float32]


def counts_per_epoch(samples: Samples, parameters: TrainingParameters) -> Counts:
    """Return how many samples of each kind an epoch has.

    Raises:
        ScsegError: no box holds the feature.
    """
    boxes = samples.counts
    return epoch_counts(boxes.positives, boxes.negatives, parameters.copies, parameters.negatives)


def batches_per_epoch(samples: Samples, parameters: TrainingParameters) -> int:
    """Return how many batches an epoch has.

    Raises:
        ScsegError: no box holds the feature.
    """
    return -(-counts_per_epoch(samples, parameters).total // parameters.batch_size)


def batches(
    samples: Samples, parameters: TrainingParameters, since: Sequence[int] = ()
) -> Iterator[Batch]:
    """Yield the batches of all epochs.

    An epoch's samples are spread evenly over its batches: a small last one would steer as much as the
    others and know less. Where training goes on, samples are other ones than before if other numbers say
    `since` when.

    Raises:
        ScsegError: no box holds the feature.
    """
    random = np.random.default_rng([parameters.seed, *since])
    dealt = epochs(samples.positive, parameters.copies, parameters.negatives, random)
    per_epoch = batches_per_epoch(samples, parameters)
    for epoch, content in zip(range(parameters.epochs), dealt, strict=False):
        for number, chosen in enumerate(np.array_split(np.arange(len(content.boxes)), per_epoch)):
            images, labels = _filled(samples, content, chosen, parameters, random)
            yield Batch(epoch, number, len(chosen), images, labels)


def _filled(
    samples: Samples,
    epoch: Epoch,
    chosen: NDArray[np.int64],
    parameters: TrainingParameters,
    random: np.random.Generator,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return images and labels of the chosen samples.

    What is missing to a full batch, whose shape must not change or the network would compile again, is
    filled with the same images, for batch normalisation sees them all, and with ignored labels.
    """
    variation = VARIATIONS[parameters.augmentation]
    pairs = []
    for sample in chosen:
        box, orientation = int(epoch.boxes[sample]), int(epoch.orientations[sample])
        image, label = (
            orient(of_all[box], orientation) for of_all in (samples.images, samples.labels)
        )
        pairs.append(varied(image, label, variation, random))
    images, labels = (np.stack(of_pairs) for of_pairs in zip(*pairs, strict=True))
    full = np.resize(np.arange(len(chosen)), parameters.batch_size)
    judged = labels[full].astype(np.float32)
    judged[len(chosen) :] = IGNORE
    return np.moveaxis(images[full], 1, -1), judged[..., None]
