"""A model in the window: how it looks, how it is to be trained, and what it has learnt so far."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from scseg.interactions.rules import InteractionSettings
from scseg.models.description import TrainingParameters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scseg.annotations.training_boxes import Choices
    from scseg.compute.messages import EpochDone, ModelRef, PredictionMode
    from scseg.datasets.training_sets.summary import TrainingSetSummary
    from scseg.models.description import ModelDescription
    from scseg.models.sampling import Counts
    from scseg.state.checks import CheckedModel

Colour = tuple[float, float, float]
Look = Literal["filled", "contour", "values"]


@dataclass(frozen=True)
class Display:
    """How a model is called, drawn and applied; kept for each model, whatever its weights.

    `active_on` holds the tomograms, by path, for which another word than `active` was said: see
    `state/active_models`.
    `look` "values" is a heat map of the prediction itself; `averaging` is over so many orientations (1 to 8).
    """

    name: str
    colour: Colour
    active: bool = True
    show: bool = True
    blend: bool = False
    alpha: float = 1.0
    overlap: float = 0.2
    threshold: float = 0.5
    look: Look = "filled"
    averaging: int = 1
    mode: PredictionMode = "tiles"
    active_on: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class TrainingPlan:
    """What the next training of a model is to be."""

    architecture: str = "VGGNet"
    training_set: TrainingSetSummary | None = None
    parameters: TrainingParameters = field(default_factory=TrainingParameters)


@dataclass(frozen=True)
class ValidationShares:
    """How many boxes of a set are learnt from and held out where `validation` asks for a part of them.

    Both are None while that is being found out; `why_not` tells why no box is held out.
    """

    training_set: TrainingSetSummary
    validation: float | None
    learnt: Counts | None = None
    held_out: Counts | None = None
    why_not: str = ""


@dataclass(frozen=True)
class Weights:
    """What a model has learnt, on disk. `kept` is False in the session's own folder: not saved yet."""

    ref: ModelRef
    description: ModelDescription
    kept: bool = True


@dataclass(frozen=True)
class UnloadedWeights:
    """Where the weights of a model are that were not read yet, or cannot be read now (.scnm)."""

    path: str
    kept: bool = True


@dataclass(frozen=True)
class LiveLearning:
    """What a run learns while it is drawn: the features called `name`, which are those of `ids`.

    `sets` is how often its training set has been written, `empty` whether there is nothing in it now, `of`
    the state of all that it was last made of, and `writing` whether it is being made.
    """

    name: str
    ids: frozenset[str] = frozenset()
    sets: int = 0
    empty: bool = True
    of: object = None
    writing: bool = False


@dataclass(frozen=True)
class TrainingRun:
    """A training that goes on, or waits for its turn: those of lower `number` come first.

    What it leaves is newer than `since`, the time of the newest file in the model's folder at its start.
    The network's `parameters` and how many `epochs` there will be are 0 until the worker has told them.
    `live` is None where it learns a set that somebody has made.
    """

    number: int
    started: bool = False
    stopping: bool = False
    since: float = 0.0
    parameters: int = 0
    epochs: int = 0
    fraction: float = 0.0
    loss: float | None = None
    seconds_left: float | None = None
    text: str = ""
    live: LiveLearning | None = None


@dataclass(eq=False)
class Model:
    """A model of the list.

    `weights` is None while nothing was learnt or it is `unloaded`, `run` while no training goes on or waits.
    `interaction` tells how it acts on the others; partners of its rules go by their ids. `epochs` are those
    of the latest run. When that has ended, `last` and `best` are what it left, the latter only where it
    held boxes out. `before` are the weights before these, the latest first.
    While it is held against labelled boxes it is `checking`, then `checked`.
    """

    display: Display
    plan: TrainingPlan = field(default_factory=TrainingPlan)
    weights: Weights | None = None
    unloaded: UnloadedWeights | None = None
    run: TrainingRun | None = None
    epochs: tuple[EpochDone, ...] = ()
    last: Weights | None = None
    best: Weights | None = None
    before: tuple[ModelRef, ...] = ()
    interaction: InteractionSettings = field(default_factory=InteractionSettings)
    shares: ValidationShares | None = None
    checking: bool = False
    checked: CheckedModel | None = None
    id: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def ref(self) -> ModelRef | None:
        return None if self.weights is None else self.weights.ref

    @property
    def description(self) -> ModelDescription | None:
        return None if self.weights is None else self.weights.description


ModelsState = tuple[tuple[Model, InteractionSettings], ...]
"""The list of models, and how each acts on the others."""


@dataclass(frozen=True)
class ModelsEdit:
    """A change of the list of models or of how they act on one another, that can be undone."""

    before: ModelsState
    after: ModelsState
    label: str
    nbytes: int = 64

    def inverse(self) -> ModelsEdit:
        return replace(self, before=self.after, after=self.before)


@dataclass(frozen=True)
class SetPlan:
    """What the next training set is made of.

    `choices` go by the names of features; `left_out` are paths of tomograms that are not sampled.
    `box_size` is in px, `apix` in A (None: the data's), `depth` in slices.
    """

    choices: Choices = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    box_size: int = 64
    apix: float | None = None
    depth: int = 1


@dataclass(frozen=True)
class SetCounts:
    """What the next training set will hold; None before it was first counted.

    `of` is the state of all that was counted then; while something is `counting`, that of the time before.
    Where it was `given_up`, by the user or by a failure, nothing is known of it until the state changes.
    """

    counts: Counts | None = None
    of: object = None
    counting: bool = False
    given_up: bool = False
