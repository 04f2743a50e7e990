"""How long networks take on this computer, measured while they predict."""

from __future__ import annotations

import statistics
import time
from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from scseg.base.errors import ScsegError
from scseg.base.lru_cache import LruCache

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.compute.messages import PredictionMode
    from scseg.compute.worker.prediction.slice_prediction import SlicePrediction
    from scseg.models.precision import PrecisionChoice

_MODELS_KEPT = 32
_MEASURED = 31
_ENOUGH = 3
"""Of a network's first calls one is slow, because it compiles."""


class NetworkTimings:
    """Seconds per pixel of the latest calls of each network in each mode."""

    def __init__(self) -> None:
        self._kept: LruCache[tuple[str, PrecisionChoice, PredictionMode], deque[float]] = LruCache(
            2 * _MODELS_KEPT, lambda _: 1
        )

    def watched(self, work: SlicePrediction) -> TimedNetwork:
        """Return the network of some work, measured from now on."""
        return TimedNetwork(work, self._of(work, work.request.mode))

    def faster(self, work: SlicePrediction) -> float | None:
        """Return how many times faster whole-slice mode is for some work; None if too little is known."""
        tiles, whole = self._of(work, "tiles"), self._of(work, "whole")
        if min(len(tiles), len(whole)) < _ENOUGH:
            return None
        tiles_seconds = work.plan("tiles").pixels * statistics.median(tiles)
        return tiles_seconds / (work.plan("whole").pixels * statistics.median(whole))

    def _of(self, work: SlicePrediction, mode: PredictionMode) -> deque[float]:
        key = (work.request.model.weights_sha256, work.request.precision, mode)
        found = self._kept.get(key)
        if found is None:
            found = deque(maxlen=_MEASURED)
            self._kept.put(key, found)
        return found


class TimedNetwork:
    """A network that is measured, and whose output is checked before anybody uses or keeps it."""

    def __init__(self, work: SlicePrediction, seconds_per_pixel: deque[float]) -> None:
        self.seconds = 0.0
        self._trained = work.trained
        self._seconds_per_pixel = seconds_per_pixel

    def __call__(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        started = time.perf_counter()
        output = self._trained.network(images)
        seconds = time.perf_counter() - started
        self.seconds += seconds
        self._seconds_per_pixel.append(seconds / output.size)
        if not np.isfinite(output).all():
            raise ScsegError(
                f"The model {self._trained.description.name} predicts values that are no numbers: "
                "train it anew."
            )
        return output
