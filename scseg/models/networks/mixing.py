"""Boxes that a starter has learnt from, among those of the user: it is not to forget them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from scseg.models.networks.augmentation import VARIATIONS, varied
from scseg.models.networks.odds import with_odds
from scseg.models.tiling.orientations import COUNT, orient

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from scseg.models.description import Augmentation
    from scseg.models.networks.augmentation import Pair
    from scseg.models.networks.batches import Batch
    from scseg.models.networks.odds import Odds
    from scseg.models.samples import Samples


def mixed(
    batches: Iterator[Batch],
    known: Samples,
    part: float,
    odds: Odds,
    augmentation: Augmentation,
    random: np.random.Generator,
) -> Iterator[Batch]:
    """Yield batches with known boxes in addition, drawn and varied anew each time.

    They are a `part` of a batch's size, and one at least. Labels tell in a second channel how much likelier
    the feature is in them than in slices.
    """
    variation = VARIATIONS[augmentation]
    for batch in batches:
        size, box = batch.images.shape[:2]
        pairs = []
        for number in random.integers(len(known.images), size=math.ceil(part * size)):
            turn = int(random.integers(COUNT))
            image, label = (orient(of_all[number], turn) for of_all in (known.images, known.labels))
            pairs.append(varied(*_fitted(image, label, box, random), variation, random))
        images, labels = (np.stack(of_pairs) for of_pairs in zip(*pairs, strict=True))
        own = replace(batch, labels=with_odds(batch.labels, odds.own))
        added = with_odds(labels[..., None].astype(np.float32), odds.known)
        yield _with(own, np.moveaxis(images, 1, -1), added)


def _fitted(
    image: NDArray[np.float32], label: NDArray[np.uint8], box: int, random: np.random.Generator
) -> Pair:
    """Return a known box as one of the user's size: a part of it, or mirrored around."""
    missing = max(0, box - len(label))
    before, after = missing // 2, missing - missing // 2
    image = np.pad(image, ((0, 0), (before, after), (before, after)), mode="reflect")
    label = np.pad(label, (before, after), mode="reflect")
    y, x = random.integers(0, len(label) - box + 1, 2)
    part = slice(y, y + box), slice(x, x + box)
    return image[:, *part], label[part]


def _with(batch: Batch, images: NDArray[np.float32], labels: NDArray[np.float32]) -> Batch:
    """Return a batch with more samples, before those whose pixels are ignored."""
    judged = batch.count
    return replace(
        batch,
        count=judged + len(images),
        images=np.concatenate([batch.images[:judged], images, batch.images[judged:]]),
        labels=np.concatenate([batch.labels[:judged], labels, batch.labels[judged:]]),
    )
