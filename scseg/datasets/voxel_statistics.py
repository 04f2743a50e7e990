"""Statistics of voxels that come slice by slice."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass
class Statistics:
    """Minimum, maximum, mean and standard deviation of values that come slice by slice."""

    count: int = 0
    minimum: float = math.inf
    maximum: float = -math.inf
    mean: float = 0.0
    squares: float = 0.0

    def add(self, values: NDArray[np.generic]) -> None:
        """Take in a slice. Deviations from the running mean are summed, so that nothing cancels out."""
        numbers = values.astype(np.float64)
        mean = float(numbers.mean())
        shift = mean - self.mean
        count = self.count + numbers.size
        self.squares += float(((numbers - mean) ** 2).sum())
        self.squares += shift * shift * self.count * numbers.size / count
        self.mean += shift * numbers.size / count
        self.count = count
        self.minimum = min(self.minimum, float(numbers.min()))
        self.maximum = max(self.maximum, float(numbers.max()))

    @property
    def deviation(self) -> float:
        return math.sqrt(self.squares / self.count)
