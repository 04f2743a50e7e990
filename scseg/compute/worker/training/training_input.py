"""What a training run needs but its network: samples and description, read and checked first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from scseg import __version__
from scseg.base.errors import ScsegError
from scseg.base.formatting import counted
from scseg.compute.training_split import split_training_set
from scseg.datasets.training_sets.training_set import TrainingSet, fingerprint, load_training_set
from scseg.models.compatibility import check_can_continue
from scseg.models.description import ModelDescription
from scseg.models.enough import enough_epochs
from scseg.models.files import open_model
from scseg.models.samples import Samples
from scseg.models.starters.starter import find_starter, known_feature, starter_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from scseg.compute.messages import TrainingRequest


_BRIGHTEST = 1e6
"""Normalised grey values of gold stay below a hundred; the variance of those of 1e19 is infinite."""


@dataclass(frozen=True, eq=False)
class TrainingInput:
    """What a run begins with: boxes to learn from, boxes to judge by, and all else but the network.

    `model` is what will be saved, without what is still to be learnt; `epochs` how many that takes at most.
    """

    learnt: Samples
    held_out: Samples
    model: ModelDescription
    epochs: int
    notices: tuple[str, ...]


def read_training_input(request: TrainingRequest) -> TrainingInput:
    """Read what is learnt from. Costs the set's size in memory, and as much again for a moment.

    Raises:
        ScsegError: the set cannot be read or does not fit the model to start from, its grey values are far
            from any that are normalised, or no box holds the feature.
    """
    training_set = load_training_set(Path(request.training_set))
    _check_greys(training_set.images, request.training_set)
    model, start = _described(request, training_set)
    division = split_training_set(training_set, request.parameters.validation)
    images, held_out = training_set.images, training_set.images[:0]
    if len(division.held_out):
        images, held_out = images[division.learnt], images[division.held_out]
    learnt = Samples.of(images, division.labels, training_set.features, training_set.apix)
    judged = len(division.held_out) > 0
    began = (
        _of_going_on(request, model, start, judged=judged)
        if start
        else _of_beginning(model, learnt)
    )
    # What is drawn live says of itself what is background, and nothing is held out of it.
    concerns = () if request.live else (_without_negatives(learnt), division.why_not)
    epochs = _epochs(request, model, learnt)
    notices = (*began, _of_an_early_end(epochs, request, learnt), *concerns)
    return TrainingInput(
        learnt,
        Samples.of(held_out, training_set.labels[division.held_out]),
        model,
        epochs,
        tuple(notice for notice in notices if notice),
    )


def _described(
    request: TrainingRequest, training_set: TrainingSet
) -> tuple[ModelDescription, ModelDescription | None]:
    """Describe what a run makes before it has learnt anything; return what it starts from, too."""
    model = ModelDescription(
        name=request.name,
        colour=request.colour,
        architecture=request.architecture,
        box_size=training_set.box_size,
        depth=training_set.depth,
        apix=training_set.apix,
        parameters=0,
        loss=0.0,
        normalisation=training_set.normalisation,
        weights_sha256="",
        training_set_sha256=fingerprint(training_set),
        program=f"scseg {__version__}",
        epochs_trained=0,
        training=request.parameters,
    )
    if not request.start_from:
        starter = starter_of(request.architecture, request.parameters)
        if starter is None:
            return model, None
        return replace(
            model, origin=starter.origin(known_feature(starter, training_set.features))
        ), None
    start = open_model(Path(request.start_from))
    check_can_continue(start, model.architecture, training_set)
    model = replace(
        model,
        apix=start.apix,
        epochs_trained=start.epochs_trained,
        display=start.display,
        origin=start.origin,
    )
    return model, start


def _of_beginning(model: ModelDescription, learnt: Samples) -> tuple[str, ...]:
    """Say what a new model begins from."""
    starter = find_starter(model.architecture) if model.origin else None
    if starter is None:
        return ()
    known = known_feature(starter, learnt.features)
    what = f"knows {known} from simulated tomograms"
    if known is None:
        what = f"knows {', '.join(starter.features)}, and not this feature: its last layers are made anew"
    return (f"Training begins from the {starter.name}, which {what}.",)


def _of_going_on(
    request: TrainingRequest, model: ModelDescription, start: ModelDescription, *, judged: bool
) -> tuple[str, ...]:
    """Say what the user should know of a training that goes on, and is `judged` by boxes held out."""
    epochs = counted(start.epochs_trained, "epoch")
    going_on = (
        f"Training goes on from {Path(str(request.start_from)).name} ({epochs}, loss "
        f"{start.loss:.4f}); the optimiser starts afresh, so the loss may rise at first."
    )
    honest = start.is_ready_network or (
        start.training_set_sha256 == model.training_set_sha256
        and start.training.validation == request.parameters.validation
    )
    if honest or not judged:
        return (going_on,)
    return going_on, (
        f"{start.name} was trained on other boxes before, and may have learnt some of those that are held "
        "out now: what they tell of it is too good. Train a new model to know how well it does."
    )


def _epochs(request: TrainingRequest, model: ModelDescription, learnt: Samples) -> int:
    """Return how many epochs a run has: live, it tells itself when it has learnt enough."""
    knows = model.origin is not None and bool(model.origin.feature)
    if request.live or not knows:
        return request.parameters.epochs
    return enough_epochs(learnt.counts, request.parameters)


def _of_an_early_end(epochs: int, request: TrainingRequest, learnt: Samples) -> str:
    asked = request.parameters.epochs
    if epochs == asked:
        return ""
    boxes = counted(learnt.counts.total, "box")
    return (
        f"Training ends after {counted(epochs, 'epoch')} instead of {asked}: the network knew the feature "
        f"before, and more samples of {boxes} would make it no better. To teach it more, add boxes."
    )


def _without_negatives(samples: Samples) -> str:
    if samples.positive.all():
        return "Every box contains the feature: add boxes without it, or the model will see it everywhere."
    return ""


def _check_greys(images: NDArray[np.float32], path: str) -> None:
    brightest = max(images.max(initial=0.0), -images.min(initial=0.0))
    if brightest > _BRIGHTEST:
        raise ScsegError(
            f"{path} has grey values up to {brightest:.3g}, but normalised ones lie around 0: make the set "
            "anew from its tomograms."
        )
