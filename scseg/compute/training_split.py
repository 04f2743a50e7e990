"""A training set divided into boxes to learn from and boxes to judge by: the same for all who ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scseg.datasets.resampling import step_between
from scseg.models.holdout import BoxPlaces, HoldoutSplit, split_boxes

if TYPE_CHECKING:
    from scseg.datasets.training_sets.training_set import TrainingSet


def split_training_set(training_set: TrainingSet, part: float | None) -> HoldoutSplit:
    """Hold out a part of a set's boxes; 0 none, None as many as it can spare."""
    steps = [step_between(source.apix, training_set.apix) for source in training_set.sources]
    places = BoxPlaces(
        training_set.positions, training_set.origins, np.array(steps)[training_set.origins]
    )
    return split_boxes(training_set.labels, places, part)
