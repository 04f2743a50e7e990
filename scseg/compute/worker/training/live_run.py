"""A run that learns while somebody draws: its set changes, models come every few seconds, and it rests.

It learns from a set until that brings nothing more, and goes on when the set has been written anew. Its
process gives way: whoever browses and draws does not wait for it.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from scseg.base.machine import give_way
from scseg.compute.messages import BatchDone, Resting, TrainingStarted
from scseg.compute.worker.parent import ParentConnection
from scseg.compute.worker.training.left_models import LeftModels, Saved
from scseg.compute.worker.training.training_input import read_training_input
from scseg.compute.worker.training.training_run import checked
from scseg.models.training_curve import MOST_EPOCHS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection

    from scseg.compute.messages import TrainingRequest
    from scseg.compute.worker.training.training_input import TrainingInput
    from scseg.models.description import TrainingParameters
    from scseg.models.samples import BatchLoss, Samples

    MakeLearner = Callable[[TrainingRequest, Samples, Samples], "LiveLearner"]

LIVE_BATCH = 8
SECONDS_BETWEEN_MODELS = 2.0
"""A model is written so often, or less often where writing it takes more than a tenth of that."""
_PART_FOR_MODELS = 0.1
_LOOK_BACK = 40
"""Batches whose mean loss is compared to that of as many before them."""
_BETTER = 0.98
_MOST_BATCHES = 1500
"""What is learnt from one state of the set at most."""


class LiveLearner(Saved, Protocol):
    """A network that learns from one set after the other; `weights` is how many it has."""

    @property
    def weights(self) -> int: ...
    def steps(self) -> Iterator[BatchLoss]: ...
    def learn_from(self, samples: Samples) -> None: ...


def run_live(connection: Connection, request: TrainingRequest, make_learner: MakeLearner) -> None:
    """Learn until told to stop, or until the parent is gone.

    Raises:
        ScsegError: the training set or the settings do not do, or a file cannot be written.
    """
    give_way()
    parent = ParentConnection(connection)
    told, request = request, replace(request, parameters=live_parameters(request.parameters))
    material = _first_material(parent, request)
    if material is None:
        return
    learner = make_learner(request, _evenly(material.learnt), material.held_out)
    described = replace(material.model, parameters=learner.weights, training=told.parameters)
    left = LeftModels(request, described, learner, parent)
    parent.tell(
        TrainingStarted(
            learner.weights,
            material.epochs,
            material.learnt.counts,
            material.held_out.counts,
            material.notices,
        )
    )
    _LiveRun(request, learner, parent, left).go()


def live_parameters(parameters: TrainingParameters) -> TrainingParameters:
    """Return how a run learns live: in small batches, with no box held out, and without end."""
    return replace(
        parameters,
        epochs=MOST_EPOCHS,
        batch_size=min(parameters.batch_size, LIVE_BATCH),
        validation=0.0,
    )


def _evenly(samples: Samples) -> Samples:
    """Return samples of which each box comes as often as any other, with the feature or without.

    People erase a little, and what they erase is what the network took for the feature: as often as in
    trainings, where negatives outnumber positives, it would be all that the network learns for a while.
    """
    return replace(samples, positive=np.ones_like(samples.positive))


def _first_material(parent: ParentConnection, request: TrainingRequest) -> TrainingInput | None:
    """Wait for a set; None if the run is to end before there is one."""
    while not parent.is_over:
        news = parent.take_news()
        if news is not None and not news.nothing:
            return read_training_input(request)
        parent.wait()
    return None


class _LiveRun:
    def __init__(
        self,
        request: TrainingRequest,
        learner: LiveLearner,
        parent: ParentConnection,
        left: LeftModels,
    ) -> None:
        self._request = request
        self._learner = learner
        self._parent = parent
        self._left = left
        self._models = 0
        self._loss = 0.0
        self._wait = SECONDS_BETWEEN_MODELS
        self._written = time.monotonic()

    def go(self) -> None:
        """Learn, rest and take in news by turns; leave a model at the end."""
        has_set = True
        while not self._parent.is_over:
            if has_set:
                self._learn()
            if not (self._parent.has_news or self._parent.is_over):
                self._parent.tell(Resting())
                self._parent.wait()
            news = self._parent.take_news()
            # One that has learnt all there is has nothing to do until there is another.
            has_set = news is not None and not news.nothing
            if has_set:
                self._take_set()
        self._left.last(self._models, self._loss, None, stopped=True)

    def _take_set(self) -> None:
        material = read_training_input(self._request)
        self._learner.learn_from(_evenly(material.learnt))
        kept = self._left.described
        self._left.described = replace(kept, training_set_sha256=material.model.training_set_sha256)

    def _learn(self) -> None:
        """Learn from the set as it is until that brings nothing, or something is heard."""
        gain = _Gain()
        for step in self._learner.steps():
            self._loss = checked(step.loss, self._request)
            done = BatchDone(step.epoch, step.batch, self._loss, 0.0, notice=step.notice)
            self._parent.tell(done)
            gain.add(self._loss)
            if time.monotonic() - self._written >= self._wait:
                self._write()
            if self._parent.has_news or self._parent.is_over:
                return
            if gain.is_over:
                break
        self._write()

    def _write(self) -> None:
        began = time.monotonic()
        self._left.checkpoint(self._models % MOST_EPOCHS, self._loss)
        self._models = min(self._models + 1, MOST_EPOCHS)
        self._written = time.monotonic()
        self._wait = max(SECONDS_BETWEEN_MODELS, (self._written - began) / _PART_FOR_MODELS)


class _Gain:
    """Whether learning from a set still brings something."""

    def __init__(self) -> None:
        self._losses: deque[float] = deque(maxlen=2 * _LOOK_BACK)
        self._batches = 0

    def add(self, loss: float) -> None:
        self._losses.append(loss)
        self._batches += 1

    @property
    def is_over(self) -> bool:
        if self._batches >= _MOST_BATCHES:
            return True
        if len(self._losses) < 2 * _LOOK_BACK:
            return False
        losses = list(self._losses)
        return sum(losses[_LOOK_BACK:]) > _BETTER * sum(losses[:_LOOK_BACK])
