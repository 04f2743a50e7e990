"""Opening files by what they are, each in a thread of its own."""

from __future__ import annotations

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


class Opener:
    def __init__(self, session: Session, jobs: Jobs) -> None:
        self._session = session
        self._jobs = jobs

    def open(self, paths: tuple[Path, ...], *, signed: bool | None = None) -> None:
        """Open files; what cannot be opened becomes a notice, and the others open all the same."""
        for path in paths:
            suffix = path.suffix.lower()
            if suffix == MODEL_SUFFIX:
                self._open_model(path)
            elif suffix == WEIGHTS_SUFFIX:
                self._open_model(path.with_suffix(MODEL_SUFFIX))
            else:
                self._open_tomogram(path, signed=signed)

    def _open_tomogram(self, path: Path, *, signed: bool | None) -> None:
        session = self._session

        def work(report: Report) -> tuple[Tomogram, TomogramRef]:
            tomogram = open_tomogram(path, signed=signed, report=report)
            return tomogram, TomogramRef(str(path), None, signed, _changed_at(path))

        def done(opened: tuple[Tomogram, TomogramRef]) -> None:
            tomograms.add(session, *opened)

        self._jobs.start(f"Opening {path.name}", work, done)

    def _open_model(self, path: Path) -> None:
        session = self._session

        def work(_: Report) -> ModelDescription:
            return open_model(path)

        def done(description: ModelDescription) -> None:
            models.add(session, path, description)

        self._jobs.start(f"Loading {path.name}", work, done)


def _changed_at(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError as error:
        raise ScsegError(f"{path} cannot be read any more ({error.strerror}).") from error
