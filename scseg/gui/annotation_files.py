"""Opens the annotation of every open tomogram, one after the other, and lets go of those no longer open.

Nobody asks for it: each frame compares what is open with what is held. So it does not matter how a tomogram
came into the list, or why it left.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from scseg.actions import (
    annotation,
    annotation_contrast,
    annotation_features,
    annotation_strokes,
    notices,
)
from scseg.annotations.opening import open_annotation
from scseg.annotations.place import own_path
from scseg.annotations.store import save_copy
from scseg.errors import ScsegError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scseg.annotations.crop import Shape
    from scseg.annotations.opening import Opened
    from scseg.gui.jobs import Jobs
    from scseg.open_tomograms import OpenTomogram
    from scseg.progress import Report
    from scseg.session import Session

    Key = tuple[Path, Shape]

SECONDS_AT_THE_END = 10.0
LOOK_SECONDS = 0.2
WAITS = "What you draw is kept meanwhile, and saved as soon as that can be."


class AnnotationFiles:
    """`update` belongs before a frame, `close` after the last. `wake` is for the savers' threads."""

    def __init__(self, session: Session, jobs: Jobs, wake: Callable[[], None]) -> None:
        self._session = session
        self._jobs = jobs
        self._wake = wake
        self._held: dict[Key, Opened] = {}
        self._leaving: dict[Key, Opened] = {}
        self._opening: Key | None = None
        self._troubles: dict[Key, str] = {}

    def update(self) -> None:
        """Bring what is held into line with what is open."""
        for key in self._held.keys() - {_key(each) for each in self._session.tomograms}:
            self._release(key)
        wanting = [
            each for each in self._session.tomograms if each.annotated is None and not each.trouble
        ]
        # That of the tomogram in view first.
        for opened in sorted(wanting, key=lambda each: each is not self._session.active):
            self._provide(opened)
        self._tell_troubles()

    def close(self) -> None:
        """Save everything, now; what its own disk does not take goes to the user's data folder."""
        annotation_strokes.end(self._session)
        annotation_features.settle_all(self._session, rested=False)
        annotation_contrast.settle_all(self._session)
        for (path, _), annotated in (self._held | self._leaving).items():
            if not annotated.close(SECONDS_AT_THE_END):
                with contextlib.suppress(ScsegError):
                    save_copy(own_path(path), annotated.annotation.contents)

    def _provide(self, opened: OpenTomogram) -> None:
        key = _key(opened)
        if key in self._held:
            annotation.attach(self._session, opened, self._held[key])
        elif self._opening is None and key not in self._leaving:
            self._open(key)

    def _open(self, key: Key) -> None:
        path, shape = key
        self._opening = key

        def work(_: Report) -> Opened | str:
            try:
                return open_annotation(path, shape, self._wake)
            except ScsegError as error:
                return str(error)

        def done(found: Opened | str) -> None:
            if not isinstance(found, str):
                self._held[key] = found
                return
            for opened in self._session.tomograms:
                if _key(opened) == key:
                    annotation.refuse(self._session, opened, found)

        def after() -> None:
            self._opening = None

        self._jobs.start(f"Opening the annotation of {path.name}", work, done, after)

    def _tell_troubles(self) -> None:
        """Tell once that something cannot be saved, and once that it could be at last."""
        for key, annotated in self._held.items():
            problem = annotated.state.problem
            if problem is not None and key not in self._troubles:
                self._troubles[key] = f"{problem} {WAITS}"
                self._session.notify("error", self._troubles[key])
            elif problem is None and key in self._troubles:
                notices.take_back(self._session, self._troubles.pop(key))
                self._session.notify("info", f"What was drawn on {key[0].name} is saved now.")

    def _release(self, key: Key) -> None:
        """Save what waits, however long its disk takes; cancelling the job gives that up."""
        annotated = self._leaving[key] = self._held.pop(key)
        self._troubles.pop(key, None)
        self._session.history.forget(annotated)

        def work(report: Report) -> None:
            try:
                while not annotated.flush(LOOK_SECONDS):
                    report(0.0, annotated.state.problem or "waiting for the disk")
            finally:
                annotated.close(SECONDS_AT_THE_END)

        def after() -> None:
            del self._leaving[key]

        title = f"Saving the annotation of {key[0].name}"
        self._jobs.start(title, work, lambda _: None, after)


def _key(opened: OpenTomogram) -> Key:
    return opened.tomogram.path, opened.shape
