"""Whether predicted values mean what they say, and which threshold is best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scseg.base.labels import FEATURE, IGNORE
from scseg.models.trust.agreement import ratio

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

BINS = 10
_STEPS = 100
_MIDDLE = 0.5
_PIXELS_AT_ONCE = 1 << 20
"""A set may have a thousand million of them."""


@dataclass(frozen=True, eq=False)
class Calibration:
    """A reliability curve: pixels in bins of equal width by their predicted value, the lowest first.

    Attributes:
        predicted: the mean predicted value of each bin, float (BINS,); NaN of an empty one.
        shares: what part of its pixels is the feature, float (BINS,); NaN of an empty one.
        counts: its pixels, int (BINS,).
        error: the expected calibration error, 0 to 1: how far both are apart in the mean over all pixels; NaN
            where there are none.
    """

    predicted: NDArray[np.float64]
    shares: NDArray[np.float64]
    counts: NDArray[np.int64]
    error: float


@dataclass(frozen=True)
class BestThreshold:
    """The threshold of the highest Dice over all pixels that are not ignored, and that Dice."""

    threshold: float
    dice: float


def calibration(predictions: NDArray[np.float32], labels: NDArray[np.uint8]) -> Calibration:
    """Return the reliability curve of predictions, 0..1, on labels of the same shape."""
    counts, predicted, feature = (np.zeros(BINS) for _ in range(3))
    for values, is_feature in _known(predictions, labels):
        bins = np.minimum((values * BINS).astype(np.int64), BINS - 1)
        counts += np.bincount(bins, minlength=BINS)
        predicted += np.bincount(bins, values, minlength=BINS)
        feature += np.bincount(bins, is_feature, minlength=BINS)
    error = ratio(np.abs(predicted - feature).sum(keepdims=True), counts.sum(keepdims=True))
    return Calibration(
        ratio(predicted, counts), ratio(feature, counts), counts.astype(np.int64), float(error[0])
    )


def best_threshold(
    predictions: NDArray[np.float32], labels: NDArray[np.uint8]
) -> BestThreshold | None:
    """Return the best of 0.01 to 0.99, of equal ones that nearest to 0.5; None if nothing is the feature."""
    thresholds = (np.arange(1, _STEPS) / _STEPS).astype(np.float32)
    found, right = np.zeros(_STEPS), np.zeros(_STEPS)
    for values, is_feature in _known(predictions, labels):
        # By how many thresholds each value reaches; so the last ones of these tell what lies above each.
        reached = np.searchsorted(thresholds, values, side="right")
        found += np.bincount(reached, minlength=_STEPS)
        right += np.bincount(reached, is_feature, minlength=_STEPS)
    if not right.any():
        return None
    scores = 2.0 * _from_the_top(right) / (_from_the_top(found) + right.sum())
    best = np.flatnonzero(scores == scores.max())
    chosen = best[np.abs(thresholds[best] - _MIDDLE).argmin()]
    return BestThreshold(float((chosen + 1) / _STEPS), float(scores[chosen]))


def _from_the_top(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how many values reach each threshold, of how many reach so many thresholds."""
    return counts[:0:-1].cumsum()[::-1]


def _known(
    predictions: NDArray[np.float32], labels: NDArray[np.uint8]
) -> Iterator[tuple[NDArray[np.float32], NDArray[np.bool_]]]:
    """Yield the values of all pixels that are not ignored, and which of them are the feature, in parts."""
    predictions, labels = predictions.reshape(-1), labels.reshape(-1)
    for first in range(0, len(labels), _PIXELS_AT_ONCE):
        some = slice(first, first + _PIXELS_AT_ONCE)
        known = labels[some] != IGNORE
        yield predictions[some][known], labels[some][known] == FEATURE
