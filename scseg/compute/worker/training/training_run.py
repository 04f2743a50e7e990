"""One training run in its worker, without Keras: from a training set to a model, with checkpoints."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from scseg.base.errors import ScsegError
from scseg.compute.messages import BatchDone, TrainingRequest, TrainingStarted, Validation
from scseg.compute.worker.parent import ParentConnection
from scseg.compute.worker.training.left_models import LeftModels, Saved
from scseg.compute.worker.training.training_input import read_training_input

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection

    from scseg.models.samples import BatchLoss, Samples

    MakeLearner = Callable[[TrainingRequest, Samples, Samples], "Learner"]


class Learner(Saved, Protocol):
    """A network in training: the number of its `weights`, and of the `batches` of an epoch."""

    @property
    def weights(self) -> int: ...
    @property
    def batches(self) -> int: ...
    def steps(self) -> Iterator[BatchLoss]: ...
    def validate(self, unwanted: Callable[[], bool]) -> Validation | None: ...


def run_training(
    connection: Connection, request: TrainingRequest, make_learner: MakeLearner
) -> None:
    """Train until the last epoch, or until told to stop.

    Raises:
        ScsegError: the training set or the settings do not do, or a file cannot be written.
    """
    material = read_training_input(request)
    request = replace(request, parameters=replace(request.parameters, epochs=material.epochs))
    learner = make_learner(request, material.learnt, material.held_out)
    parent = ParentConnection(connection)
    described = replace(material.model, parameters=learner.weights)
    left = LeftModels(request, described, learner, parent)
    started = TrainingStarted(
        weights=learner.weights,
        epochs=material.epochs,
        boxes=material.learnt.counts,
        held_out=material.held_out.counts,
        notices=material.notices,
    )
    parent.tell(started)
    _learn(request, learner, parent, left)


def _learn(
    request: TrainingRequest, learner: Learner, parent: ParentConnection, left: LeftModels
) -> None:
    """Learn, and save what was learnt."""
    pace = _Pace(request.parameters.epochs * learner.batches)
    loss, validation, stopped, epochs = 0.0, None, False, 0
    for step in learner.steps():
        loss, validation = checked(step.loss, request), None
        pace.count()
        parent.tell(
            BatchDone(step.epoch, step.batch, loss, pace.fraction, pace.seconds_left, step.notice)
        )
        epoch_ends = step.batch == learner.batches - 1
        if epoch_ends:
            epochs += 1
            validation = learner.validate(lambda: parent.wants_an_end)
        stopped = parent.wants_an_end
        # What was judged may be the best, also where the end was asked for meanwhile.
        if epoch_ends and (validation is not None or not stopped):
            left.checkpoint(step.epoch, step.loss, validation)
        if stopped or (epoch_ends and parent.gone):
            break
    left.last(epochs, loss, validation, stopped=stopped)


class _Pace:
    """How far a run is, and how long the rest will take, as batches went so far, with all between them."""

    def __init__(self, batches: int) -> None:
        self._batches = batches
        self._done = 0
        self._first = self._latest = 0.0

    def count(self) -> None:
        """Count a batch, which ends now."""
        self._done += 1
        self._latest = time.monotonic()
        if self._done == 1:
            self._first = self._latest

    @property
    def fraction(self) -> float:
        return self._done / self._batches

    @property
    def seconds_left(self) -> float | None:
        """Tell nothing after the first batch: in it the network is compiled."""
        if self._done < 2:
            return None
        a_batch = (self._latest - self._first) / (self._done - 1)
        return a_batch * (self._batches - self._done)


def checked(loss: float, request: TrainingRequest) -> float:
    """Return a loss that is a number.

    Raises:
        ScsegError: the training has diverged.
    """
    if not math.isfinite(loss):
        raise ScsegError(
            "The training diverged, its loss is no number any more: use a lower learning rate, and "
            f"look at the grey values of {request.training_set}."
        )
    return loss
