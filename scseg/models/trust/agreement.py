"""How well predictions of boxes agree with their labels, box by box. What is ignored counts nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from scseg.base.labels import FEATURE, IGNORE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Labels = NDArray[np.uint8]
    Predictions = NDArray[np.float32]
    Scores = NDArray[np.float64]
    Mask = NDArray[np.bool_]

TOLERANCE = 2.0
"""Pixels of the box that contours may be apart, unless another tolerance is asked for."""

_PIXELS_AT_ONCE = 1 << 20
_FEW_PIXELS = 20.0
"""Against the Dice of boxes with next to nothing in them, where a few pixels would decide."""
_ALWAYS_SHORT = 0.1
"""So much of Dice no mask and label need agree in, however sure the model is."""


@dataclass(frozen=True, eq=False)
class Agreement:
    """How well each of N boxes agrees with its label: what the functions of these names return, (N,)."""

    dice: Scores
    surface_dice: Scores
    disagreement: Scores


def agreement(
    predictions: Predictions, labels: Labels, threshold: float, tolerance: float = TOLERANCE
) -> Agreement:
    """Return all of it, of some boxes after others: of many at once, memory would be several times theirs."""
    at_once = max(1, _PIXELS_AT_ONCE // labels[0].size)
    parts = []
    for first in range(0, len(labels), at_once):
        some = slice(first, first + at_once)
        compare = predictions[some], labels[some], threshold
        scores = dice_of_boxes(*compare), surface_dice_of_boxes(*compare, tolerance)
        parts.append((*scores, disagreement(*compare)))
    return Agreement(*map(np.concatenate, zip(*parts, strict=True)))


def dice_of_boxes(predictions: Predictions, labels: Labels, threshold: float) -> Scores:
    """Return the Dice of each box, (N,); NaN where there is nothing of the feature, and nothing was found.

    Both are (N, box, box); the mask is where a prediction reaches the threshold.
    """
    found, feature = _masks(predictions, labels, threshold)
    shared = (found & feature).sum(axis=(1, 2))
    return ratio(2.0 * shared, found.sum(axis=(1, 2)) + feature.sum(axis=(1, 2)))


def surface_dice_of_boxes(
    predictions: Predictions, labels: Labels, threshold: float, tolerance: float = TOLERANCE
) -> Scores:
    """Return for each box the share of both contours that lies within `tolerance` px of the other, (N,).

    NaN where there is no contour. A contour runs between what is known to be the feature and what is known
    not to be: not along what is ignored, nor along the edge of the box. (Nikolov et al., 2018)
    """
    found, feature = _masks(predictions, labels, threshold)
    known = labels != IGNORE
    pairs = zip(_contours(found, known), _contours(feature, known), strict=True)
    near, total = np.array([_near(one, other, tolerance) for one, other in pairs]).T
    return ratio(near.astype(np.float64), total)


def disagreement(predictions: Predictions, labels: Labels, threshold: float) -> Scores:
    """Return how many times farther labels are from the masks than their model expects, (N,); some below 0.

    Expected is the Dice that a mask would have in the mean if the feature were drawn with the predicted
    values. What it falls short of that with the label is compared with what that falls short of 1. So a
    box in which the model is unsure does not count for wrongly labelled: one of which it is sure does.
    """
    found, feature = _masks(predictions, labels, threshold)
    chances = np.where(labels != IGNORE, predictions, np.float32(0.0))
    expected = _soft_dice(found, chances)
    beyond = expected - _soft_dice(found, feature.astype(np.float32))
    return beyond / (1.0 - expected + _ALWAYS_SHORT)


def _soft_dice(found: Mask, feature: Predictions) -> Scores:
    shared = (feature * found).sum(axis=(1, 2), dtype=np.float64)
    total = found.sum(axis=(1, 2)) + feature.sum(axis=(1, 2), dtype=np.float64)
    return np.asarray((2.0 * shared + _FEW_PIXELS) / (total + _FEW_PIXELS))


def _masks(predictions: Predictions, labels: Labels, threshold: float) -> tuple[Mask, Mask]:
    """Return what was found and what is labelled, without what is ignored."""
    return (predictions >= threshold) & (labels != IGNORE), labels == FEATURE


def _contours(masks: Mask, known: Mask) -> Mask:
    """Return the pixels of masks (N, y, x) that touch a known pixel outside of them."""
    outside = known & ~masks
    beside = np.zeros_like(masks)
    beside[:, 1:] |= outside[:, :-1]
    beside[:, :-1] |= outside[:, 1:]
    beside[:, :, 1:] |= outside[:, :, :-1]
    beside[:, :, :-1] |= outside[:, :, 1:]
    return masks & beside


def _near(one: Mask, other: Mask, tolerance: float) -> tuple[int, int]:
    """Return how many pixels of two contours (y, x) are near the other, and how many there are."""
    near = int(
        (_distances(other)[one] <= tolerance).sum() + (_distances(one)[other] <= tolerance).sum()
    )
    return near, int(one.sum() + other.sum())


def _distances(contour: Mask) -> NDArray[Any]:
    """Return how far each pixel is from a contour; far where there is none (cv2 would say 1.8e19)."""
    elsewhere = (~contour).astype(np.uint8)
    return np.asarray(cv2.distanceTransform(elsewhere, cv2.DIST_L2, cv2.DIST_MASK_PRECISE))


def ratio(part: NDArray[Any], whole: NDArray[Any]) -> Scores:
    """Return part by whole; NaN where the whole is nothing."""
    return np.asarray(np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0))
