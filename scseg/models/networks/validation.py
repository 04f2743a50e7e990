"""How well a network does on boxes that it does not learn from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scseg.base.labels import FEATURE, IGNORE
from scseg.models.networks.backend import compiles
from scseg.models.networks.losses import cross_entropy_and_dice
from scseg.models.networks.odds import with_odds
from scseg.models.networks.parts import Parts, in_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import keras
    from numpy.typing import NDArray

    from scseg.models.samples import Samples

_THRESHOLD = 0.5
_NEGATIVES_PER_POSITIVE = 4


def judged(
    network: keras.Model,
    held_out: Samples,
    batch_size: int,
    unwanted: Callable[[], bool],
    odds: float = 0.0,
) -> tuple[float, float] | None:
    """Return the loss of training, and Dice over all pixels that count; None once it is `unwanted`.

    `odds` is what the loss of training is told of the boxes. Dice is of what is marked at 0.5.

    Batches have one shape, or the network would compile anew. A network that rightly finds nothing has
    a Dice of 1.
    """
    if not network.compiled:
        network.compile(jit_compile=compiles())
    predict = in_parts(network.predict_on_batch, Parts())
    losses, weights, shared, total = [], [], 0, 0
    for images, labels, count in _batches(held_out, batch_size):
        if unwanted():
            return None
        predictions = predict(images)
        losses.append(float(cross_entropy_and_dice(with_odds(labels, odds), predictions)))
        weights.append(count)
        found = (predictions >= _THRESHOLD) & (labels != IGNORE)
        shared += int((found & (labels == FEATURE)).sum())
        total += int(found.sum()) + int((labels == FEATURE).sum())
    return float(np.average(losses, weights=weights)), 2 * shared / total if total else 1.0


def _batches(
    held_out: Samples, batch_size: int
) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32], int]]:
    """Yield images (batch, box, box, D), labels (batch, box, box, 1) and how many of them are boxes.

    The last batch is filled up with what is ignored.
    """
    depth, box = held_out.images.shape[1:3]
    chosen = _chosen(held_out.positive)
    for start in range(0, len(chosen), batch_size):
        these = chosen[start : start + batch_size]
        images = np.zeros((batch_size, box, box, depth), np.float32)
        labels = np.full((batch_size, box, box, 1), IGNORE, np.float32)
        images[: len(these)] = np.moveaxis(held_out.images[these], 1, -1)
        labels[: len(these), ..., 0] = held_out.labels[these]
        yield images, labels, len(these)


def _chosen(positive: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return which boxes are judged by, in a mixed order that is always the same.

    All positives, but of the negatives no more than an epoch's: thousands of them would take longer
    than the epoch itself.
    """
    negatives = np.flatnonzero(~positive)
    most = _NEGATIVES_PER_POSITIVE * int(positive.sum())
    if len(negatives) > most:
        negatives = negatives[np.linspace(0, len(negatives) - 1, most).astype(int)]
    return np.random.default_rng(0).permutation(
        np.concatenate([np.flatnonzero(positive), negatives])
    )
