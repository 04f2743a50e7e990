"""Where models are least certain or contradict one another: where the next annotation teaches most.

Uncertainty sampling (Lewis and Gale, SIGIR 1994) and query by committee (Seung et al., COLT 1992), over
boxes.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Claim = tuple[str, NDArray[np.float32]]
    """What a model is to find, and its prediction float32 (y, x), 0..1, or less where none is known."""


@dataclass(frozen=True)
class DoubtfulPlace:
    """The centre (y, x) of a box, and the mean doubt in it, 0 to 1."""

    y: int
    x: int
    doubt: float


def doubt(claims: Sequence[Claim]) -> NDArray[np.float32]:
    """Return the doubt about each pixel of a slice, float32 (y, x), 0..1: the greatest of three.

    How near a value is to 0.5; how far models of the same feature differ; how surely models of different
    features claim a pixel both. Where any model's prediction is not known yet there is none.
    """
    values = [prediction for _, prediction in claims]
    greatest = np.zeros(values[0].shape, np.float32)
    for value in values:
        np.maximum(greatest, 1.0 - np.abs(2.0 * value - 1.0), out=greatest)
    for (name, one), (other_name, other) in itertools.combinations(claims, 2):
        contradiction = np.abs(one - other) if name == other_name else np.minimum(one, other)
        np.maximum(greatest, contradiction, out=greatest)
    for value in values:
        greatest[value < 0.0] = 0.0
    return greatest


def doubtful_places(
    doubts: NDArray[np.float32], box_size: int, most: int, taken: Iterable[tuple[int, int]] = ()
) -> list[DoubtfulPlace]:
    """Return up to `most` boxes (px) of a slice that lie in it and do not overlap, the most doubtful first.

    Boxes whose centre lies in one around a `taken` position (y, x) are left out.
    """
    height, width = doubts.shape
    low, high = box_size // 2, box_size - box_size // 2
    if height < box_size or width < box_size:
        return []
    # The box of size b at c covers [c - b//2, c - b//2 + b).
    blurred = cv2.blur(doubts, (box_size, box_size), anchor=(low, low))
    means = np.array(blurred[low : height - high + 1, low : width - high + 1], np.float32)
    for y, x in taken:
        _clear(means, y - low, x - low, low + 1)
    found: list[DoubtfulPlace] = []
    while len(found) < most:
        row, column = divmod(int(means.argmax()), means.shape[1])
        if means[row, column] <= 0.0:
            break
        found.append(DoubtfulPlace(row + low, column + low, float(means[row, column])))
        _clear(means, row, column, box_size)
    return found


def _clear(means: NDArray[np.float32], y: int, x: int, reach: int) -> None:
    """Leave out what is nearer than `reach` along both axes."""
    rows = slice(max(0, y - reach + 1), max(0, y + reach))
    columns = slice(max(0, x - reach + 1), max(0, x + reach))
    means[rows, columns] = 0.0
