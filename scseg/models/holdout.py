"""Which boxes judge a network instead of teaching it.

Whole slices are held out where three or more have boxes, neighbours together; else the boxes at one
side of each tomogram. Neighbouring slices look alike: what a network is judged by on one slice, it must
not have learnt two slices further, so those pixels of the other boxes are ignored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scseg.base.formatting import counted
from scseg.base.labels import IGNORE, contains_feature
from scseg.models.sampling import Counts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

FEWEST_BOXES, FEWEST_POSITIVES = 100, 20
"""With fewer, all are needed to learn from."""

_AUTOMATIC = 0.2
_SLICES_ALIKE = 2
_SLICES_NEEDED = 3


@dataclass(frozen=True, eq=False)
class BoxPlaces:
    """Where boxes stand.

    `positions` int (N, 3), centres (z, y, x) in px of their tomogram; `origins` int (N,), which tomogram;
    `steps` (N,), the tomogram's pixels for one of the box.
    """

    positions: NDArray[np.int64]
    origins: NDArray[np.int64]
    steps: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class HoldoutSplit:
    """Indices of the boxes to learn from and of those held out.

    `labels` uint8 (n, box, box) are those of the boxes to learn from, with what must not be learnt
    ignored. `why_not` is a sentence if nothing is held out though nobody forbade it.
    """

    learnt: NDArray[np.int64]
    labels: NDArray[np.uint8]
    held_out: NDArray[np.int64]
    boxes: Counts
    held: Counts
    why_not: str = ""


def split_boxes(labels: NDArray[np.uint8], places: BoxPlaces, part: float | None) -> HoldoutSplit:
    """Hold out a part of the boxes, 0 to 0.5; None: a fifth, if there are boxes enough.

    `labels` (N, box, box) are copied where a part is held out.
    """
    positive = contains_feature(labels)
    if part == 0:
        return _all_learnt(labels, positive, "")
    if part is None and (reason := _too_few(positive)):
        return _all_learnt(labels, positive, reason)
    wanted = _AUTOMATIC if part is None else part
    for candidates in (_slices(places, wanted), _sides(places, positive, wanted)):
        held = _nearest(candidates, positive, wanted)
        if held is not None:
            division = _divided(labels, places, held, positive)
            # Boxes of neighbouring slices, or crowded ones, may have nothing left to learn from.
            if 2 * division.boxes.positives >= (positive & ~held).sum():
                return division
    return _all_learnt(labels, positive, _CROWDED)


_CROWDED = (
    "No boxes are held out to judge the network by: too few with the feature would be left to learn from, "
    "as they are few or lie over each other."
)


def _too_few(positive: Mask) -> str:
    boxes, positives = len(positive), int(positive.sum())
    if boxes >= FEWEST_BOXES and positives >= FEWEST_POSITIVES:
        return ""
    return (
        f"No boxes are held out to judge the network by: all {counted(boxes, 'box')}, {positives} with the "
        f"feature, are needed to learn from. Some are held out from {FEWEST_BOXES} boxes on, "
        f"{FEWEST_POSITIVES} of them with the feature."
    )


def _slices(places: BoxPlaces, wanted: float) -> Iterator[Mask]:
    """Yield runs of slices, in the order of tomogram and z, that hold about the wanted part of the boxes."""
    keys = np.column_stack([places.origins, places.positions[:, 0]])
    slices, of_box, counts = np.unique(keys, axis=0, return_inverse=True, return_counts=True)
    if len(slices) < _SLICES_NEEDED:
        return
    of_box = of_box.ravel()
    before = np.concatenate([[0], np.cumsum(counts)])
    for first in range(len(slices)):
        reached = int(np.searchsorted(before, before[first] + wanted * len(of_box)))
        for stop in {max(first + 1, reached - 1), min(max(first + 1, reached), len(slices))}:
            yield (first <= of_box) & (of_box < stop)


def _sides(places: BoxPlaces, positive: Mask, wanted: float) -> Iterator[Mask]:
    """Yield what lies beyond a line, in each of four directions, with the wanted part of the positives."""
    for axis in (1, 2):
        for sign in (1, -1):
            along = sign * places.positions[:, axis]
            held = np.zeros(len(along), bool)
            for origin in np.unique(places.origins):
                here = places.origins == origin
                counted = here & positive if (here & positive).any() else here
                line = np.quantile(along[counted], 1.0 - wanted, method="higher")
                held |= here & (along >= line)
            yield held


def _nearest(candidates: Iterator[Mask], positive: Mask, wanted: float) -> Mask | None:
    """Return the candidate whose parts of positives and negatives come nearest to what is wanted."""

    def distance(held: Mask) -> float:
        negatives = held[~positive].mean() if not positive.all() else wanted
        return abs(float(held[positive].mean()) - wanted) + abs(float(negatives) - wanted)

    possible = (held for held in candidates if held[positive].any() and not held[positive].all())
    return min(possible, key=distance, default=None)


def _divided(
    labels: NDArray[np.uint8], places: BoxPlaces, held: Mask, positive: Mask
) -> HoldoutSplit:
    learnt, held_out = np.flatnonzero(~held), np.flatnonzero(held)
    left = without_held_out(labels, places, learnt, held_out)
    useful = ~(left == IGNORE).all(axis=(1, 2))
    learnt, left = learnt[useful], left[useful]
    return HoldoutSplit(
        learnt, left, held_out, Counts.of(contains_feature(left)), Counts.of(positive[held_out])
    )


def without_held_out(
    labels: NDArray[np.uint8],
    places: BoxPlaces,
    learnt: NDArray[np.int64],
    held_out: NDArray[np.int64],
) -> NDArray[np.uint8]:
    """Return the labels of the boxes to learn from, ignored inside each box that is held out.

    Inside means: on its slice or up to two beside it, where the middle of the pixel lies in it.
    """
    left = labels[learnt]
    size = labels.shape[1]
    z = places.positions[learnt, 0]
    for box in held_out:
        position, origin = places.positions[box], places.origins[box]
        near = (places.origins[learnt] == origin) & (abs(z - position[0]) <= _SLICES_ALIKE)
        rows = np.flatnonzero(near)
        # By how many pixels of the set the held-out box lies further down and right.
        shifts = (position[1:] - places.positions[learnt[rows], 1:]) / places.steps[box]
        first = np.maximum(np.ceil(shifts - 0.5), 0).astype(int)
        stop = np.clip(np.floor(shifts + size - 0.5) + 1, 0, size).astype(int)
        for row, (y, x), (y_stop, x_stop) in zip(rows, first, stop, strict=True):
            left[row, y:y_stop, x:x_stop] = IGNORE
    return left


def _all_learnt(labels: NDArray[np.uint8], positive: Mask, why_not: str) -> HoldoutSplit:
    return HoldoutSplit(
        np.arange(len(labels)), labels, np.arange(0), Counts.of(positive), Counts(0, 0), why_not
    )
