"""The models that a training run leaves on its way: one after each epoch, and few of them kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.base.files.writing import write_errors_as_sentences
from scseg.compute.messages import ModelRef
from scseg.models.files import remove_model, save_model

if TYPE_CHECKING:
    from pathlib import Path

    from scseg.models.description import ModelDescription
    from scseg.models.files import WriteWeights

_LATEST = 2
"""The one before the last may just be on its way to the screen."""


class Checkpoints:
    """Numbered models in a folder. The latest are kept, and the one that did best on boxes held out."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: list[Path] = []
        self._best_loss = float("inf")
        self.best: ModelRef | None = None

    def add(
        self, description: ModelDescription, write_weights: WriteWeights, epoch: int
    ) -> ModelRef:
        """Save a model as that of `epoch`, counted from 0.

        Raises:
            ScsegError: it cannot be written; those before are intact.
        """
        path = self._folder / f"epoch_{epoch + 1:04d}.scnm"
        saved = save_model(description, write_weights, path)
        model = ModelRef(str(path), saved.weights_sha256)
        loss = saved.validation_loss
        if loss is not None and loss < self._best_loss:
            self.best, self._best_loss = model, loss
        self._kept.append(path)
        self._forget_others()
        return model

    def _forget_others(self) -> None:
        best = self.best.path if self.best else None
        for path in self._kept[:-_LATEST]:
            if str(path) != best:
                remove_model(path)
                self._kept.remove(path)


def new_run_folder(path: Path) -> Path:
    """Make a folder that no other run has, at this moment or from before: `path`, `path_2` and so on.

    Raises:
        ScsegError: it cannot be made.
    """
    with write_errors_as_sentences(path):
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
