"""Opening files by what they are, each in a thread of its own."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scseg.actions import models, tomograms
from scseg.compute.messages import TomogramRef
from scseg.datasets.tomogram import Tomogram, open_tomogram
from scseg.errors import ScsegError
from scseg.models.files import open_model

if TYPE_CHECKING:
    from pathlib import Path

    from scseg.gui.jobs import Jobs
    from scseg.models.description import ModelDescription
    from scseg.progress import Report
    from scseg.session import Session

MODEL_SUFFIX = ".scnm"
WEIGHTS_SUFFIX = ".h5"


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
        self._open_next(Batch(deque(paths), signed))

    def _open_next(self, batch: Batch) -> None:
        if not batch.paths:
            return
        path = batch.paths.popleft()
        suffix = path.suffix.lower()
        if suffix == WEIGHTS_SUFFIX:
            path = path.with_suffix(MODEL_SUFFIX)
        if suffix in (MODEL_SUFFIX, WEIGHTS_SUFFIX):
            self._open_model(path, batch)
        else:
            self._open_tomogram(path, batch)

    def _open_tomogram(self, path: Path, batch: Batch) -> None:
        def work(report: Report) -> tuple[Tomogram, TomogramRef]:
            tomogram = open_tomogram(path, signed=batch.signed, report=report)
            return tomogram, TomogramRef(str(path), None, batch.signed, _changed_at(path))

        def done(opened: tuple[Tomogram, TomogramRef]) -> None:
            tomograms.add(self._session, *opened, show=not batch.shown)
            batch.shown = True

        self._jobs.start(f"Opening {path.name}", work, done, lambda: self._open_next(batch))

    def _open_model(self, path: Path, batch: Batch) -> None:
        def work(_: Report) -> ModelDescription:
            return open_model(path)

        def done(description: ModelDescription) -> None:
            models.add(self._session, path, description)

        self._jobs.start(f"Loading {path.name}", work, done, lambda: self._open_next(batch))


def _changed_at(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError as error:
        raise ScsegError(f"{path} cannot be read any more ({error.strerror}).") from error
