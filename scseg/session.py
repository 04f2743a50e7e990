"""The whole state of the program as plain data.

Small values that change together (contrast, view, display of a model) are frozen and replaced whole, so
that what was made from them can be compared by value. Only actions write here, on the main thread; panels
read; threads see neither. What an action wants done outside of this state (a dialog, a file to open), it
leaves in `effects`, which the window carries out before it draws the next frame.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from scseg.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from scseg.compute.messages import ModelRef, TomogramRef
    from scseg.datasets.tomogram import Tomogram
    from scseg.models.description import ModelDescription

Colour = tuple[float, float, float]
Level = Literal["info", "warning", "error"]
Kind = Literal["tomogram", "model"]
Page = Literal["commands", "shortcuts", "about"]


@dataclass(frozen=True)
class Contrast:
    """Which grey values are black and white; with `auto` each slice's own percentiles are."""

    minimum: float = 0.0
    maximum: float = 1.0
    auto: bool = True
    inverted: bool = False
    interpolate: bool = False

    def limits(self, automatic: tuple[float, float]) -> tuple[float, float]:
        """Return what is black and white on a slice whose percentiles are `automatic`."""
        return automatic if self.auto else (self.minimum, self.maximum)


@dataclass(frozen=True)
class View:
    """What is seen of a slice: the voxel (x, y) at the middle of the view, and screen points per voxel.

    `fit` asks for the whole slice, however large the view becomes.
    """

    x: float = 0.0
    y: float = 0.0
    zoom: float = 1.0
    fit: bool = True


@dataclass(frozen=True)
class Display:
    """How a model is called, drawn and applied; kept for each model, whatever its weights."""

    name: str
    colour: Colour
    active: bool = True
    show: bool = True
    blend: bool = False
    alpha: float = 1.0
    overlap: float = 0.2
    threshold: float = 0.5


@dataclass(eq=False)
class OpenTomogram:
    """A tomogram in the window. `z` counts from 0; `direction` (1 or -1) is where browsing goes."""

    tomogram: Tomogram
    ref: TomogramRef
    z: int = 0
    direction: int = 1
    contrast: Contrast = field(default_factory=Contrast)
    view: View = field(default_factory=View)
    apix_asked: bool = False

    @property
    def name(self) -> str:
        return self.tomogram.path.name

    @property
    def shape(self) -> tuple[int, int, int]:
        return self.tomogram.shape

    @property
    def apix(self) -> float | None:
        """A per voxel: the user's word, else the file's; None is unknown."""
        return self.ref.apix or self.tomogram.apix

    @property
    def apix_is_wanted(self) -> bool:
        return self.apix is None and not self.apix_asked


@dataclass(eq=False)
class LoadedModel:
    ref: ModelRef
    description: ModelDescription
    display: Display


@dataclass(eq=False)
class Notice:
    """Something the user should know. `details` is a traceback or the like, shown on request."""

    level: Level
    sentence: str
    details: str = ""


@dataclass(eq=False)
class Job:
    """Long work as the user sees it. The thread that does it reads `cancelled` and writes the rest."""

    title: str
    fraction: float = 0.0
    text: str = ""
    started: float = field(default_factory=time.monotonic)
    cancelled: bool = False

    def seconds_left(self, now: float) -> float | None:
        """Return the time left if the rest goes as the work did so far; None while nobody can tell."""
        if self.fraction < 0.01 or now - self.started < 0.5:
            return None
        return (now - self.started) * (1.0 - self.fraction) / self.fraction


@dataclass(frozen=True)
class ChooseFiles:
    """Ask the user for files of a kind, then open them."""

    kind: Kind


@dataclass(frozen=True)
class OpenPaths:
    """Open files by what they are. `signed` is the user's word on bytes, None leaves it to the file."""

    paths: tuple[Path, ...]
    signed: bool | None = None


@dataclass(frozen=True)
class RestartPrediction:
    """Start the prediction process anew, after it was given up or hangs."""


@dataclass(frozen=True)
class Quit:
    """Close the window."""


Effect = ChooseFiles | OpenPaths | RestartPrediction | Quit


@dataclass(eq=False)
class Session:
    settings: Settings = field(default_factory=Settings)
    tomograms: list[OpenTomogram] = field(default_factory=list)
    active: OpenTomogram | None = None
    models: list[LoadedModel] = field(default_factory=list)
    overlays: bool = True
    page: Page | None = None
    notices: list[Notice] = field(default_factory=list)
    told: set[str] = field(default_factory=set)
    jobs: list[Job] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)

    def tomogram_of(self, ref: TomogramRef) -> OpenTomogram | None:
        """Return the open tomogram that a request or reply is about, if it is still open."""
        return next((opened for opened in self.tomograms if opened.ref == ref), None)

    def notify(self, level: Level, sentence: str, details: str = "") -> None:
        """Tell the user; what still stands there to be read is not said twice."""
        if all(notice.sentence != sentence for notice in self.notices):
            self.notices.append(Notice(level, sentence, details))

    def notify_once(self, level: Level, sentence: str) -> None:
        """Tell the user what would otherwise be said again with every slice."""
        if sentence not in self.told:
            self.told.add(sentence)
            self.notify(level, sentence)
