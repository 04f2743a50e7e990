"""Whether predicted values mean what they say, and which threshold is best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scseg.base.labels import FEATURE, IGNORE

if TYPE_CHECKING:
    from numpy.typing import NDArray

BINS = 10
_STEPS = 100
_MIDDLE = 0.5


@dataclass(frozen=True, eq=False)
class Calibration:
    """A reliability curve: pixels in bins of equal width by their predicted value, the lowest first.

    Attributes:
        predicted: the mean predicted value of each bin, float (BINS,); NaN of an empty one.
        shares: what part of its pixels is the feature, float (BINS,); NaN of an empty one.
        counts: its pixels, int (BINS,).
        error: the expected calibration error, 0 to 1: how far both are apart in the mean over all pixels.
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
    values, feature = _known(predictions, labels)
    bins = np.minimum((values * BINS).astype(np.int64), BINS - 1)
    counts = np.bincount(bins, minlength=BINS)
    sums = np.bincount(bins, values, minlength=BINS), np.bincount(bins, feature, minlength=BINS)
    predicted, shares = (
        np.divide(each, counts, out=np.full(BINS, np.nan), where=counts > 0) for each in sums
    )
    apart = np.abs(sums[0] - sums[1]).sum()
    error = float(apart / counts.sum()) if len(values) else 0.0
    return Calibration(predicted, shares, counts, error)


def best_threshold(
    predictions: NDArray[np.float32], labels: NDArray[np.uint8]
) -> BestThreshold | None:
    """Return the best of 0.01 to 0.99, of equal ones that nearest to 0.5; None if nothing is the feature."""
    values, feature = _known(predictions, labels)
    if not feature.any():
        return None
    thresholds = (np.arange(1, _STEPS) / _STEPS).astype(np.float32)
    # By how many thresholds each value reaches; so the last ones of these tell what lies above each.
    reached = np.searchsorted(thresholds, values, side="right")
    found = _from_the_top(np.bincount(reached, minlength=_STEPS))
    right = _from_the_top(np.bincount(reached, feature, minlength=_STEPS))
    scores = 2.0 * right / (found + feature.sum())
    best = np.flatnonzero(scores == scores.max())
    chosen = best[np.abs(thresholds[best] - _MIDDLE).argmin()]
    return BestThreshold(float((chosen + 1) / _STEPS), float(scores[chosen]))


def _from_the_top(counts: NDArray[np.int64] | NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how many values reach each threshold, of how many reach so many thresholds."""
    return np.asarray(counts[:0:-1].cumsum()[::-1], np.float64)


def _known(
    predictions: NDArray[np.float32], labels: NDArray[np.uint8]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return the values of all pixels that are not ignored, and which of them are the feature."""
    known = labels != IGNORE
    return predictions[known], labels[known] == FEATURE
