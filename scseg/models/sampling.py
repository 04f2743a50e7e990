"""Which boxes an epoch shows to the network, and which way up.

Positives are repeated in different orientations; negatives are dealt from a shuffled deck that runs on
across epochs, so that each is seen as often as any other.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scseg.base.errors import ScsegError
from scseg.base.formatting import counted
from scseg.models.tiling import orientations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray


@dataclass(frozen=True)
class Counts:
    """Boxes of a set, or samples of an epoch, of both kinds."""

    positives: int = 0
    negatives: int = 0

    @classmethod
    def of(cls, positive: NDArray[np.bool_]) -> Counts:
        """Count boxes, of which `positive` (N,) tells what each is."""
        return cls(int(positive.sum()), int((~positive).sum()))

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.positives + other.positives, self.negatives + other.negatives)

    @property
    def total(self) -> int:
        return self.positives + self.negatives


@dataclass(frozen=True, eq=False)
class Epoch:
    """The samples of one epoch in their order: index of the box in its set, and its orientation."""

    boxes: NDArray[np.int64]
    orientations: NDArray[np.int64]


def epoch_counts(positives: int, negatives: int, copies: int, excess: float) -> Counts:
    """Return how many samples of each kind an epoch has.

    `positives`, `negatives` count the boxes; `excess` 0.3 means 1.3 negatives for each positive sample.

    Raises:
        ScsegError: there is no positive box.
    """
    if positives == 0:
        raise ScsegError(
            "No box of the training set contains the feature: annotate it inside some boxes, or check "
            "that mask and boxes belong to the same tomogram."
        )
    shown = positives * copies
    wanted = int(np.floor(shown * (1.0 + excess) + 0.5))
    return Counts(shown, wanted if negatives else 0)


def describe_epoch(boxes: Counts, copies: int, excess: float) -> str:
    """Return what an epoch shows, in a few words for users."""
    if boxes.positives == 0:
        return "No box contains the feature"
    shown = epoch_counts(boxes.positives, boxes.negatives, copies, excess)
    samples = counted(shown.total, "sample")
    if boxes.negatives == 0:
        return f"{samples} per epoch, no negatives"
    if shown.negatives <= boxes.negatives:
        dealt = f"{shown.negatives} of {counted(boxes.negatives, 'negative')} per epoch"
    else:
        times = shown.negatives / boxes.negatives
        dealt = f"each of {counted(boxes.negatives, 'negative')} {times:.1f} times per epoch"
    return f"{samples} per epoch, {dealt}"


def epochs(
    positive: NDArray[np.bool_], copies: int, excess: float, random: np.random.Generator
) -> Iterator[Epoch]:
    """Deal epochs without end. `positive` (N,) tells for each box of the set what it is.

    Raises:
        ScsegError: there is no positive box.
    """
    with_feature, without = np.flatnonzero(positive), np.flatnonzero(~positive)
    counts = epoch_counts(len(with_feature), len(without), copies, excess)
    deck = _deck(without, random)
    while True:
        dealt = np.fromiter(itertools.islice(deck, counts.negatives), np.int64)
        boxes = np.concatenate([np.repeat(with_feature, copies), dealt])
        turns = np.concatenate(
            [
                _copies_turned(len(with_feature), copies, random),
                random.integers(orientations.COUNT, size=counts.negatives),
            ]
        )
        order = random.permutation(counts.total)
        yield Epoch(boxes[order], turns[order])


def _deck(cards: NDArray[np.int64], random: np.random.Generator) -> Iterator[np.int64]:
    """Deal the cards in random order, all of them before any comes again."""
    while True:
        yield from random.permutation(cards)


def _copies_turned(boxes: int, copies: int, random: np.random.Generator) -> NDArray[np.int64]:
    """Return an orientation for each copy, (boxes * copies,): all 8 before one repeats."""
    rounds = -(-copies // orientations.COUNT)
    turns = np.tile(np.arange(orientations.COUNT), (boxes, rounds, 1))
    shuffled = random.permuted(turns, axis=2).reshape(boxes, -1)
    return shuffled[:, :copies].ravel()
