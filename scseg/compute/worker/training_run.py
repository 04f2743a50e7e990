"""One training run in its worker: from a training set to a model file, with a checkpoint per epoch."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import keras

from scseg import __version__
from scseg.compute.messages import (
    BatchDone,
    EpochDone,
    ModelRef,
    Reply,
    TrainingDone,
    TrainingRequest,
    TrainingStarted,
)
from scseg.datasets.training_set import TrainingSet, fingerprint, load_training_set
from scseg.errors import ScsegError
from scseg.files import explained
from scseg.models.description import ModelDescription, safe_name
from scseg.models.files import save_model, weights_path
from scseg.models.networks.architectures import build
from scseg.models.networks.training import batches_per_epoch, train
from scseg.models.networks.weights import save_weights
from scseg.models.samples import Samples, Step
from scseg.models.sampling import Counts

if TYPE_CHECKING:
    from multiprocessing.connection import Connection


class _Parent:
    """The other end: tells it of progress, and notices when it wants an end or is gone.

    A run whose parent is gone goes on to the end of its epoch, so that nothing learnt is lost.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.gone = False
        self.stop_wanted = False

    def tell(self, reply: Reply) -> None:
        try:
            self._connection.send(reply)
        except ConnectionError:
            self.gone = True

    def listen(self) -> None:
        try:
            # Whatever is said during a run, Stop or Quit, asks for its end.
            while not self.gone and self._connection.poll():
                self._connection.recv()
                self.stop_wanted = True
        except (EOFError, ConnectionError):
            self.gone = True


@dataclass(frozen=True, eq=False)
class _Run:
    request: TrainingRequest
    training_set: TrainingSet
    network: keras.Model

    def describe(self, epochs_trained: int, loss: float) -> ModelDescription:
        return ModelDescription(
            name=self.request.name,
            colour=self.request.colour,
            architecture=self.request.architecture,
            box_size=self.training_set.box_size,
            depth=self.training_set.depth,
            apix=self.training_set.apix,
            parameters=self.network.count_params(),
            loss=loss,
            normalisation=self.training_set.normalisation,
            weights_sha256="",
            training_set_sha256=self._training_set_sha256,
            program=f"scseg {__version__}",
            epochs_trained=epochs_trained,
            training=self.request.parameters,
        )

    @cached_property
    def _training_set_sha256(self) -> str:
        """Hashed once a run: a set may hold 4 GB."""
        return fingerprint(self.training_set)

    def save(self, epochs_trained: int, loss: float, path: Path | None = None) -> ModelRef:
        """Save what was learnt so far, under its proposed name unless `path` names a checkpoint."""
        description = self.describe(epochs_trained, loss)
        target = path or unused(Path(self.request.folder) / description.file_name)
        saved = save_model(description, lambda p: save_weights(self.network, p), target)
        return ModelRef(str(target), saved.weights_sha256)


def run_training(connection: Connection, request: TrainingRequest) -> None:
    """Train until the last epoch, or until told to stop.

    Raises:
        ScsegError: the training set or the settings do not do, or a file cannot be written.
    """
    training_set = load_training_set(Path(request.training_set))
    samples = Samples(training_set.images, training_set.labels, training_set.positive)
    batches = batches_per_epoch(samples, request.parameters)
    # Before the network is built: its weights are drawn from this seed.
    keras.utils.set_random_seed(request.parameters.seed)
    network = build(request.architecture, training_set.box_size, training_set.depth)
    run = _Run(request, training_set, network)
    checkpoints = _new_folder(Path(request.folder) / f"{safe_name(request.name)}_checkpoints")
    parent = _Parent(connection)
    parent.tell(
        TrainingStarted(
            network.count_params(),
            request.parameters.epochs,
            batches,
            samples.counts,
            Counts(0, 0),
            _notices(samples),
        )
    )
    step = Step(0, 0, 0.0)
    for step in train(network, samples, request.parameters):
        if not math.isfinite(step.loss):
            raise ScsegError(
                "The training diverged, its loss is no number any more: use a lower learning rate, and "
                f"look at the grey values of {request.training_set}."
            )
        parent.tell(BatchDone(step.epoch, step.batch, step.loss))
        parent.listen()
        epoch_ends = step.batch == batches - 1
        if epoch_ends:
            path = checkpoints / f"epoch_{step.epoch + 1:04d}.scnm"
            parent.tell(EpochDone(step.epoch, step.loss, run.save(step.epoch + 1, step.loss, path)))
        if parent.stop_wanted or (parent.gone and epoch_ends):
            break
    complete = step.epoch + 1 if step.batch == batches - 1 else step.epoch
    model = run.save(complete, step.loss)
    parent.tell(TrainingDone(model, step.loss, stopped=parent.stop_wanted))


def unused(path: Path) -> Path:
    """Return `path`, or the first of `name_2`, `name_3`, … of which neither file of a pair exists."""
    candidate, number = path, 1
    while candidate.exists() or weights_path(candidate).exists():
        number += 1
        candidate = path.with_name(f"{path.stem}_{number}{path.suffix}")
    return candidate


def _new_folder(path: Path) -> Path:
    """Make a folder that no other run has, at this moment or from before: `path`, `path_2` and so on."""
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        candidate, number = path, 1
        while True:
            try:
                candidate.mkdir()
            except FileExistsError:
                number += 1
                candidate = path.with_name(f"{path.name}_{number}")
            else:
                return candidate


def _notices(samples: Samples) -> tuple[str, ...]:
    if samples.positive.all():
        return (
            "Every box contains the feature: add boxes without it, or the model will see it everywhere.",
        )
    return ()
