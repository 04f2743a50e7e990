"""Competition and rules on the slice in view, found out beside the frames."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from scseg import preview
from scseg.gui.ui import Removed
from scseg.interactions.contest import Contest

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from numpy.typing import NDArray

    from scseg.compute.messages import SliceRequest
    from scseg.gui.predictor import Predictor
    from scseg.gui.ui import Mask, Shown
    from scseg.interactions.rules import Conducts
    from scseg.preview import Prediction
    from scseg.session import Session

    Arrays = dict[str, NDArray[np.float32]]


@dataclass(frozen=True, eq=False)
class _Question:
    """What is asked of the thread: equal in `competition`, two differ in their rules alone."""

    requests: dict[str, SliceRequest]
    conducts: Conducts
    apix: float

    @property
    def competition(self) -> dict[str, tuple[SliceRequest, bool, bool]]:
        return {
            model: (request, self.conducts[model].emit, self.conducts[model].absorb)
            for model, request in self.requests.items()
        }

    def equals(self, other: _Question | None) -> bool:
        return other is not None and (self.requests, self.conducts, self.apix) == (
            other.requests,
            other.conducts,
            other.apix,
        )


@dataclass(frozen=True, eq=False)
class _Answer:
    """What is removed of each model that is not left as it is."""

    question: _Question
    removed: dict[str, Removed]


class Interplay:
    """Asks a thread anew whenever predictions or rules have changed. All methods belong to the main thread.

    Until the rules are found out on a slice, predictions are shown as they are, and as pending. While a
    radius is dragged, what was removed before stays for the moment that the next answer takes.
    """

    def __init__(self, session: Session, predictor: Predictor, wake: Callable[[], None]) -> None:
        self._session = session
        self._predictor = predictor
        self._wake = wake
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="interplay")
        self._asked: Future[_Answer] | None = None
        self._answer: _Answer | None = None
        self._contest: tuple[_Question, Contest] | None = None

    def masks(self, shown: Shown) -> tuple[Mask, ...]:
        """Return what is known of a slice from the models that are shown, and what is removed of that."""
        self._take()
        opened, z = shown.opened, shown.image.key.z
        masks, conducts = self._predictor.masks(opened, z), preview.conducts(self._session)
        touched = {model for model, conduct in conducts.items() if not conduct.is_plain}
        if opened.apix is None or not any(mask.model.id in touched for mask in masks):
            return masks
        question = _Question(preview.asked(self._session, opened, z), conducts, opened.apix)
        self._ask(question)
        known = self._answer
        if known is None or known.question.requests != question.requests:
            return tuple(replace(mask, pending=mask.model.id in touched) for mask in masks)
        return tuple(replace(mask, removed=known.removed.get(mask.model.id)) for mask in masks)

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _take(self) -> None:
        if self._asked is not None and self._asked.done():
            self._answer, self._asked = self._asked.result(), None

    def _ask(self, question: _Question) -> None:
        """Ask, unless that was answered, the thread is busy, or a prediction is not complete yet."""
        answered = self._answer is not None and question.equals(self._answer.question)
        if answered or self._asked is not None:
            return
        found: dict[str, Prediction] = {}
        for model, request in question.requests.items():
            prediction = self._predictor.predictions.get(request)
            if prediction is None or not prediction.complete:
                return
            found[model] = prediction
        arrays = {model: prediction.values for model, prediction in found.items()}
        self._asked = self._thread.submit(self._find_out, question, arrays)
        self._asked.add_done_callback(lambda _: self._wake())

    def _find_out(self, question: _Question, arrays: Arrays) -> _Answer:
        """Find out what is removed; runs in the thread, which alone knows the contest."""
        if self._contest is None or self._contest[0].competition != question.competition:
            self._contest = question, Contest(arrays, question.conducts)
        contest = self._contest[1]
        removed = {}
        for model, conduct in question.conducts.items():
            kept = contest.kept(model, conduct.rules, question.apix)
            if kept is not None:
                removed[model] = Removed(np.logical_not(kept))
        return _Answer(question, removed)
