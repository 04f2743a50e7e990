"""Models from training sets."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from scseg.base.files.folders_to_write import made_folder
from scseg.base.progress import Report, silent
from scseg.compute.messages import TrainingRequest
from scseg.compute.training import train_and_wait
from scseg.datasets.training_sets.training_set import load_training_set
from scseg.models.compatibility import check_can_continue
from scseg.models.description import ModelDescription, TrainingParameters
from scseg.models.files import copy_model, open_model, remove_model, unused_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from scseg.compute.messages import TrainingDone

ARCHITECTURE = "VGGNet"
_COLOUR = (0.26, 0.83, 0.64)


@dataclass(frozen=True)
class TrainingChoices:
    """How a model is made of a training set.

    Attributes:
        parameters: epochs, batch size, copies, part held out and so on.
        architecture: one of `scseg train --list-architectures`; None is that of `start_from`, else VGGNet.
        name: of the model; None is that of `start_from`, else the features'.
        start_from: a model (.scnm) that is trained further; else `parameters.start` tells whether the network
            begins from the starter of its architecture or from scratch.
        keep: the model of the last epoch, or of the best on the boxes held out.
    """

    parameters: TrainingParameters = field(default_factory=TrainingParameters)
    architecture: str | None = None
    name: str | None = None
    start_from: Path | None = None
    keep: Literal["last", "best"] = "last"


@dataclass(frozen=True)
class Trained:
    """A model that was trained.

    Attributes:
        path: its file (.scnm); the weights lie beside it.
        model: its description, with loss and scores.
        stopped: whether it was cancelled before its last epoch, and holds what was learnt until then.
    """

    path: Path
    model: ModelDescription
    stopped: bool


_USUAL = TrainingChoices()


def train(
    training_set: Path | str,
    folder: Path | str,
    choices: TrainingChoices = _USUAL,
    report: Report = silent,
    notify: Callable[[str], object] = lambda _: None,
) -> Trained:
    """Train a network on a training set, in a process of its own; checkpoints are left beside the model.

    With the usual parameters and 90 boxes, some ten minutes on two cores; one seed gives one result.

    Args:
        training_set: the file (.scnt).
        folder: for the model; it is made if need be.
        choices: architecture, parameters and so on.
        report: is told epoch and loss. Where it raises CancelledError after the first batch, what was learnt
            is kept, and `stopped` tells so.
        notify: gets sentences for the user, such as how many boxes are learnt from.

    Returns:
        The model.

    Raises:
        ScsegError: the set or the model to start from cannot be read or do not fit, the run failed, or its
            process died.
        CancelledError: from `report`, before the first batch.
    """
    request = training_request(Path(training_set), Path(folder), choices)
    done = train_and_wait(request, report, notify)
    path = Path(done.model.path)
    if choices.keep == "best":
        if done.best is None:
            notify("No epoch was judged on boxes held out, so the last model is kept.")
        else:
            path = _best(done, Path(request.folder))
    return Trained(path, open_model(path), done.stopped)


def training_request(training_set: Path, folder: Path, choices: TrainingChoices) -> TrainingRequest:
    """Return what to train.

    Raises:
        ScsegError: the set or the model to start from cannot be read or do not fit.
    """
    found = load_training_set(training_set)
    start = open_model(choices.start_from) if choices.start_from else None
    architecture = choices.architecture or (start.architecture if start else ARCHITECTURE)
    if start:
        check_can_continue(start, architecture, found)
    names = (choices.name, start and start.name, "+".join(found.features), "model")
    return TrainingRequest(
        training_set=str(training_set.resolve()),
        folder=str(made_folder(folder).resolve()),
        name=next(name for name in names if name),
        colour=start.colour if start else _COLOUR,
        architecture=architecture,
        parameters=choices.parameters,
        start_from=str(choices.start_from.resolve()) if choices.start_from else None,
    )


def _best(done: TrainingDone, folder: Path) -> Path:
    """Put the best epoch's model in the place of the last one, and return it."""
    last = Path(done.model.path)
    if done.best is None:
        return last
    checkpoint = Path(done.best.path)
    best = folder / open_model(checkpoint).file_name
    if best != last:
        best = unused_path(best)
    copy_model(checkpoint, best)
    if best != last:
        remove_model(last)
    return best
