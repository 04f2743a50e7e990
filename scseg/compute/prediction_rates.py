"""How fast models have been, for an estimate of what is still to be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.base.rect import Rect

if TYPE_CHECKING:
    from scseg.compute.messages import SliceRequest
    from scseg.compute.segmentation_jobs import JointSegmentation

_Way = tuple[str, float, str, int, str]
"""Weights, overlap, mode, averaging and precision."""


class PredictionRates:
    """Seconds of network for an area of a slice, by model and by the way in which it predicts.

    Areas are in A^2, not in the tomogram's pixels: a model sees all tomograms in its own pixel size.
    """

    def __init__(self) -> None:
        self._sums: dict[_Way, tuple[float, float]] = {}

    @property
    def known(self) -> frozenset[object]:
        """The models and ways that were seen at work."""
        return frozenset(way for way, (area, _) in self._sums.items() if area > 0)

    def copy(self) -> PredictionRates:
        """Return what is known now, for a thread."""
        copied = PredictionRates()
        copied._sums = dict(self._sums)
        return copied

    def note(self, request: SliceRequest, area: float, seconds: float) -> None:
        """Take in what a request of an area took."""
        known_area, known_seconds = self._sums.get(_way(request), (0.0, 0.0))
        self._sums[_way(request)] = known_area + area, known_seconds + seconds

    def seconds(self, ensemble: JointSegmentation) -> float | None:
        """Return what the networks will take for an ensemble; None if one of them has not been seen yet."""
        slices = ensemble.predicted_slices
        total = 0.0
        for request in ensemble.requests(slices[0]).values():
            area, seconds = self._sums.get(_way(request), (0.0, 0.0))
            if area == 0.0:
                return None
            total += len(slices) * seconds / area * area_of(request, ensemble)
        return total


def area_of(request: SliceRequest, ensemble: JointSegmentation) -> float:
    """Return the area that a request of an ensemble asks for, in A^2."""
    region = request.region or Rect.whole(ensemble.first.tomogram.shape[1:])
    return region.height * region.width * ensemble.scale.apix**2


def _way(request: SliceRequest) -> _Way:
    weights = request.model.weights_sha256
    return weights, request.overlap, request.mode, request.averaging, request.precision
