"""Opens the annotation of every open tomogram, one after the other, and lets go of those no longer open.

It owns each of them from its opening to its end. Nobody asks for either: each frame compares what is open
with what is held. So it does not matter how a tomogram came into the list, or why it left.

Each that may be changed holds a lock, and that is an open file, of which a process has only so many. Where
many are open, those that nobody changes are let go of, and opened anew when they come into view.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from scseg.actions import notices
from scseg.actions.annotation import changes
from scseg.actions.tomograms import closing
from scseg.annotations.storage.opening import open_annotation
from scseg.annotations.storage.relocate import save_to_fallback_folder
from scseg.base.errors import ScsegError
from scseg.runtime.faults import reported
from scseg.runtime.tomograms.take_over import AnnotationTakeOver
from scseg.state.notices import Job, JobEnd

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from scseg.annotations.crop import Shape
    from scseg.annotations.storage.opening import OpenAnnotation
    from scseg.base.progress import Report
    from scseg.runtime.jobs import Jobs
    from scseg.state.notices import Notice
    from scseg.state.session import Session
    from scseg.state.tomograms import OpenTomogram

    Key = tuple[Path, Shape]

SECONDS_AT_THE_END = 10.0
SECONDS_TO_GIVE_UP = 2.0
MOST_UNCHANGED = 64
"""So many annotations that nobody has changed stay open for changes: those that were in view last."""
WAITS = "What you draw is kept meanwhile, and saved as soon as that can be."


class AnnotationFiles:
    """`update` belongs before a frame, `close` after the last. `wake` is for the threads that save."""

    def __init__(self, session: Session, jobs: Jobs, wake: Callable[[], None]) -> None:
        self._session = session
        self._jobs = jobs
        self._wake = wake
        self._ends = False
        self._held: dict[Key, OpenAnnotation] = {}
        self._leaving: dict[Key, tuple[OpenAnnotation, Job]] = {}
        self._opening: Key | None = None
        self._troubles: dict[Key, Notice] = {}
        self._taking_over = AnnotationTakeOver(jobs, wake, self._replace)

    def update(self) -> None:
        """Bring what is held into line with what is open."""
        for key in self._held.keys() - {_key(each) for each in self._session.tomograms}:
            self._release(key)
        self._wake_active()
        self._let_rest()
        for key in list(self._leaving):
            self._see_off(key)
        wanting = [
            each
            for each in self._session.tomograms
            if each.annotated is None and each.moves_to is None and not each.trouble
        ]
        # That of the tomogram in view first.
        for opened in sorted(wanting, key=lambda each: each is not self._session.active):
            self._provide(opened)
        self._tell_troubles()
        self._taking_over.update([_key(each) for each in self._session.tomograms if _waits(each)])

    def close(self) -> None:
        """Save everything, now; what its own disk does not take goes to the user's data folder."""
        self._ends = True
        self._taking_over.close()
        for opened in list(self._session.tomograms):
            with reported(self._session, f"Closing {opened.name}"):
                closing.close_tomogram(self._session, opened)
        everything = {**self._held, **{key: it for key, (it, _) in self._leaving.items()}}
        for annotated in everything.values():
            annotated.leave()
        _wait_for_all(everything.values(), SECONDS_AT_THE_END)
        for annotated in everything.values():
            annotated.give_up()
        _wait_for_all(everything.values(), SECONDS_TO_GIVE_UP)
        for (path, _), annotated in everything.items():
            if annotated.state.waiting and not annotated.saved_elsewhere:
                with reported(self._session, f"Saving the annotation of {path.name}"):
                    save_to_fallback_folder(annotated.annotation.contents, path)

    def _provide(self, opened: OpenTomogram) -> None:
        key = _key(opened)
        if key in self._held:
            changes.attach(self._session, opened, self._held[key])
        elif self._opening is None and all(path != key[0] for path, _ in self._leaving):
            self._open(key)

    def _open(self, key: Key) -> None:
        self._opening = key
        job = Job(f"Opening the annotation of {key[0].name}")
        self._jobs.start(
            job, partial(self._read, key), partial(self._take, key), partial(self._opened, key)
        )

    def _read(self, key: Key, _: Report) -> OpenAnnotation | str:
        """Open an annotation, in a thread; return why it cannot be had where it cannot."""
        try:
            found = open_annotation(*key, self._wake)
        except ScsegError as error:
            return str(error)
        if self._ends:
            # Nobody is left to take it.
            found.leave()
        return found

    def _opened(self, key: Key, end: JobEnd) -> None:
        self._opening = None
        if end is JobEnd.FAILED:
            self._take(key, f"The annotation of {key[0].name} was not opened: open the file again.")

    def _take(self, key: Key, found: OpenAnnotation | str) -> None:
        if not isinstance(found, str):
            self._held[key] = found
            return
        for opened in self._session.tomograms:
            if _key(opened) == key:
                changes.note_trouble(self._session, opened, found)

    def _replace(self, key: Key, found: OpenAnnotation | str) -> None:
        """Put an annotation in the place of the same that another process had open."""
        before = self._held.get(key)
        if before is None or not before.locked_elsewhere:
            if not isinstance(found, str):
                found.leave()
            return
        self._take(key, found)
        if not isinstance(found, str):
            for opened in self._session.tomograms:
                if opened.annotated is before:
                    changes.replace_read_only(self._session, opened, found)
            before.leave()

    def _wake_active(self) -> None:
        """Have the annotation in view opened anew, if it is at rest; note that it is the last in view."""
        active = self._session.active
        if active is None:
            return
        key = _key(active)
        if active.annotated is not self._held.get(key):
            active.annotated = None
        elif key in self._held:
            self._held[key] = self._held.pop(key)

    def _let_rest(self) -> None:
        """Let go of annotations that nobody changes, where there are many and the hand is at nothing."""
        if self._session.drag is not None or self._session.outline is not None:
            return
        unchanged = [key for key, it in self._held.items() if not (it.read_only or it.claimed)]
        too_many = set(unchanged[: max(0, len(unchanged) - MOST_UNCHANGED)])
        if not too_many:
            return
        for opened in self._session.tomograms:
            key = _key(opened)
            if key in too_many and self._may_rest(opened, self._held[key]):
                opened.annotated = self._held[key].rest()
                self._release(key)

    def _may_rest(self, opened: OpenTomogram, annotated: OpenAnnotation) -> bool:
        """Tell whether a row has its annotation, is not in view, and has nothing that still goes into it."""
        drafts = opened.draft or opened.cropping or opened.contrast is not opened.contrast_kept
        in_view = opened is self._session.active
        return opened.annotated is annotated and not in_view and not drafts

    def _tell_troubles(self) -> None:
        """Tell once that something cannot be saved, and once that it could be at last."""
        for key, annotated in self._held.items():
            problem = annotated.state.problem
            if problem is not None and key not in self._troubles:
                self._troubles[key] = self._session.notify("error", f"{problem} {WAITS}")
            elif problem is None and key in self._troubles:
                notices.dismiss(self._session, self._troubles.pop(key))
                self._session.notify("info", f"What was drawn on {key[0].name} is saved now.")

    def _release(self, key: Key) -> None:
        """Save what waits, however long its disk takes; cancelling the job gives that up."""
        annotated, job = self._held.pop(key), Job(f"Saving the annotation of {key[0].name}")
        self._leaving[key] = annotated, job
        if key in self._troubles:
            notices.dismiss(self._session, self._troubles.pop(key))
        (annotated.give_up if annotated.saved_elsewhere else annotated.leave)()
        self._jobs.show(job)

    def _see_off(self, key: Key) -> None:
        annotated, job = self._leaving[key]
        job.text = annotated.state.problem or "waiting for the disk"
        if job.cancelled:
            annotated.give_up()
        if annotated.closed:
            del self._leaving[key]
            self._jobs.forget(job)


def _wait_for_all(annotations: Collection[OpenAnnotation], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    for annotated in annotations:
        annotated.wait(max(0.0, deadline - time.monotonic()))


def _key(opened: OpenTomogram) -> Key:
    return opened.tomogram.path, opened.shape


def _waits(opened: OpenTomogram) -> bool:
    """Tell whether an annotation can only be seen because another process has it open."""
    annotated = opened.annotated
    return annotated is not None and annotated.locked_elsewhere and not opened.trouble
