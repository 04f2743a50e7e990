"""Resampling predictions that were made on resampled slices back to the pixels of the tomogram."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from scseg.base.rect import Rect
from scseg.datasets.resampling import PREDICTION, resample, slice_shape

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class PredictionRestorer:
    """Resamples predictions back, region by region, to the pixels of slices of `shape` (y, x).

    They were made in pixels `step` times as large. Each region equals that of `resampling.restore_slice`.
    """

    shape: tuple[int, int]
    step: float

    def source(self, region: Rect) -> Rect:
        """Return the resampled pixels that a region of the slice depends on."""
        y0, y1 = self._read(0, region.y0, region.y1)
        x0, x1 = self._read(1, region.x0, region.x1)
        return Rect(y0, x0, y1, x1)

    def rows(self, region: Rect, known: int) -> int:
        """Return up to which row a region depends on nothing but the first `known` resampled rows."""
        rows = np.arange(region.y0, region.y1)
        last = np.floor(self._position(0, rows)) + self._reach + 1
        length = slice_shape(self.shape, self.step)[0]
        return region.y0 + int(np.searchsorted(np.minimum(last, length - 1), known))

    def restored(self, prediction: NDArray[np.float32], region: Rect) -> NDArray[np.float32]:
        """Return a region of the slice from the prediction (y, x) of its `source`."""
        y0, x0, y1, x1 = region
        source = self.source(region)
        y = float(self._position(0, np.array((y0 + y1 - 1) / 2)))
        x = float(self._position(1, np.array((x0 + x1 - 1) / 2)))
        middle = y - source.y0, x - source.x0
        return resample(prediction, middle, region.shape, 1.0 / self.step, PREDICTION)

    def _read(self, axis: int, low: int, high: int) -> tuple[int, int]:
        """Return the range of resampled pixels that pixels from `low` to `high` - 1 depend on."""
        first, last = np.floor(self._position(axis, np.array([low, high - 1])))
        length = slice_shape(self.shape, self.step)[axis]
        return max(int(first) - self._reach, 0), min(int(last) + self._reach + 2, length)

    @property
    def _reach(self) -> int:
        return int(np.ceil(PREDICTION.support(1.0 / self.step)))

    def _position(self, axis: int, pixels: NDArray[Any]) -> NDArray[np.float64]:
        """Return where the centres of pixels lie on the resampled slice."""
        length = slice_shape(self.shape, self.step)[axis]
        middle = (self.shape[axis] - 1) / 2
        return np.asarray((length - 1) / 2 + (pixels - middle) / self.step, np.float64)
