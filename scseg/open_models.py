"""A model in the window: how it looks, how it is to be trained, and what it has learnt so far."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from scseg.models.description import TrainingParameters

if TYPE_CHECKING:
    from scseg.compute.messages import EpochDone, Mode, ModelRef
    from scseg.datasets.summary import Summary
    from scseg.models.description import ModelDescription

Colour = tuple[float, float, float]
Look = Literal["filled", "contour", "values"]


@dataclass(frozen=True)
class Display:
    """How a model is called, drawn and applied; kept for each model, whatever its weights.

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
    mode: Mode = "tiles"


@dataclass(frozen=True)
class Plan:
    """What the next training of a model is to be."""

    architecture: str = "VGGNet"
    training_set: Summary | None = None
    parameters: TrainingParameters = field(default_factory=TrainingParameters)


@dataclass(frozen=True)
class Weights:
    """What a model has learnt, on disk. `kept` is False in the session's own folder: not saved yet."""

    ref: ModelRef
    description: ModelDescription
    kept: bool = True


@dataclass(frozen=True)
class Run:
    """A training as it goes. `started` (`time.monotonic`) is None while it waits for its turn."""

    started: float | None = None
    fraction: float = 0.0
    text: str = ""
    stopping: bool = False


@dataclass(eq=False)
class Model:
    """`weights` is None while nothing was learnt; `run` is None while no training runs or waits.

    `epochs` are those of the latest run, each of which left a model file behind.
    """

    display: Display
    plan: Plan = field(default_factory=Plan)
    weights: Weights | None = None
    run: Run | None = None
    epochs: tuple[EpochDone, ...] = ()
    id: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def ref(self) -> ModelRef | None:
        return None if self.weights is None else self.weights.ref

    @property
    def description(self) -> ModelDescription | None:
        return None if self.weights is None else self.weights.description
