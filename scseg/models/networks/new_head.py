"""A head for a feature that a trunk does not know, fitted before the trunk learns with it.

At first, a head of random weights would change the trunk for no reason, and what it had learnt would be lost
(Kumar et al., Fine-tuning can distort pretrained features and underperform out-of-distribution, ICLR 2022).
"""

from __future__ import annotations

from itertools import cycle, islice
from typing import TYPE_CHECKING

import keras
from keras import ops

from scseg.base.labels import FEATURE
from scseg.models.architectures.table import ARCHITECTURES
from scseg.models.networks.backend import compiles
from scseg.models.networks.batches import batches
from scseg.models.networks.losses import cross_entropy_and_dice
from scseg.models.starters.heads import head_layers

if TYPE_CHECKING:
    from scseg.models.description import TrainingParameters
    from scseg.models.samples import Samples

_RATE, _STEPS = 1e-2, 150
_MOST_BATCHES, _FEWEST_BOXES = 8, 4
_AT_ONCE, _MOST_PIXELS = 1 << 15, 1 << 20
"""Pixels of a step, as 32 boxes of 32 px have, and of all that is looked at."""


def fit_head(
    network: keras.Model, architecture: str, samples: Samples, parameters: TrainingParameters
) -> None:
    """Fit the head of a network to the first batches of a training; its trunk stays as it is.

    So does the head, where boxes are so large that too few can be looked at, or none has the feature.

    Raises:
        ScsegError: no box holds the feature.
    """
    area = samples.labels[0].size
    if area * _FEWEST_BOXES > _MOST_PIXELS:
        return
    size = min(max(1, _AT_ONCE // area), parameters.batch_size)
    count = min(_MOST_BATCHES, _MOST_PIXELS // (size * area))
    first = network.get_layer(head_layers(ARCHITECTURES[architecture].layers)[0])
    trunk, head = keras.Model(network.input, first.input), keras.Model(first.input, network.output)
    dealt = islice(batches(samples, parameters), count)
    seen = [(ops.convert_to_numpy(trunk(each.images[:size])), each.labels[:size]) for each in dealt]
    if not any((labels == FEATURE).any() for _, labels in seen):
        return
    head.compile(keras.optimizers.Adam(_RATE), cross_entropy_and_dice, jit_compile=compiles())
    for features, labels in islice(cycle(seen), _STEPS):
        head.train_on_batch(features, labels)
