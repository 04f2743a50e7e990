"""Opening files by what they are, each in a thread of its own."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scseg.actions import model_groups, models, reopening, tomograms, training_plan
from scseg.annotations.following import follow, left_behind
from scseg.arrangement import Stage
from scseg.compute.messages import TomogramRef
from scseg.datasets.summary import Summary, summarised
from scseg.datasets.tomogram import Tomogram, open_tomogram
from scseg.datasets.training_set import load_training_set
from scseg.errors import ScsegError
from scseg.gui.guard import told
from scseg.interactions.group import SUFFIX as GROUP_SUFFIX
from scseg.models.files import open_model
from scseg.news import Job
from scseg.open_tomograms import OpenTomogram

if TYPE_CHECKING:
    from scseg.gui.jobs import Jobs
    from scseg.models.description import ModelDescription
    from scseg.news import End
    from scseg.open_tomograms import Absent
    from scseg.progress import Report
    from scseg.session import Session

MODEL_SUFFIX = ".scnm"
WEIGHTS_SUFFIX = ".h5"
TRAINING_SET_SUFFIX = ".scnt"


@dataclass
class Batch:
    """Files to be opened together: one after the other, so that they stand in the order given."""

    paths: deque[Path]
    signed: bool | None
    shown: bool = False


class Opener:
    def __init__(self, session: Session, jobs: Jobs) -> None:
        self._session = session
        self._jobs = jobs

    def open(self, paths: tuple[Path, ...], *, signed: bool | None = None) -> None:
        """Open files; what cannot be opened becomes a notice, and the others open all the same."""
        # The next start may be in another folder.
        self._open_next(Batch(deque(path.absolute() for path in paths), signed))

    def _open_next(self, batch: Batch) -> None:
        if not batch.paths:
            return
        path = batch.paths.popleft()
        suffix = path.suffix.lower()
        if suffix == WEIGHTS_SUFFIX:
            path = path.with_suffix(MODEL_SUFFIX)
        if suffix in (MODEL_SUFFIX, WEIGHTS_SUFFIX):
            self._open_model(path, batch)
        elif suffix == TRAINING_SET_SUFFIX:
            self._read_training_set(path, batch)
        elif suffix == GROUP_SUFFIX:
            model_groups.load(self._session, path)
            self._open_next(batch)
        else:
            self._open_tomogram(path, batch)

    def relink(self, row: OpenTomogram | Absent, chosen: tuple[Path, ...]) -> None:
        """Go on with a tomogram of the list from the file that its own was moved to: the first chosen."""
        path = chosen[0].absolute()
        signed = row.ref.signed if isinstance(row, OpenTomogram) else row.kept.signed

        def work(report: Report) -> tuple[Tomogram, TomogramRef]:
            return loaded(path, signed, report)

        self._jobs.start(Job(f"Opening {path.name}"), work, partial(self._follow, row))

    def _follow(self, row: OpenTomogram | Absent, moved: tuple[Tomogram, TomogramRef]) -> None:
        """Let the annotation of a row follow to where its tomogram was moved, then the row."""
        tomogram, ref = moved
        if not reopening.may_relink(self._session, row, tomogram, ref):
            return
        before = Path(row.ref.path if isinstance(row, OpenTomogram) else row.kept.path)
        annotated = reopening.set_aside(self._session, row, tomogram.path)

        def work(_: Report) -> bool:
            if annotated is not None:
                return follow(annotated.annotation.contents, tomogram.path)
            contents = left_behind(before, tomogram.shape)
            return contents is None or follow(contents, tomogram.path)

        def done(all_there: bool) -> None:  # noqa: FBT001 - what the work has found
            reopening.relink(self._session, row, tomogram, ref)
            if annotated is not None and all_there:
                # Where it was, it need not be saved any more, nor may that be possible.
                annotated.give_up()

        def ended(_: End) -> None:
            if annotated is not None:
                reopening.give_back(row)

        self._jobs.start(Job(f"Relinking {before.name}"), work, done, ended)

    def _open_tomogram(self, path: Path, batch: Batch) -> None:
        def work(report: Report) -> tuple[Tomogram, TomogramRef]:
            return loaded(path, batch.signed, report)

        def done(opened: tuple[Tomogram, TomogramRef]) -> None:
            tomograms.add(self._session, *opened, show=not batch.shown)
            batch.shown = True

        self._jobs.start(Job(f"Opening {path.name}"), work, done, lambda _: self._open_next(batch))

    def _open_model(self, path: Path, batch: Batch) -> None:
        def work(_: Report) -> ModelDescription:
            return open_model(path)

        def done(description: ModelDescription) -> None:
            models.add(self._session, path, description)

        self._jobs.start(Job(f"Loading {path.name}"), work, done, lambda _: self._open_next(batch))

    def _read_training_set(self, path: Path, batch: Batch) -> None:
        def work(_: Report) -> Summary:
            return summarised(load_training_set(path), path)

        def done(found: Summary) -> None:
            if self._session.stage == Stage.MODELS:
                with told(self._session, f"Reading {path.name}"):
                    training_plan.offer_set(self._session, found)
            else:
                self._session.notify("info", _described(found))

        self._jobs.start(Job(f"Reading {path.name}"), work, done, lambda _: self._open_next(batch))


def loaded(path: Path, signed: bool | None, report: Report) -> tuple[Tomogram, TomogramRef]:  # noqa: FBT001 - as in refs
    """Open a tomogram as the window needs it.

    Raises:
        ScsegError: the file cannot be read, or is no tomogram.
        CancelledError: from `report`, while unpacking.
    """
    tomogram = open_tomogram(path, signed=signed, report=report)
    return tomogram, TomogramRef(str(path), None, signed, _changed_at(path))


def _described(found: Summary) -> str:
    box = found.box_size
    return (
        f"{Path(found.path).name} is a training set of {' + '.join(found.features)}: {found.positives} "
        f"positive and {found.negatives} negative boxes of {box} x {box} pixels, "
        f"{found.apix:.4g} A per pixel. Drop it on the stage Models (2) to train a model on it."
    )


def _changed_at(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError as error:
        raise ScsegError(f"{path} cannot be read any more ({error.strerror}).") from error
