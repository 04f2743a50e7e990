"""Collecting the bands of rows that a worker sends into predictions of whole slices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scseg.base.rect import Rect

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from scseg.compute.messages import Band, SliceRequest


class PredictionBuffer:
    """Predictions of slices of one shape (y, x), by request; 0 where rows have not come yet."""

    def __init__(self, shape: tuple[int, int]) -> None:
        self._shape = shape
        self._images: dict[SliceRequest, NDArray[np.float32]] = {}
        self._fractions: dict[SliceRequest, float] = {}
        self._complete: dict[SliceRequest, float] = {}

    def add(self, band: Band) -> None:
        region = band.request.region or Rect.whole(self._shape)
        image = self._images.setdefault(band.request, np.zeros(self._shape, np.float32))
        stop = band.y + len(band.values)
        image[band.y : stop, region.x0 : region.x1] = band.values
        self._fractions[band.request] = (stop - region.y0) / region.height

    def finish(self, request: SliceRequest, seconds: float) -> None:
        """Take in that all has come, and how long the network took."""
        self._complete[request] = seconds

    def seconds(self, request: SliceRequest) -> float:
        """Return how long the network took for an image that is complete."""
        return self._complete[request]

    def missing(self, requests: Iterable[SliceRequest]) -> tuple[SliceRequest, ...]:
        """Return those that are not complete, in order."""
        return tuple(request for request in requests if request not in self._complete)

    def fraction(self, request: SliceRequest) -> float:
        """Return the part of its rows that has come."""
        return self._fractions.get(request, 0.0)

    def take_out(self, request: SliceRequest) -> NDArray[np.float32]:
        """Return an image that is complete, and keep it no longer."""
        del self._complete[request]
        del self._fractions[request]
        return self._images.pop(request)
