"""What a training run leaves: models on its way, and the one of its end."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from scseg.compute.messages import (
    EpochDone,
    ModelRef,
    TrainingDone,
    TrainingRequest,
    Validation,
)
from scseg.compute.worker.training.checkpoints import Checkpoints, new_run_folder
from scseg.models.description import safe_name
from scseg.models.files import save_model, unused_path
from scseg.models.training_curve import MOST_EPOCHS, Epoch

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

    from scseg.compute.worker.parent import ParentConnection
    from scseg.models.description import ModelDescription


class Saved(Protocol):
    """A network whose weights lie, as they are saved, so far on the way from a starter to what it learnt."""

    @property
    def kept(self) -> float: ...
    def save(self, file: SupportsWrite[bytes]) -> None: ...


class LeftModels:
    """Writes the models of a run and tells the parent of each.

    `described` is what the next one says of itself, but for what its training adds.
    """

    def __init__(
        self,
        request: TrainingRequest,
        described: ModelDescription,
        learner: Saved,
        parent: ParentConnection,
    ) -> None:
        """Make the run's folder.

        Raises:
            ScsegError: it cannot be made.
        """
        self.described = described
        self._request = request
        self._learner = learner
        self._parent = parent
        self._begun_with = described.epochs_trained
        self._curve: tuple[Epoch, ...] = ()
        folder = Path(request.folder) / f"{safe_name(request.name)}_checkpoints"
        self._checkpoints = Checkpoints(new_run_folder(folder))

    def checkpoint(
        self, epoch: int, loss: float, validation: Validation | None = None
    ) -> EpochDone:
        """Write the model of an epoch, counted from 0.

        Raises:
            ScsegError: it cannot be written; those before are intact.
        """
        judged = (validation.loss, validation.dice) if validation else (None, None)
        self._curve = (*self._curve, Epoch(epoch, loss, *judged))[-MOST_EPOCHS:]
        model = self._checkpoints.add(
            self._now(epoch + 1, loss, validation), self._learner.save, epoch
        )
        done = EpochDone(epoch, loss, model, validation)
        self._parent.tell(done)
        return done

    def last(
        self, epochs: int, loss: float, validation: Validation | None, *, stopped: bool
    ) -> None:
        """Write the model of the end, after so many whole epochs.

        Raises:
            ScsegError: it cannot be written.
        """
        described = self._now(epochs, loss, validation)
        path = unused_path(Path(self._request.folder) / described.file_name)
        saved = save_model(described, self._learner.save, path)
        model = ModelRef(str(path), saved.weights_sha256)
        self._parent.tell(TrainingDone(model, described.loss, stopped, self._checkpoints.best))

    def _now(self, epochs: int, loss: float, validation: Validation | None) -> ModelDescription:
        origin = self.described.origin
        return replace(
            self.described,
            origin=replace(origin, kept=self._learner.kept) if origin else None,
            loss=loss,
            epochs_trained=self._begun_with + epochs,
            validation_loss=validation.loss if validation else None,
            validation_dice=validation.dice if validation else None,
            curve=self._curve,
        )
