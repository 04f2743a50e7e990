"""Whole volumes: what the next export is made of, and those that wait, are being written, or are done."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scseg.compute.messages import PredictionMode
    from scseg.datasets.volume_header import VoxelKind
    from scseg.export.estimate import Estimate
    from scseg.export.settings import ExportSettings
    from scseg.state.models import Colour
    from scseg.state.notices import Job

Status = Literal["waiting", "done", "failed", "cancelled"]


@dataclass(frozen=True)
class ExportPlan:
    """What the next export is made of.

    `models` tells of models, by their ids, whether they are written, where the user has said so; `left_out`
    are the paths of tomograms that are not exported. `folder` is empty for the usual one.
    """

    models: Mapping[str, bool] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    within_crop: bool = True
    kind: VoxelKind = "int8"
    mode: PredictionMode = "tiles"
    averaging: int = 1
    folder: str = ""


@dataclass(frozen=True)
class ExportedModel:
    """A model as it is given to an export: the name of its file there, and how it is called and drawn."""

    file: str
    name: str
    colour: Colour
    threshold: float


@dataclass(frozen=True)
class QueuedExport:
    """A tomogram in the queue.

    Its models, and how they act on one another, are those of the file `group` in the folder `batch` of the
    program's own: the models of the window may learn on. `models` are those that are written, `volumes` the
    files that are there of each when it is done; `told` is what there is to say of its end.
    """

    id: str
    batch: str
    group: str
    tomogram: str
    models: tuple[ExportedModel, ...]
    folder: str
    settings: ExportSettings
    status: Status = "waiting"
    told: str = ""
    volumes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Estimated:
    """What the planned export will take, or why it cannot be done."""

    estimate: Estimate | None = None
    trouble: str = ""


@dataclass(eq=False)
class Exports:
    """The queue in its order; `running` is the id of the one that is being written, by `job`."""

    plan: ExportPlan = field(default_factory=ExportPlan)
    estimated: Estimated = field(default_factory=Estimated)
    queue: tuple[QueuedExport, ...] = ()
    running: str = ""
    job: Job | None = None

    def change(self, changed: QueuedExport) -> None:
        """Put an export into the place of the one with its id, if that is still there."""
        self.queue = tuple(changed if each.id == changed.id else each for each in self.queue)

    def find(self, export_id: str) -> QueuedExport | None:
        return next((each for each in self.queue if each.id == export_id), None)

    @property
    def next(self) -> QueuedExport | None:
        """The first that waits."""
        return next((each for each in self.queue if each.status == "waiting"), None)

    @property
    def left(self) -> int:
        """How many are not done yet, the running one among them."""
        return sum(each.status == "waiting" for each in self.queue)

    def end(self, export_id: str, status: Status, told: str = "") -> None:
        """Note how an export has ended."""
        export = self.find(export_id)
        if export is not None:
            self.change(replace(export, status=status, told=told))
