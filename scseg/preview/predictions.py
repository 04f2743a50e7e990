"""What has been predicted so far, kept under the request that asked for it.

What is predicted does not depend on the crop. So all that comes is collected per whole slice, and what a
crop shows is a part of that: of a slice that is known, any crop is there with the next frame.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from scseg.base.lru_cache import LruCache
from scseg.base.rect import Rect
from scseg.drawing.versioned_array import VersionedArray

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.compute.messages import Band, SliceRequest

CROPS_KEPT = 2
"""Of each slice and model."""

UNKNOWN = -1.0
"""The value of a pixel that is not predicted yet; it lies below every threshold."""

OUTSIDE = 0.0
"""The value of a pixel outside of the crop, here as in every file that is written."""


class Prediction(VersionedArray[np.float32]):
    """One slice predicted by one model, as far as it has come.

    `values` is float32 (y, x) for the whole slice: 0..1 or UNKNOWN, and OUTSIDE beyond the region, which
    is all of the slice if None.
    """

    def __init__(self, values: NDArray[np.float32], region: Rect | None = None) -> None:
        super().__init__(values)
        self.complete = False
        self._inside = values if region is None else values[region.slices]
        self._counted = -1
        self._fraction = 0.0

    @classmethod
    def unknown(cls, shape: tuple[int, int]) -> Prediction:
        return cls(np.full(shape, UNKNOWN, np.float32))

    def cropped(self, region: Rect) -> Prediction:
        """Return what is known of a part of the slice."""
        cropped = Prediction(np.full_like(self.values, OUTSIDE), region)
        cropped._inside[...] = self.values[region.slices]
        cropped.complete = cropped.fraction == 1.0
        return cropped

    def add(self, band: Band) -> None:
        """Take in finished rows; whoever draws them asks what has changed since."""
        stop = band.y + len(band.values)
        region = band.request.region or self.whole
        self.values[band.y : stop, region.x0 : region.x1] = band.values
        self.touch(Rect(band.y, region.x0, stop, region.x1))

    def knows(self, part: Rect) -> bool:
        """Tell whether all of a part of the slice has come."""
        return self.complete or bool(np.all(self.values[part.slices] != UNKNOWN))

    @property
    def fraction(self) -> float:
        """The part of the pixels that has come."""
        if self._counted != self.revision:
            self._counted = self.revision
            self._fraction = np.count_nonzero(self._inside != UNKNOWN) / self._inside.size
        return 1.0 if self.complete else self._fraction


def segmentation(
    prediction: Prediction, part: Rect, removed: NDArray[np.bool_] | None
) -> NDArray[np.float32]:
    """Return what is left of a complete prediction in a part of the slice, float32 (y, x); OUTSIDE else."""
    values = np.full_like(prediction.values, OUTSIDE)
    values[part.slices] = prediction.values[part.slices]
    if removed is not None:
        values[removed] = OUTSIDE
    return values


class Predictions:
    """The latest predictions, the longest unseen forgotten first, in `most_bytes` of memory."""

    def __init__(self, most_bytes: int = 512 << 20) -> None:
        self._kept: LruCache[SliceRequest, Prediction] = LruCache(
            most_bytes, lambda p: p.values.nbytes
        )

    @property
    def nbytes(self) -> int:
        return self._kept.nbytes

    def limit(self, most_bytes: int) -> None:
        """Keep to another amount of memory from now on."""
        self._kept.limit(most_bytes)

    def clear(self) -> None:
        """Forget all."""
        for each in list(self._kept):
            self._kept.forget(each)

    def get(self, wanted: SliceRequest) -> Prediction | None:
        found = self._kept.get(wanted)
        if found is None and wanted.region is not None:
            whole = self._kept.get(_whole(wanted))
            if whole is not None:
                found = whole.cropped(wanted.region)
                self._keep_crop(wanted, found)
        return found

    def add(self, band: Band, shape: tuple[int, int]) -> None:
        """Take in a band of a slice of `shape` (y, x)."""
        whole = self._kept.get(_whole(band.request))
        if whole is None:
            whole = Prediction.unknown(shape)
            self._kept.put(_whole(band.request), whole)
        cropped = self._kept.get(band.request)
        if cropped is not None and cropped is not whole:
            cropped.add(band)
        whole.add(band)

    def finish(self, done: SliceRequest) -> None:
        # Of a part that nobody looks at by itself, its pixels tell that they are all known.
        prediction = self._kept.get(done)
        if prediction is not None:
            prediction.complete = True

    def missing(self, wanted: tuple[SliceRequest, ...]) -> tuple[SliceRequest, ...]:
        """Return those of `wanted` that are not known completely."""
        return tuple(each for each in wanted if not self._is_complete(each))

    def fraction(self, wanted: tuple[SliceRequest, ...]) -> float:
        """Return how much of `wanted` is known, 0 to 1."""
        known = [self._fraction(each) for each in wanted]
        return sum(known) / len(known) if known else 1.0

    def _fraction(self, wanted: SliceRequest) -> float:
        found = self.get(wanted)
        return 0.0 if found is None else found.fraction

    def _is_complete(self, wanted: SliceRequest) -> bool:
        kept = self._kept.get(wanted)
        if kept is not None or wanted.region is None:
            return kept is not None and kept.complete
        whole = self._kept.get(_whole(wanted))
        return whole is not None and whole.knows(wanted.region)

    def _keep_crop(self, wanted: SliceRequest, cropped: Prediction) -> None:
        """Keep few crops of each slice: while a crop is dragged there are many, none of them seen again.

        What is in view and a batch may ask for two.
        """
        older = [each for each in self._kept if each != _whole(each) == _whole(wanted)]
        for each in older[: 1 - CROPS_KEPT]:
            self._kept.forget(each)
        self._kept.put(wanted, cropped)


def _whole(wanted: SliceRequest) -> SliceRequest:
    return replace(wanted, region=None)
