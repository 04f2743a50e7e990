"""The whole state of the program as plain data.

Small values that change together (contrast, view, display of a model) are frozen and replaced whole, so
that what was made from them can be compared by value. Only actions write here, on the main thread. What
they want done outside (a dialog, a file to open) they leave in `effects`, for the window.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from scseg.arrangement import Listing, Panels
from scseg.history import History
from scseg.news import Notice
from scseg.open_models import SetPlan
from scseg.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scseg.annotations.annotation import Annotation
    from scseg.annotations.crop import Crop
    from scseg.annotations.drag import Drag
    from scseg.annotations.edits import Step
    from scseg.annotations.feature import Feature
    from scseg.annotations.library import Library
    from scseg.annotations.opening import Opened
    from scseg.compute.messages import ArchitectureInfo, TomogramRef
    from scseg.datasets.tomogram import Tomogram
    from scseg.filters import Stack
    from scseg.news import Job, Level
    from scseg.open_models import Model, ModelsEdit, Standing
    from scseg.progress import Report

MOST_MESSAGES = 500

Kind = Literal["tomogram", "model", "training set"]
Page = Literal["commands", "shortcuts", "messages", "about"]
Result = TypeVar("Result")
ToolName = Literal["brush", "ignore", "alike", "lasso", "bucket"]


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
    """The voxel (x, y) at the middle of the view, screen points per voxel; or all of it, with `fit`."""

    x: float = 0.0
    y: float = 0.0
    zoom: float = 1.0
    fit: bool = True


@dataclass(frozen=True)
class Kept:
    """What is kept of a tomogram while it is not open. `shape` is None where nobody knows it any more."""

    path: str
    shape: tuple[int, int, int] | None = None
    apix: float | None = None
    signed: bool | None = None
    apix_asked: bool = False
    z: int = 0
    contrast: Contrast = field(default_factory=Contrast)
    filters: Stack = ()
    view: View = field(default_factory=View)
    feature: str = ""


@dataclass(eq=False)
class Absent:
    """A tomogram of the last session that is not open, for `reason`: not yet, or its file is not there."""

    kept: Kept
    reason: str


@dataclass(eq=False)
class OpenTomogram:
    """A tomogram in the window. `z` counts from 0; `direction` (1 or -1) is where browsing goes.

    `vanished`: its file is not where it was. `annotated` is None while its annotation is not read yet or, as
    `trouble` tells, cannot be; `contrast_kept` is the contrast in it, `automatic` the limits of automatic
    contrast on the slice seen last, `feature` the chosen feature's id. `draft` is a feature that is being
    changed, as `cropping` is a crop, since `drafted` (`time.monotonic`).
    """

    tomogram: Tomogram
    ref: TomogramRef
    z: int = 0
    direction: int = 1
    contrast: Contrast = field(default_factory=Contrast)
    contrast_kept: Contrast | None = None
    automatic: tuple[float, float] = (0.0, 1.0)
    view: View = field(default_factory=View)
    filters: Stack = ()
    apix_asked: bool = False
    vanished: bool = False
    annotated: Opened | None = None
    trouble: str = ""
    feature: str = ""
    draft: Feature | None = None
    cropping: Crop | None = None
    drafted: float = 0.0

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

    @property
    def annotation(self) -> Annotation | None:
        return None if self.annotated is None else self.annotated.annotation

    @property
    def crop(self) -> Crop | None:
        """The crop as it is to be seen now."""
        if self.annotation is None:
            return None
        return self.cropping or self.annotation.contents.crop

    @property
    def features(self) -> tuple[Feature, ...]:
        """The features as they are to be seen now."""
        if self.annotation is None:
            return ()
        draft, features = self.draft, self.annotation.contents.features
        if draft is None:
            return features
        return tuple(draft if each.id == draft.id else each for each in features)


@dataclass(frozen=True)
class ChooseFiles:
    """Ask the user for files of a kind, then open them."""

    kind: Kind


@dataclass(frozen=True, eq=False)
class ChooseFile:
    """Ask the user for one file of a kind, then do something with it; `title` says what for."""

    kind: Kind
    then: Callable[[Path], None]
    title: str = ""


@dataclass(frozen=True)
class OpenPaths:
    """Open files by what they are. `signed` is the user's word on bytes, None leaves it to the file."""

    paths: tuple[Path, ...]
    signed: bool | None = None


@dataclass(frozen=True)
class ChooseMoved:
    """Ask the user where the file of a tomogram is now, then open that in its place."""

    row: OpenTomogram | Absent
    title: str = ""


@dataclass(frozen=True)
class RestartPrediction:
    """Start the prediction process anew, after it was given up or hangs."""


@dataclass(frozen=True, eq=False)
class ChangeInThread:
    """Find out a change to an annotation by long work, then make it."""

    opened: OpenTomogram
    title: str
    work: Callable[[Report], Step | None]


@dataclass(frozen=True, eq=False)
class WriteInThread:
    """Write a file by long work, then tell the user where it is."""

    path: Path
    work: Callable[[Report], None]


@dataclass(frozen=True, eq=False)
class DoInThread(Generic[Result]):
    """Do long work, then something with what it returned."""

    title: str
    work: Callable[[Report], Result]
    then: Callable[[Result], None]


@dataclass(frozen=True, eq=False)
class ChooseTarget:
    """Ask the user where to write a file, under the name and with the suffix `proposed`, then do that."""

    title: str
    proposed: Path
    then: Callable[[Path], None]


@dataclass(frozen=True)
class Quit:
    """Close the window."""


Effect = (
    ChangeInThread
    | ChooseFile
    | DoInThread[Any]
    | WriteInThread
    | ChooseTarget
    | ChooseFiles
    | OpenPaths
    | ChooseMoved
    | RestartPrediction
    | Quit
)


@dataclass(eq=False)
class Session:
    settings: Settings = field(default_factory=Settings)
    tomograms: list[OpenTomogram] = field(default_factory=list)
    active: OpenTomogram | None = None
    absent: list[Absent] = field(default_factory=list)
    closing: tuple[OpenTomogram | Absent, ...] = ()
    listing: Listing = field(default_factory=Listing)
    panels: Panels = field(default_factory=Panels)
    models: list[Model] = field(default_factory=list)
    architectures: tuple[ArchitectureInfo, ...] = ()
    set_plan: SetPlan = field(default_factory=SetPlan)
    overlays: bool = True
    library: Library = ()
    tool: ToolName = "brush"
    sensitivity: float = 0.5
    drag: Drag | None = None
    standing: Standing | None = None
    history: History[Opened | None, Step | ModelsEdit] = field(default_factory=History)
    page: Page | None = None
    notices: list[Notice] = field(default_factory=list)
    messages: deque[Notice] = field(default_factory=lambda: deque(maxlen=MOST_MESSAGES))
    feedback: Notice | None = None
    told: set[str] = field(default_factory=set)
    jobs: list[Job] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)

    @property
    def stage(self) -> str:
        """The stage whose panel is in front, and whose tools the slice obeys."""
        return self.panels.stage or "Segmentation"

    def tomogram_of(self, ref: TomogramRef) -> OpenTomogram | None:
        """Return the open tomogram that a request or reply is about, if it is still open."""
        return next((opened for opened in self.tomograms if opened.ref == ref), None)

    def notify(self, level: Level, sentence: str, details: str = "") -> None:
        """Tell the user; what still stands there to be read is not said twice."""
        if all(notice.sentence != sentence for notice in self.notices):
            notice = Notice(level, sentence, details)
            self.notices.append(notice)
            self.messages.append(notice)

    def notify_once(self, level: Level, sentence: str) -> None:
        """Tell the user what would otherwise be said again with every slice."""
        if sentence not in self.told:
            self.told.add(sentence)
            self.notify(level, sentence)
