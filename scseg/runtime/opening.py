"""Opening files by what they are, each in a thread of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scseg.actions.models import groups, model_list
from scseg.actions.tomograms import tomogram_list
from scseg.actions.tomograms.reading import loaded
from scseg.actions.training import training_plan
from scseg.base.formatting import counted
from scseg.datasets.training_sets.summary import TrainingSetSummary, summarise
from scseg.datasets.training_sets.training_set import load_training_set
from scseg.interactions.group import SUFFIX as GROUP_SUFFIX
from scseg.models.files import open_model
from scseg.runtime.faults import reported
from scseg.runtime.queue import QueuedJob
from scseg.runtime.tomograms.loading import NOT_OPENED, Loading
from scseg.state.notices import Job
from scseg.state.panel_layout import Stage

if TYPE_CHECKING:
    from scseg.base.progress import Report
    from scseg.models.description import ModelDescription
    from scseg.runtime.queue import OpeningQueue
    from scseg.runtime.tomograms.loading import Outcome
    from scseg.state.session import Session

MODEL_SUFFIX = ".scnm"
WEIGHTS_SUFFIX = ".h5"
TRAINING_SET_SUFFIX = ".scnt"
OTHER_SUFFIXES = (MODEL_SUFFIX, WEIGHTS_SUFFIX, TRAINING_SET_SUFFIX, GROUP_SUFFIX)


class Opener:
    def __init__(self, session: Session, queue: OpeningQueue) -> None:
        self._session = session
        self._queue = queue

    def open(self, paths: tuple[Path, ...], *, signed: bool | None = None) -> None:
        """Open files; what cannot be opened becomes a notice, and the others open all the same."""
        # The next start may be in another folder.
        paths = tuple(path.absolute() for path in paths)
        others = [path for path in paths if path.suffix.lower() in OTHER_SUFFIXES]
        self._open_tomograms([path for path in paths if path not in others], signed)
        for path in others:
            self._open_other(path)

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
            return loaded(path, signed, report)

        rows = [(path, path.name) for path in paths]
        self._queue.start_all(Loading(rows, load, take).following)

    def _open_other(self, path: Path) -> None:
        suffix = path.suffix.lower()
        if suffix == TRAINING_SET_SUFFIX:
            self._read_training_set(path)
        elif suffix == GROUP_SUFFIX:
            self._session.requests.append(groups.load(self._session, path))
        else:
            self._open_model(path.with_suffix(MODEL_SUFFIX))

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


def _described(found: TrainingSetSummary) -> str:
    box = found.box_size
    return (
        f"{Path(found.path).name} is a training set of {' + '.join(found.features)}: {found.positives} "
        f"positive and {counted(found.negatives, 'negative box')} of {box} x {box} pixels, "
        f"{found.apix:.4g} A per pixel. Drop it on the stage Models (2) to train a model on it."
    )
