"""What a person would annotate of a demo tomogram, made from its true labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

COLOUR = (0.26, 0.83, 0.64)
BOXES = 90
BOX_SIZE = 64
_APART = 6
"""Slices to train and to judge on are so many slices apart: neighbours look alike."""


def slices_to_annotate(
    label: NDArray[np.uint8], count: int = 3, first: int | None = None
) -> list[int]:
    """Return the slices (z) of a label volume (z, y, x) with most of the feature, apart from each other.

    `first` is one of them in any case.
    """
    area = label.sum(axis=(1, 2), dtype=np.int64)
    chosen = [] if first is None else [first]
    for z in np.argsort(-area, kind="stable"):
        if len(chosen) < count and all(abs(int(z) - other) >= 2 * _APART for other in chosen):
            chosen.append(int(z))
    return sorted(chosen)


def slices_to_judge(label: NDArray[np.uint8], annotated: Sequence[int], count: int) -> list[int]:
    """Return slices with the feature, spread evenly over those that are apart from the annotated ones."""
    present = np.flatnonzero(label.any(axis=(1, 2)))
    unseen = [int(z) for z in present if all(abs(int(z) - a) >= _APART for a in annotated)]
    return sorted({unseen[round(i)] for i in np.linspace(0, len(unseen) - 1, count)})


def place_boxes(
    label: NDArray[np.uint8], slices: Sequence[int], count: int, box: int, seed: int = 0
) -> NDArray[np.int64]:
    """Return `count` box centres (z, y, x), as many on each slice.

    Two thirds stand on the feature, as people place them: around a point of it, and not all on top of
    each other. The others have none of the feature in them; where there is no room for such boxes,
    more stand on the feature.
    """
    random = np.random.default_rng(seed)
    shares = [count // len(slices) + (i < count % len(slices)) for i in range(len(slices))]
    boxes = []
    for z, share in zip(slices, shares, strict=True):
        empty = _centres_of_empty_boxes(label[z] > 0, box)
        negatives = _drawn(empty, share // 3, random)
        positives = _drawn(np.argwhere(label[z]), share - len(negatives), random)
        jitter = random.integers(-box // 5, box // 5 + 1, positives.shape)
        centres = np.concatenate([positives + jitter, negatives])
        inside = np.clip(centres, box // 2, np.array(label.shape[1:]) - box // 2)
        boxes.append(np.insert(inside, 0, z, axis=1))
    return np.concatenate(boxes).astype(np.int64)


def dice(prediction: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    """Return 2 |A and B| / (|A| + |B|), 1 where both are empty."""
    total = int(prediction.sum()) + int(truth.sum())
    return 2.0 * int((prediction & truth).sum()) / total if total else 1.0


def _centres_of_empty_boxes(mask: NDArray[np.bool_], box: int) -> NDArray[np.int64]:
    """Return the (y, x) around which a whole box lies in the slice, without any of the mask."""
    near = ndimage.maximum_filter(mask.astype(np.uint8), box + 2 * (box // 5))
    near[: box // 2] = near[-(box // 2) :] = 1
    near[:, : box // 2] = near[:, -(box // 2) :] = 1
    return np.argwhere(near == 0)


def _drawn(places: NDArray[np.int64], count: int, random: np.random.Generator) -> NDArray[np.int64]:
    chosen = random.permutation(len(places))[:count]
    return places[chosen].reshape(-1, 2)
