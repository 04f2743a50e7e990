"""What must be predicted for what is visible, and what has been predicted so far.

`resolve` is a pure function of the session; the window sends its result to the worker whenever it differs
from the last one. A request holds all that its answer depends on, so `Predictions` keeps answers under it.

What is predicted does not depend on the crop. So all that comes is collected per whole slice, and what a
crop shows is a part of that: of a slice that is known, any crop is there with the next frame.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from scseg.annotations.crop import Crop
from scseg.base.lru_cache import LruCache
from scseg.base.rect import Rect
from scseg.compute.messages import SliceRequest
from scseg.interactions.contest import radius_px
from scseg.interactions.rules import effective, needed, reach

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.compute.messages import Band
    from scseg.interactions.rules import Conducts
    from scseg.state.models import Model
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

CHEAP_PIXELS = 1 << 20
"""Neighbouring slices are predicted ahead while all models together have no more than this to do."""

CROPS_KEPT = 2
"""Of each slice and model."""

UNKNOWN = -1.0
"""The value of a pixel that is not predicted yet; it lies below every threshold."""

OUTSIDE = 0.0
"""The value of a pixel outside of the crop, here as in every file that is written."""


def request(opened: OpenTomogram, model: Model, z: int, margin: float = 0.0) -> SliceRequest | None:
    """Return what is asked for a slice, with a margin (nm) around the crop.

    None of a model that has learnt nothing yet, and of a slice outside of the crop.
    """
    crop, display = _crop(opened), model.display
    if model.ref is None or not crop.z0 <= z < crop.z1:
        return None
    region = _region(opened, margin)
    return SliceRequest(
        opened.ref, model.ref, z, display.overlap, display.mode, display.averaging, region
    )


def asked(session: Session, opened: OpenTomogram, z: int) -> dict[str, SliceRequest]:
    """Return what is asked for a slice of every active model, by its id: those that are shown first.

    Partners of rules are predicted as far around the crop as the largest radius reaches, and so is who
    competes with them.
    """
    acting = conducts(session)
    partners = [rule.partner for conduct in acting.values() for rule in conduct.rules]
    beyond, margin = needed(partners, acting), reach(acting)
    requests = {}
    for model in _active(session):
        wanted = request(opened, model, z, margin if model.id in beyond else 0.0)
        if wanted is not None:
            requests[model.id] = wanted
    return requests


def conducts(session: Session) -> Conducts:
    """Return how the active models act on one another; rules rest whose partner is not among them."""
    return effective({model.id: model.conduct for model in _active(session)})


def shown_part(opened: OpenTomogram) -> Rect:
    """Return what of a slice predictions are shown in: the crop."""
    return _crop(opened).rect


def _region(opened: OpenTomogram, margin: float = 0.0) -> Rect | None:
    """Return the crop and a margin (nm) around it; None is the whole slice."""
    whole = Rect.whole(opened.shape[1:])
    more = math.ceil(radius_px(margin, opened.apix)) if opened.apix else 0
    region = _crop(opened).rect.grown(more).clipped(whole.shape)
    return None if region == whole else region


def _crop(opened: OpenTomogram) -> Crop:
    if opened.crop is None or not opened.crop.enabled:
        return Crop.whole(opened.shape)
    return opened.crop.clipped(opened.shape)


def visible(session: Session) -> tuple[SliceRequest, ...]:
    """Return the requests for the slice in view: models that are shown first.

    Without a pixel size nobody knows what a network would see: then nothing is asked.
    """
    opened = session.active
    if opened is None or opened.apix is None:
        return ()
    return tuple(asked(session, opened, opened.z).values())


def resolve(session: Session) -> tuple[SliceRequest, ...]:
    """Return all that the worker should do now, the most urgent first."""
    wanted = visible(session)
    beyond = tuple(each for errand in session.errands for each in errand.wanted)
    # What several want is asked for once, where it is most urgent.
    return tuple(dict.fromkeys((*wanted, *beyond, *(_ahead(session) if wanted else ()))))


def _ahead(session: Session) -> tuple[SliceRequest, ...]:
    opened = session.active
    if opened is None:
        return ()
    neighbours = (opened.z + opened.direction, opened.z - opened.direction)
    inside = [z for z in neighbours if 0 <= z < opened.shape[0]]
    wanted = tuple(each for z in inside for each in asked(session, opened, z).values())
    dear = sum(map(partial(_pixels, opened), visible(session))) > CHEAP_PIXELS
    return () if dear else wanted


def _pixels(opened: OpenTomogram, wanted: SliceRequest) -> int:
    """Return about how many pixels a network has to see for a request."""
    region = wanted.region or Rect.whole(opened.shape[1:])
    return region.height * region.width * wanted.averaging


def _active(session: Session) -> list[Model]:
    active = [model for model in session.models if model.display.active and model.weights]
    return sorted(active, key=lambda model: not model.display.show)


class Prediction:
    """One slice predicted by one model, as far as it has come.

    `values` is float32 (y, x) for the whole slice: 0..1 or UNKNOWN, and OUTSIDE beyond the region, which
    is all of the slice if None.
    """

    def __init__(self, values: NDArray[np.float32], region: Rect | None = None) -> None:
        self.values = values
        self.bands: list[tuple[int, int]] = []
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
        cropped.bands.append((0, len(self.values)))
        cropped.complete = cropped.fraction == 1.0
        return cropped

    def add(self, band: Band) -> None:
        """Take in finished rows; whoever draws them asks for the `bands` beyond those it has."""
        stop = band.y + len(band.values)
        region = band.request.region or Rect.whole(self.values.shape)
        self.values[band.y : stop, region.x0 : region.x1] = band.values
        self.bands.append((band.y, stop))

    @property
    def fraction(self) -> float:
        """The part of the pixels that has come."""
        if self._counted != len(self.bands):
            self._counted = len(self.bands)
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
        if band.request.region is not None:
            cropped = self.get(band.request)
            if cropped is not None:
                cropped.add(band)
        whole.add(band)

    def finish(self, done: SliceRequest) -> None:
        prediction = self.get(done)
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
        found = self.get(wanted)
        return found is not None and found.complete

    def _keep_crop(self, wanted: SliceRequest, cropped: Prediction) -> None:
        """Keep few crops of each slice: while a crop is dragged there are many, none of them seen again.

        What is in view and an errand may ask for two.
        """
        older = [each for each in self._kept if each != _whole(each) == _whole(wanted)]
        for each in older[: 1 - CROPS_KEPT]:
            self._kept.forget(each)
        self._kept.put(wanted, cropped)


def _whole(wanted: SliceRequest) -> SliceRequest:
    return replace(wanted, region=None)
