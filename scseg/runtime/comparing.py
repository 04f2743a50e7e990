"""Two models on one slice: what both mark, and what only one does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scseg.actions.models import comparing
from scseg.preview.predictions import UNKNOWN, Prediction
from scseg.runtime.on_screen import ComparedPart

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from scseg.runtime.on_screen import ShownPrediction
    from scseg.state.models import Colour
    from scseg.state.session import Session

ONLY_FIRST: Colour = (0.835, 0.369, 0.0)
ONLY_SECOND: Colour = (0.337, 0.706, 0.914)
BOTH: Colour = (0.941, 0.894, 0.259)
"""Of the colours that Okabe and Ito have chosen for all eyes; they differ in lightness, too."""

_SOURCES = {"compared: both": BOTH, "compared: first": ONLY_FIRST, "compared: second": ONLY_SECOND}


class ComparedMasks:
    """`shown` belongs before a frame; what has not changed is not computed again."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._of: tuple[object, ...] = ()
        self._parts: tuple[ComparedPart, ...] = ()

    def shown(self, masks: Sequence[ShownPrediction]) -> tuple[ComparedPart, ...]:
        """Return the parts of the slice in their colours; none unless both masks are there."""
        models = comparing.compared(self._session)
        by_model = {mask.model.id: mask for mask in masks}
        pair = [by_model[model.id] for model in models or () if model.id in by_model]
        if len(pair) < 2:
            self._of, self._parts = (), ()
            return ()
        of = tuple(part for mask in pair for part in _state(mask))
        if len(of) != len(self._of) or any(
            _differ(*both) for both in zip(of, self._of, strict=True)
        ):
            self._of, self._parts = of, _parts(*pair)
        return self._parts


def _state(mask: ShownPrediction) -> tuple[object, ...]:
    """Return all that a mask depends on."""
    threshold = mask.model.display.threshold
    return mask.prediction, mask.removed, mask.prediction.revision, threshold, mask.region


def _differ(one: object, other: object) -> bool:
    """Tell whether arrays are others, or values differ."""
    simple = isinstance(one, int | float | tuple)
    return one != other if simple else one is not other


def _parts(first: ShownPrediction, second: ShownPrediction) -> tuple[ComparedPart, ...]:
    known = (first.prediction.values != UNKNOWN) & (second.prediction.values != UNKNOWN)
    one, other = _found(first) & known, _found(second) & known
    masks = (one & other, one & ~other, other & ~one)
    return tuple(
        ComparedPart(source, colour, _as_prediction(mask))
        for (source, colour), mask in zip(_SOURCES.items(), masks, strict=True)
    )


def _found(mask: ShownPrediction) -> NDArray[np.bool_]:
    """Return where a model finds its feature, after competition and rules, bool (y, x)."""
    values = mask.prediction.values
    found = np.zeros(values.shape, np.bool_)
    inside = ... if mask.region is None else mask.region.slices
    found[inside] = values[inside] >= np.float32(mask.model.display.threshold)
    if mask.removed is not None:
        found &= ~mask.removed.pixels.astype(np.bool_)
    return found


def _as_prediction(mask: NDArray[np.bool_]) -> Prediction:
    part = Prediction(mask.astype(np.float32))
    part.complete = True
    return part
