"""What panels say of models and their trainings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scseg.actions.training import runs
from scseg.base.formatting import counted, noun, time_left
from scseg.base.printable import printable
from scseg.models.starters.starter import starter_of

if TYPE_CHECKING:
    from scseg.compute.messages import PredictionMode
    from scseg.datasets.training_sets.summary import TrainingSetSummary
    from scseg.models.description import TrainingParameters
    from scseg.state.models import Model, TrainingRun, Weights
    from scseg.state.session import Session

MODES: dict[PredictionMode, tuple[str, str]] = {
    "tiles": (
        "tiles###tiles",
        "Look at tiles as large as the boxes of training, as most programs do.",
    ),
    "whole": (
        "whole slice###whole",
        "Look at large parts of the slice at once: no tile is seen twice.",
    ),
}
"""What the network sees at once: the label of each way, and what there is to say of it."""


def info_line(model: Model) -> str:
    """Return what a model is; while it learns, with the loss as it is now."""
    run, found, description = model.run, model.plan.training_set, model.description
    if run is None or run.loss is None:
        return "" if description is None else description.title
    if description is not None:
        return replace(description, loss=run.loss).title
    box, apix = (found.box_size, found.apix) if found is not None else (0, 0.0)
    return f"{model.plan.architecture} ({run.parameters}, {box}, {apix:.3f}, {run.loss:.4f})"


def about(model: Model) -> str:
    """Return what the info line is made of, and where the model is saved."""
    where = model.weights.ref.path if model.weights is not None and model.weights.kept else ""
    explained = "Architecture (parameters, box size in pixels, A per pixel, loss)"
    place = printable(where) or "Not saved yet: kept in the folder of the program."
    return "\n".join([explained, *_origin(model), place])


def _origin(model: Model) -> tuple[str, ...]:
    """Return what a model began from, and whether it has learnt anything since."""
    description = model.description
    origin = description.origin if description is not None else None
    if description is None or origin is None:
        return ()
    if description.is_ready_network:
        return (f"Ready network, taught on simulated tomograms ({printable(origin.starter)}).",)
    return (f"Began from the {printable(origin.starter)}.",)


def beginning(model: Model) -> str:
    """Return what the network of a model that has learnt nothing will begin from."""
    starter = starter_of(model.plan.architecture, model.plan.parameters)
    return f"Begins from the {starter.name}." if starter else "Begins from scratch."


def training_set(found: TrainingSetSummary) -> str:
    """Return what is in a training set."""
    depth = f" x {found.depth} slices" if found.depth > 1 else ""
    boxes = noun(found.positives + found.negatives, "box")
    return (
        f"{found.positives} + {found.negatives} {boxes} of {counted(found.box_size, 'pixel')}{depth}, "
        f"{found.apix:.2f} A per pixel"
    )


def epoch(chosen: TrainingParameters) -> str:
    """Return what an epoch amounts to."""
    return (
        f"Every positive box is shown {counted(chosen.copies, 'time')} in an epoch, and for each of these "
        f"samples {1 + chosen.negatives:g} negative ones. More copies or a higher rate of negatives show "
        "more of the negative boxes in every epoch. Boxes held out for validation are not among the samples."
    )


def progress(session: Session, model: Model, run: TrainingRun) -> str:
    """Return how far a training is."""
    if run.stopping:
        return "stopping after this batch"
    if not run.started:
        before = runs.place_in_queue(session, model)
        return f"waits for {counted(before, 'other')} to be trained"
    if run.live is not None and run.live.empty:
        return f"draw some {run.live.name}: it is learnt at once"
    left = f", {time_left(run.seconds_left)}" if run.seconds_left is not None else ""
    return f"{run.text}{left}"


@dataclass(frozen=True)
class Outcome:
    """Weights that a training has left, and whether the model has these."""

    name: str
    label: str
    explained: str
    weights: Weights
    chosen: bool


def outcomes(model: Model) -> tuple[Outcome, ...]:
    """Return what there is to choose from after a training; nothing while it runs."""
    if model.run is not None or model.last is None or model.best is None:
        return ()
    return (
        _outcome(model, "last", model.last, "The model as it was when the training ended."),
        _outcome(
            model,
            "best",
            model.best,
            "The model after the epoch that did best on the boxes held out.",
        ),
    )


def _outcome(model: Model, name: str, weights: Weights, explained: str) -> Outcome:
    description = weights.description
    dice = description.validation_dice
    score = f", Dice {dice:.2f}" if dice is not None else ""
    label = f"{name} epoch ({description.epochs_trained}{score})"
    # Whether they were saved since or not.
    chosen = model.ref is not None and model.ref.weights_sha256 == weights.ref.weights_sha256
    return Outcome(name, label, explained, weights, chosen)


def speed(faster: float | None) -> str:
    """Tell how much faster whole slices were than tiles, if that is known."""
    return "" if faster is None else f" Here, whole slices were {faster:.1f} x as fast as tiles."
