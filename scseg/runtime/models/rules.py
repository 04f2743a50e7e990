"""Competition and rules on the slice in view, found out beside the frames."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from scseg.interactions.rules import models_needed, without_resting_rules
from scseg.interactions.slice_interactions import SliceInteractions
from scseg.preview import needed_slices
from scseg.runtime.on_screen import RemovedPixels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.compute.messages import SliceRequest
    from scseg.interactions.rules import SettingsByModel
    from scseg.preview.predictions import Prediction
    from scseg.runtime.inbox import Inbox
    from scseg.runtime.models.predictor import Predictor
    from scseg.runtime.on_screen import ShownPrediction, SliceOnScreen
    from scseg.state.session import Session

    Arrays = dict[str, NDArray[np.float32]]


WHAT = "Applying the rules between models"
SECONDS_TO_END = 2.0


@dataclass(frozen=True, eq=False)
class _Question:
    """What is asked of the thread: equal in `competition`, two differ in their rules alone."""

    requests: dict[str, SliceRequest]
    interactions: SettingsByModel
    apix: float

    @property
    def competition(self) -> dict[str, tuple[SliceRequest, bool, bool]]:
        return {
            model: (request, self.interactions[model].emit, self.interactions[model].absorb)
            for model, request in self.requests.items()
        }

    def equals(self, other: _Question | None) -> bool:
        return other is not None and (self.requests, self.interactions, self.apix) == (
            other.requests,
            other.interactions,
            other.apix,
        )


@dataclass(frozen=True, eq=False)
class _Answer:
    """What is removed of each model that is not left as it is."""

    question: _Question
    removed: dict[str, RemovedPixels]


class RuleEvaluator:
    """Asks a thread anew whenever predictions or rules have changed. All methods belong to the main thread.

    Until the rules are found out on a slice, predictions are shown as they are, and as pending. While a
    radius is dragged, what was removed before stays for the moment that the next answer takes.
    """

    def __init__(self, session: Session, predictor: Predictor, inbox: Inbox) -> None:
        self._session = session
        self._predictor = predictor
        self._inbox = inbox
        self._background = inbox.background("rules", WHAT)
        self._asked: _Question | None = None
        self._answer: _Answer | None = None
        self._slice_interactions: tuple[_Question, SliceInteractions] | None = None

    def masks(self, shown: SliceOnScreen) -> tuple[ShownPrediction, ...]:
        """Return what is known of a slice from the models that are shown, and what is removed of that."""
        opened, z = shown.opened, shown.image.key.z
        masks, interactions = (
            self._predictor.masks(opened, z),
            needed_slices.interactions(self._session, opened),
        )
        touched = {mask.model.id for mask in masks if not interactions[mask.model.id].is_plain}
        if opened.apix is None or not touched:
            return masks
        involved = models_needed(touched, interactions)
        there = {
            model: known
            for model, known in self._predictor.known(opened, z).items()
            if model in involved
        }
        question = _Question(
            {model: request for model, (request, _) in there.items()},
            without_resting_rules({model: interactions[model] for model in there}),
            opened.apix,
        )
        self._ask(question, {model: prediction for model, (_, prediction) in there.items()})
        known = self._answer
        if known is None or known.question.requests != question.requests:
            return tuple(replace(mask, pending=mask.model.id in touched) for mask in masks)
        return tuple(replace(mask, removed=known.removed.get(mask.model.id)) for mask in masks)

    def close(self) -> None:
        self._background.close(SECONDS_TO_END)

    def _take(self, answer: _Answer) -> None:
        self._answer = answer

    def _ask(self, question: _Question, predictions: dict[str, Prediction | None]) -> None:
        """Ask, unless that was asked or a prediction is not complete yet; the newest question wins."""
        if question.equals(self._asked):
            return
        arrays = {
            model: prediction.values
            for model, prediction in predictions.items()
            if prediction is not None and prediction.complete
        }
        if len(arrays) == len(predictions):
            self._asked = question
            work = partial(self._find_out, question, arrays)
            self._background.submit_only([self._inbox.answering(WHAT, work, self._take)])

    def _find_out(self, question: _Question, arrays: Arrays) -> _Answer:
        """Find out what is removed; runs in the thread, which alone knows the slice_interactions."""
        if (
            self._slice_interactions is None
            or self._slice_interactions[0].competition != question.competition
        ):
            self._slice_interactions = question, SliceInteractions(arrays, question.interactions)
        slice_interactions = self._slice_interactions[1]
        removed = {}
        for model, interaction in question.interactions.items():
            kept = slice_interactions.allowed(model, interaction.rules, question.apix)
            if kept is not None:
                removed[model] = RemovedPixels(np.logical_not(kept))
        return _Answer(question, removed)
