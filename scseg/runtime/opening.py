"""Opening files by what they are, each in a thread of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scseg.actions.models import groups, model_list
from scseg.actions.objects import positions
from scseg.actions.tomograms import tomogram_list
from scseg.actions.tomograms.reading import loaded
from scseg.actions.training import training_plan
from scseg.annotations.storage.read_only import tomogram_of
from scseg.base.errors import ScsegError
from scseg.base.formatting import counted
from scseg.datasets.training_sets.summary import TrainingSetSummary, summarise
from scseg.datasets.training_sets.training_set import load_training_set
from scseg.formats.file_kind import file_kind, named_kind
from scseg.models.files import open_model
from scseg.runtime.faults import reported
from scseg.runtime.queue import QueuedJob
from scseg.runtime.tomograms.loading import NOT_OPENED, Loading
from scseg.state.notices import Job
from scseg.state.panel_layout import Stage

if TYPE_CHECKING:
    from scseg.base.progress import Report
    from scseg.formats.file_kind import FileKind
    from scseg.models.description import ModelDescription
    from scseg.runtime.queue import OpeningQueue
    from scseg.runtime.tomograms.loading import Outcome
    from scseg.state.session import Session

MODEL_SUFFIX = ".scnm"
OTHER_KINDS = ("training set", "group", "model", "weights")
"""Whatever is none of these is opened as a tomogram, which tells where it is none."""


class Opener:
    def __init__(self, session: Session, queue: OpeningQueue) -> None:
        self._session = session
        self._queue = queue

    def open(self, paths: tuple[Path, ...], *, signed: bool | None = None) -> None:
        """Open files; what cannot be opened becomes a notice, and the others open all the same."""
        # The next start may be in another folder.
        paths = tuple(path.absolute() for path in paths)
        if not paths:
            return

        def work(_: Report) -> list[tuple[Path, FileKind]]:
            return list(map(_recognised, paths))

        def done(found: list[tuple[Path, FileKind]]) -> None:
            self._open_recognised(found, signed)

        name = paths[0].name if len(paths) == 1 else counted(len(paths), "file")
        self._queue.start(QueuedJob(Job(f"Looking at {name}"), work, done))

    def _open_recognised(
        self,
        found: list[tuple[Path, FileKind]],
        signed: bool | None,  # noqa: FBT001 - as in refs
    ) -> None:
        if self._session.active is not None:
            for path in [path for path, kind in found if _holds_positions(path, kind)]:
                positions.drop(self._session, self._session.active, path)
            found = [each for each in found if not _holds_positions(*each)]
        others = [(path, kind) for path, kind in found if kind in OTHER_KINDS]
        tomograms = [path for path, kind in found if kind not in OTHER_KINDS]
        self._open_tomograms(list(dict.fromkeys(tomograms)), signed)
        for path, kind in others:
            self._open_other(path, kind)

    def _open_tomograms(self, paths: list[Path], signed: bool | None) -> None:  # noqa: FBT001 - as in refs
        """Open tomograms: the first that is open is shown, and all stand in the order given."""
        order = [str(path) for path in paths]
        shown: list[str] = []

        def take(path: Path, outcome: Outcome) -> None:
            if isinstance(outcome, str):
                if outcome != NOT_OPENED:
                    self._session.notify("error", outcome)
                return
            with reported(self._session, f"Opening {path.name}"):
                tomogram_list.add(self._session, *outcome, show=not shown)
                tomogram_list.keep_order(self._session, order)
                shown.append(path.name)

        def load(path: Path, report: Report) -> Outcome:
            # An annotation that is still one is alone: this tells so.
            tomogram = tomogram_of(path) if named_kind(path) == "annotation" else path
            return loaded(tomogram, signed, report)

        rows = [(path, path.name) for path in paths]
        self._queue.start_all(Loading(rows, load, take).following)

    def _open_other(self, path: Path, kind: FileKind) -> None:
        if kind == "training set":
            self._read_training_set(path)
        elif kind == "group":
            self._session.requests.append(groups.load(self._session, path))
        else:
            self._open_model(path.with_suffix(MODEL_SUFFIX) if kind == "weights" else path)

    def _open_model(self, path: Path) -> None:
        def work(_: Report) -> ModelDescription:
            return open_model(path)

        def done(description: ModelDescription) -> None:
            model_list.add(self._session, path, description)

        self._queue.start(QueuedJob(Job(f"Loading {path.name}"), work, done))

    def _read_training_set(self, path: Path) -> None:
        def work(_: Report) -> TrainingSetSummary:
            return summarise(load_training_set(path), path)

        def done(found: TrainingSetSummary) -> None:
            if self._session.stage == Stage.MODELS:
                with reported(self._session, f"Reading {path.name}"):
                    training_plan.offer_set(self._session, found)
            else:
                self._session.notify("info", _described(found))

        self._queue.start(QueuedJob(Job(f"Reading {path.name}"), work, done))


def _recognised(path: Path) -> tuple[Path, FileKind]:
    """Return what to open for a file, and what that is: for an annotation its tomogram."""
    try:
        kind = file_kind(path)
        return (tomogram_of(path), "tomogram") if kind == "annotation" else (path, kind)
    except ScsegError:  # which is told when it is opened
        return path, named_kind(path)


def _holds_positions(path: Path, kind: FileKind) -> bool:
    """Tell whether a file is a list of positions: picks of the tomogram in view."""
    return kind == "other" and positions.can_read(path)


def _described(found: TrainingSetSummary) -> str:
    box = found.box_size
    return (
        f"{Path(found.path).name} is a training set of {' + '.join(found.features)}: {found.positives} "
        f"positive and {counted(found.negatives, 'negative box')} of {box} x {box} pixels, "
        f"{found.apix:.4g} A per pixel. Drop it on the stage Models (2) to train a model on it."
    )
