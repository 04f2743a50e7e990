"""The whole state of the program as plain data.

Small values that change together (contrast, view, display of a model) are frozen and replaced whole, so
that what was made from them can be compared by value. Only actions write here, on the main thread. What
they want done outside (a dialog, a file to open) they leave in `requests`, for the program.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from scseg.base.history import History
from scseg.models.precision import of_processor
from scseg.state.disk_use import DiskUsePage
from scseg.state.exports import Exports
from scseg.state.models import SetCounts, SetPlan
from scseg.state.notices import Notice
from scseg.state.panel_layout import PanelLayout, TomogramOrder
from scseg.state.settings import Settings
from scseg.state.volume_overlays import VolumeOverlays

if TYPE_CHECKING:
    from scseg.annotations.brush_stroke import BrushStroke
    from scseg.annotations.edits import Step
    from scseg.annotations.storage.opening import OpenAnnotation
    from scseg.compute.messages import TomogramRef
    from scseg.models.precision import Precision
    from scseg.state.advice import Advice
    from scseg.state.comparison import Comparison
    from scseg.state.feature_library import Library
    from scseg.state.mask_question import MaskQuestion
    from scseg.state.models import Model, ModelsEdit, ModelsState
    from scseg.state.notices import Job, Level
    from scseg.state.panel_layout import Stage
    from scseg.state.requests import Request
    from scseg.state.slice_batch import SliceBatch
    from scseg.state.tomograms import MissingTomogram, OpenTomogram, Outline

MOST_MESSAGES = 500

Page = Literal["commands", "shortcuts", "messages", "storage", "about"]
ToolName = Literal["brush", "ignore", "alike", "lasso", "bucket"]


@dataclass(eq=False)
class Session:
    """`fast_precision` is that in which networks are fastest: the processor's, until their worker tells."""

    settings: Settings = field(default_factory=Settings)
    tomograms: list[OpenTomogram] = field(default_factory=list)
    active: OpenTomogram | None = None
    missing: list[MissingTomogram] = field(default_factory=list)
    closing: tuple[OpenTomogram | MissingTomogram, ...] = ()
    mask_question: MaskQuestion | None = None
    tomogram_order: TomogramOrder = field(default_factory=TomogramOrder)
    panels: PanelLayout = field(default_factory=PanelLayout)
    models: list[Model] = field(default_factory=list)
    added_model: Model | None = None
    set_plan: SetPlan = field(default_factory=SetPlan)
    counted: SetCounts = field(default_factory=SetCounts)
    overlays: bool = True
    library: Library = ()
    tool: ToolName = "brush"
    sensitivity: float = 0.4
    drag: BrushStroke | None = None
    outline: Outline | None = None
    models_before: ModelsState | None = None
    history: History[OpenAnnotation | None, Step | ModelsEdit] = field(default_factory=History)
    page: Page | None = None
    disk_use: DiskUsePage = field(default_factory=DiskUsePage)
    notices: list[Notice] = field(default_factory=list)
    messages: deque[Notice] = field(default_factory=lambda: deque(maxlen=MOST_MESSAGES))
    feedback: Notice | None = None
    told_once: set[str] = field(default_factory=set)
    jobs: list[Job] = field(default_factory=list)
    slice_batches: list[SliceBatch] = field(default_factory=list)
    advice: Advice | None = None
    comparison: Comparison | None = None
    exports: Exports = field(default_factory=Exports)
    volumes: VolumeOverlays = field(default_factory=VolumeOverlays)
    fast_precision: Precision = field(default_factory=of_processor)
    requests: list[Request] = field(default_factory=list)

    @property
    def stage(self) -> Stage:
        """The stage whose panel is in front, and whose tools the slice obeys."""
        return self.panels.stage

    def tomogram_of(self, ref: TomogramRef) -> OpenTomogram | None:
        """Return the open tomogram that a request or reply is about, if it is still open."""
        return next((opened for opened in self.tomograms if opened.ref == ref), None)

    def notify(self, level: Level, sentence: str, details: str = "") -> Notice:
        """Tell the user; what still stands there to be read is not said twice. Return the notice."""
        said = Notice(level, sentence, details)
        for notice in self.notices:
            if notice.sentence == said.sentence:
                return notice
        self.notices.append(said)
        self.messages.append(said)
        return said

    def notify_once(self, level: Level, sentence: str) -> None:
        """Tell the user what would otherwise be said again with every slice."""
        if sentence not in self.told_once:
            self.told_once.add(sentence)
            self.notify(level, sentence)
