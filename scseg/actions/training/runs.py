"""Training runs: begun, stopped, and what their processes tell."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from scseg.actions.models import model_list
from scseg.actions.training import live_sets, training_plan
from scseg.compute.messages import (
    BatchDone,
    EpochDone,
    Failed,
    Resting,
    TrainingDone,
    TrainingRequest,
    TrainingStarted,
)
from scseg.models import unsaved_models
from scseg.models.files import read_description
from scseg.state.models import TrainingRun, Weights

if TYPE_CHECKING:
    from scseg.compute.messages import ModelRef, Reply
    from scseg.state.models import Model
    from scseg.state.session import Session

_LEARNS_LIVE = "learns what is drawn"


def obstacle(model: Model) -> str:
    """Return why a model cannot be trained now; nothing where it can."""
    found = model.plan.training_set
    if model.run is not None:
        return "It is being trained, or waits for its turn."
    if model.unloaded is not None:
        return f"{model.unloaded.path} is not loaded: load it first, or add a new model."
    if found is None:
        return "Choose a training set first."
    if found.positives == 0:
        return "No box of the training set contains the feature: there is nothing to learn."
    return training_plan.misfit(model)


def begin(session: Session, model: Model) -> None:
    """Train a model as soon as those before it are done; one that has learnt something goes on."""
    if not obstacle(model):
        numbers = [each.run.number for each in session.models if each.run is not None]
        model.run = TrainingRun(max(numbers, default=0) + 1)


def stop(model: Model) -> None:
    """End a training after its batch, keeping what was learnt; one that waits for its turn is dropped."""
    if model.run is not None:
        model.run = replace(model.run, stopping=True) if model.run.started else None


def place_in_queue(session: Session, model: Model) -> int:
    """Return how many trainings come before that of a model."""
    runs = [each.run for each in session.models if each.run is not None]
    return sum(model.run is not None and run.number < model.run.number for run in runs)


def start(model: Model) -> TrainingRequest | None:
    """Take note that a training goes on now; return what its process is to do."""
    run, found = model.run, model.plan.training_set
    if run is None:
        return None
    live = run.live is not None
    path = str(live_sets.set_path(model)) if live else found.path if found is not None else ""
    if not path:
        return None
    since = unsaved_models.modified_time(unsaved_models.newest_model(model.id))
    model.run = replace(run, started=True, since=since, text="starting the network")
    return TrainingRequest(
        training_set=path,
        folder=str(unsaved_models.model_folder(model.id)),
        name=model.display.name,
        colour=model.display.colour,
        architecture=model.plan.architecture,
        parameters=model.plan.parameters,
        start_from=model.ref.path if model.ref is not None else None,
        live=live,
    )


def take_reply(session: Session, model: Model, reply: Reply) -> None:
    """Take in what the process of a training tells."""
    match reply:
        case TrainingStarted():
            _take_start(session, model, reply)
        case BatchDone():
            _take_batch(session, model, reply)
        case Resting():
            _rest(model)
        case EpochDone():
            model.epochs = (*model.epochs, reply)
        case TrainingDone(model=last, best=best):
            model.last = weights_of(last)
            model_list.show_weights(model, model.last)
            model.run = None
            model.best = weights_of(best) if best is not None else None
        case Failed(sentence=sentence, details=details):
            learnt = _learns(model)
            model.run = None
            session.notify("error", sentence, details)
            # The checkpoint itself, which the sentence names: the disk may have no room for another.
            if learnt and model.epochs:
                model_list.show_weights(model, weights_of(model.epochs[-1].model))
                judged = [each for each in model.epochs if each.validation is not None]
                if judged:
                    epoch = min(judged, key=_validation_loss)
                    model.last, model.best = model.weights, weights_of(epoch.model)


def show_latest(model: Model) -> None:
    """Let a model that is being trained show what it has learnt up to its last epoch.

    Raises:
        ScsegError: that cannot be read or kept.
    """
    if not (_learns(model) and model.epochs):
        return
    latest = model.epochs[-1].model
    if model.ref is not None and model.ref.weights_sha256 == latest.weights_sha256:
        return
    # The run keeps its latest checkpoints only, while the slice may take longer to predict.
    path = unsaved_models.pin_checkpoint(model.id, Path(latest.path))
    if path is not None:
        model_list.show_weights(model, weights_of(replace(latest, path=str(path))))


def choose(model: Model, weights: Weights) -> None:
    """Go on with the last or the best epoch of a training."""
    if model.run is None:
        model_list.show_weights(model, weights)


def weights_of(ref: ModelRef) -> Weights:
    """Return the weights that a training has left, which nobody has saved yet.

    Raises:
        ScsegError: their description cannot be read.
    """
    return Weights(ref, read_description(Path(ref.path)), kept=False)


def needed(model: Model) -> set[Path]:
    """Return the files of a model that somebody may still want."""
    found = (model.weights, model.last, model.best)
    return {Path(each.ref.path) for each in found if each is not None}


def _validation_loss(epoch: EpochDone) -> float:
    return epoch.validation.loss if epoch.validation is not None else math.inf


def _learns(model: Model) -> bool:
    """Tell whether the network of a run is there: until then, what is told of epochs is of the run before."""
    return model.run is not None and model.run.parameters > 0


def _take_start(session: Session, model: Model, started: TrainingStarted) -> None:
    model.epochs, model.last, model.best = (), None, None
    if model.run is not None:
        text = "" if model.run.live is None else _LEARNS_LIVE
        model.run = replace(model.run, parameters=started.weights, epochs=started.epochs, text=text)
    for sentence in started.notices:
        session.notify_once("info", sentence)


def _take_batch(session: Session, model: Model, done: BatchDone) -> None:
    if done.notice:
        session.notify_once("warning", done.notice)
    run = model.run
    if run is not None:
        epoch = f"epoch {done.epoch + 1} of {run.epochs}"
        model.run = replace(
            run,
            fraction=done.fraction,
            loss=done.loss,
            seconds_left=done.seconds_left,
            text=epoch if run.live is None else _LEARNS_LIVE,
        )


def _rest(model: Model) -> None:
    if model.run is not None:
        model.run = replace(model.run, text="rests until more is drawn")
