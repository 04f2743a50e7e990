"""Columns of tables of numbers, and how often numbers occur."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FEWEST_BINS, MOST_BINS = 5, 30


@dataclass(frozen=True, eq=False)
class Column:
    """Numbers, float64 (n,), NaN where there is none, and how they are written."""

    name: str
    values: NDArray[np.float64]
    form: str
    explained: str

    def shown(self, row: int) -> str:
        """Return what stands in a row."""
        value = float(self.values[row])
        return "" if np.isnan(value) else format(value, self.form)


@dataclass(frozen=True, eq=False)
class Histogram:
    """How many numbers lie between each two edges: bars at `middles`, `width` wide."""

    middles: NDArray[np.float64]
    counts: NDArray[np.float64]
    width: float


def histogram(values: NDArray[np.float64]) -> Histogram | None:
    """Return the histogram of numbers, those that are none left out; None without any."""
    values = values[np.isfinite(values)]
    if not len(values):
        return None
    bins = int(np.clip(round(2 * len(values) ** 0.5), FEWEST_BINS, MOST_BINS))
    low, high = float(values.min()), float(values.max())
    if low == high:
        low, high = low - 0.5, high + 0.5
    counts, edges = np.histogram(values, bins, (low, high))
    middles = (edges[:-1] + edges[1:]) / 2
    return Histogram(middles, counts.astype(np.float64), float(edges[1] - edges[0]))
