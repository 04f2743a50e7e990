"""One training run in its worker, without Keras: from a training set to a model, with checkpoints."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from scseg.base.errors import ScsegError
from scseg.compute.messages import (
    BatchDone,
    EpochDone,
    ModelRef,
    TrainingDone,
    TrainingRequest,
    TrainingStarted,
    Validation,
)
from scseg.compute.worker.parent import ParentConnection
from scseg.compute.worker.training.checkpoints import Checkpoints, new_run_folder
from scseg.compute.worker.training.training_input import read_training_input
from scseg.models.description import safe_name
from scseg.models.files import save_model, unused_path
from scseg.models.training_curve import Epoch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection

    from _typeshed import SupportsWrite

    from scseg.models.description import ModelDescription
    from scseg.models.samples import BatchLoss, Samples

    MakeLearner = Callable[[TrainingRequest, Samples, Samples], "Learner"]


class Learner(Protocol):
    """A network in training: the number of its `weights`, and of the `batches` of an epoch."""

    @property
    def weights(self) -> int: ...
    @property
    def batches(self) -> int: ...
    def steps(self) -> Iterator[BatchLoss]: ...
    def validate(self, unwanted: Callable[[], bool]) -> Validation | None: ...
    def save(self, file: SupportsWrite[bytes]) -> None: ...


def run_training(
    connection: Connection, request: TrainingRequest, make_learner: MakeLearner
) -> None:
    """Train until the last epoch, or until told to stop.

    Raises:
        ScsegError: the training set or the settings do not do, or a file cannot be written.
    """
    material = read_training_input(request)
    learner = make_learner(request, material.learnt, material.held_out)
    folder = new_run_folder(Path(request.folder) / f"{safe_name(request.name)}_checkpoints")
    parent = ParentConnection(connection)
    started = TrainingStarted(
        weights=learner.weights,
        boxes=material.learnt.counts,
        held_out=material.held_out.counts,
        notices=material.notices,
    )
    parent.tell(started)
    model = replace(material.model, parameters=learner.weights)
    _Run(request, model, learner, parent, Checkpoints(folder)).go()


class _Run:
    def __init__(
        self,
        request: TrainingRequest,
        model: ModelDescription,
        learner: Learner,
        parent: ParentConnection,
        checkpoints: Checkpoints,
    ) -> None:
        self._request = request
        self._model = model
        self._learner = learner
        self._parent = parent
        self._checkpoints = checkpoints
        self._pace = _Pace(request.parameters.epochs * learner.batches)
        self._epochs = 0
        self._curve: tuple[Epoch, ...] = ()

    def go(self) -> None:
        """Learn, and save what was learnt."""
        loss, validation, stopped = 0.0, None, False
        for step in self._learner.steps():
            loss, validation = _checked(step.loss, self._request), None
            self._pace.count()
            pace = self._pace.fraction, self._pace.seconds_left
            self._parent.tell(BatchDone(step.epoch, step.batch, loss, *pace))
            epoch_ends = step.batch == self._learner.batches - 1
            if epoch_ends:
                self._epochs += 1
                validation = self._learner.validate(lambda: self._parent.wants_an_end)
            stopped = self._parent.wants_an_end
            # What was judged may be the best, also where the end was asked for meanwhile.
            if epoch_ends and (validation is not None or not stopped):
                self._save_checkpoint(step, validation)
            if stopped or (epoch_ends and self._parent.gone):
                break
        self._finish(self._described(loss, validation), stopped=stopped)

    def _save_checkpoint(self, step: BatchLoss, validation: Validation | None) -> None:
        judged = (validation.loss, validation.dice) if validation else (None, None)
        self._curve = (*self._curve, Epoch(step.epoch, step.loss, *judged))
        described = self._described(step.loss, validation)
        model = self._checkpoints.add(described, self._learner.save, step.epoch)
        self._parent.tell(EpochDone(step.epoch, step.loss, model, validation))

    def _finish(self, described: ModelDescription, *, stopped: bool) -> None:
        path = unused_path(Path(self._request.folder) / described.file_name)
        saved = save_model(described, self._learner.save, path)
        model = ModelRef(str(path), saved.weights_sha256)
        self._parent.tell(TrainingDone(model, described.loss, stopped, self._checkpoints.best))

    def _described(self, loss: float, validation: Validation | None) -> ModelDescription:
        return replace(
            self._model,
            loss=loss,
            epochs_trained=self._model.epochs_trained + self._epochs,
            validation_loss=validation.loss if validation else None,
            validation_dice=validation.dice if validation else None,
            curve=self._curve,
        )


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


def _checked(loss: float, request: TrainingRequest) -> float:
    if not math.isfinite(loss):
        raise ScsegError(
            "The training diverged, its loss is no number any more: use a lower learning rate, and "
            f"look at the grey values of {request.training_set}."
        )
    return loss
