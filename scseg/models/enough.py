"""When a network that begins from what it knows of its feature has learnt enough from so many boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.models.sampling import epoch_counts

if TYPE_CHECKING:
    from scseg.models.description import TrainingParameters
    from scseg.models.sampling import Counts

_SAMPLES = 12_000
_SAMPLES_OF_A_BOX = 150
"""Of a few boxes, and of each where there are many.

With more of them it learns the boxes by heart, and does no better on other slices, or worse.
"""


def enough_epochs(boxes: Counts, parameters: TrainingParameters) -> int:
    """Return after how many epochs learning ends: those that are asked for, or fewer if these are enough.

    Raises:
        ScsegError: no box holds the feature.
    """
    positives, negatives = boxes.positives, boxes.negatives
    of_an_epoch = epoch_counts(positives, negatives, parameters.copies, parameters.negatives).total
    return min(parameters.epochs, max(1, enough_samples(boxes.total) // of_an_epoch))


def enough_samples(boxes: int) -> int:
    """Return from how many samples of so many boxes it has learnt enough."""
    return max(_SAMPLES, _SAMPLES_OF_A_BOX * boxes)
