"""What must be predicted for what is visible, and what has been predicted so far.

`resolve` is a pure function of the session; the window sends its result to the worker whenever it differs
from the last one. A request holds all that its answer depends on, so `Predictions` keeps answers under it.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

import numpy as np

from scseg.compute.messages import SliceRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from scseg.compute.messages import Band
    from scseg.open_models import Model
    from scseg.session import OpenTomogram, Session

CHEAP_PIXELS = 1 << 20
"""Neighbouring slices are predicted ahead while all models together have no more than this to do."""

UNKNOWN = -1.0
"""The value of a pixel that is not predicted yet; it lies below every threshold."""


def request(opened: OpenTomogram, model: Model, z: int) -> SliceRequest | None:
    """Return what is asked for a slice; None of a model that has learnt nothing yet."""
    if model.ref is None:
        return None
    return SliceRequest(opened.ref, model.ref, z, model.display.overlap)


def visible(session: Session) -> tuple[SliceRequest, ...]:
    """Return the requests for the slice in view: models that are shown first.

    Without a pixel size nobody knows what a network would see: then nothing is asked.
    """
    opened = session.active
    if opened is None or opened.apix is None:
        return ()
    return _requests(opened, _active(session), (opened.z,))


def resolve(session: Session) -> tuple[SliceRequest, ...]:
    """Return all that the worker should do now, the most urgent first."""
    wanted = visible(session)
    return wanted + _ahead(session) if wanted else ()


def _ahead(session: Session) -> tuple[SliceRequest, ...]:
    opened = session.active
    models = _active(session)
    if opened is None or opened.shape[1] * opened.shape[2] * len(models) > CHEAP_PIXELS:
        return ()
    neighbours = (opened.z + opened.direction, opened.z - opened.direction)
    return _requests(opened, models, [z for z in neighbours if 0 <= z < opened.shape[0]])


def _requests(
    opened: OpenTomogram, models: Sequence[Model], slices: Sequence[int]
) -> tuple[SliceRequest, ...]:
    asked = [request(opened, model, z) for z in slices for model in models]
    return tuple(each for each in asked if each is not None)


def _active(session: Session) -> list[Model]:
    active = [model for model in session.models if model.display.active and model.weights]
    return sorted(active, key=lambda model: not model.display.show)


class Prediction:
    """One slice predicted by one model, as far as it has come: float32 (y, x), 0..1 or UNKNOWN."""

    def __init__(self, shape: tuple[int, int]) -> None:
        self.values: NDArray[np.float32] = np.full(shape, UNKNOWN, np.float32)
        self.bands: list[tuple[int, int]] = []
        self.complete = False
        self._known = np.zeros(shape[0], bool)

    def add(self, band: Band) -> None:
        """Take in finished rows; whoever draws them asks for the `bands` beyond those it has."""
        stop = band.y + len(band.values)
        self.values[band.y : stop] = band.values
        self._known[band.y : stop] = True
        self.bands.append((band.y, stop))

    @property
    def fraction(self) -> float:
        """The part of the rows that has come."""
        return 1.0 if self.complete else float(self._known.mean())


class Predictions:
    """The latest predictions, the longest unseen forgotten first, in `most_bytes` of memory."""

    def __init__(self, most_bytes: int = 512 << 20) -> None:
        self._most_bytes = most_bytes
        self._kept: OrderedDict[SliceRequest, Prediction] = OrderedDict()

    def get(self, wanted: SliceRequest) -> Prediction | None:
        found = self._kept.get(wanted)
        if found is not None:
            self._kept.move_to_end(wanted)
        return found

    def add(self, band: Band, shape: tuple[int, int]) -> None:
        """Take in a band of a slice of `shape` (y, x)."""
        prediction = self.get(band.request)
        if prediction is None:
            prediction = self._kept[band.request] = Prediction(shape)
            self._forget()
        prediction.add(band)

    def finish(self, done: SliceRequest) -> None:
        prediction = self.get(done)
        if prediction is not None:
            prediction.complete = True

    def missing(self, wanted: tuple[SliceRequest, ...]) -> tuple[SliceRequest, ...]:
        """Return those of `wanted` that are not known completely."""
        return tuple(each for each in wanted if not self._is_complete(each))

    def fraction(self, wanted: tuple[SliceRequest, ...]) -> float:
        """Return how much of `wanted` is known, 0 to 1."""
        known = [self._kept[each].fraction if each in self._kept else 0.0 for each in wanted]
        return sum(known) / len(known) if known else 1.0

    def _is_complete(self, wanted: SliceRequest) -> bool:
        found = self.get(wanted)
        return found is not None and found.complete

    def _forget(self) -> None:
        size = sum(each.values.nbytes for each in self._kept.values())
        while size > self._most_bytes and len(self._kept) > 1:
            _, oldest = self._kept.popitem(last=False)
            size -= oldest.values.nbytes
