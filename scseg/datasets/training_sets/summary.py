"""What is to be known of a training set without keeping its boxes in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scseg.datasets.training_sets.training_set import fingerprint

if TYPE_CHECKING:
    from pathlib import Path

    from scseg.datasets.training_sets.training_set import TrainingSet


@dataclass(frozen=True)
class TrainingSetSummary:
    """A training set (.scnt): `count` boxes, `positives` of which hold the feature; `apix` in A.

    `normalisation` is empty where it is not known, as of sets that an earlier version remembered.
    """

    path: str
    count: int
    positives: int
    box_size: int
    depth: int
    apix: float
    features: tuple[str, ...]
    sha256: str
    normalisation: str = ""

    @property
    def negatives(self) -> int:
        return self.count - self.positives


def summarise(training_set: TrainingSet, path: Path) -> TrainingSetSummary:
    """Return what a set is that was read from `path`; hashes all of it."""
    return TrainingSetSummary(
        path=str(path),
        count=len(training_set.images),
        positives=int(training_set.positive.sum()),
        box_size=training_set.box_size,
        depth=training_set.depth,
        apix=training_set.apix,
        features=training_set.features,
        sha256=fingerprint(training_set),
        normalisation=training_set.normalisation,
    )
