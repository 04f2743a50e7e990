"""Does what actions want done beside the frames: files to open, long work in threads."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from scseg.actions.annotation import changes, strokes
from scseg.state.notices import Job
from scseg.state.requests import ChangeInThread, DoInThread, OpenPaths, WriteInThread

if TYPE_CHECKING:
    from pathlib import Path

    from scseg.annotations.edits import Step
    from scseg.runtime.jobs import Jobs
    from scseg.runtime.tomograms.opening import Opener
    from scseg.state.requests import Effect
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram


class Orders:
    """Does the effects that are work for threads; others are left to those whose business they are."""

    def __init__(self, session: Session, jobs: Jobs, opener: Opener) -> None:
        self._session = session
        self._jobs = jobs
        self._opener = opener

    def do(self, effect: Effect) -> None:
        match effect:
            case OpenPaths(paths=paths, signed=signed):
                self._opener.open(paths, signed=signed)
            case ChangeInThread(opened=opened, title=title, work=work):
                self._jobs.start(Job(title), work, partial(self._change, opened, title))
            case DoInThread(title=title, work=work, then=then, keeps=keeps, ended=ended):
                self._jobs.start(Job(title, keeps=keeps), work, then, ended)
            case WriteInThread(path=path, work=work):
                job = Job(f"Writing {path.name}", keeps=True)
                self._jobs.start(job, work, partial(self._written, path))

    def _written(self, path: Path, _: None) -> None:
        self._session.notify("info", f"Written: {path}")

    def _change(self, opened: OpenTomogram, title: str, step: Step | None) -> None:
        """Make a change that was found out in a thread; a stroke on its way comes first."""
        if opened not in self._session.tomograms:
            sentence = f"{opened.name} was closed before this ended, and is as it was: {title}."
            self._session.notify("warning", sentence)
            return
        strokes.end_on(self._session, opened)
        changes.take(self._session, opened, step)
