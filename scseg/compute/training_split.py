"""Splitting a training set into boxes to learn from and boxes held out for validation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scseg.datasets.resampling import step_between
from scseg.models.holdout import BoxPlaces, HoldoutSplit, split_boxes

if TYPE_CHECKING:
    from scseg.datasets.training_sets.training_set import TrainingSet


def split_training_set(training_set: TrainingSet, part: float | None) -> HoldoutSplit:
    """Split the boxes of a set: hold out `part` of them, 0 to 0.5; None is a fifth, if there are enough."""
    steps = [step_between(source.apix, training_set.apix) for source in training_set.sources]
    places = BoxPlaces(
        training_set.positions, training_set.origins, np.array(steps)[training_set.origins]
    )
    return split_boxes(training_set.labels, places, part)
