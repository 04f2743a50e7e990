"""Long work in threads, seen by the user as a bar that can be cancelled."""

from __future__ import annotations

import threading
import time
import traceback
from collections import deque
from typing import TYPE_CHECKING, TypeVar

from scseg.errors import CancelledError, ScsegError
from scseg.news import QUIET_SECONDS, Job

if TYPE_CHECKING:
    from collections.abc import Callable

    from scseg.progress import Report
    from scseg.session import Session

Result = TypeVar("Result")

REDRAW_SECONDS = 0.1


class Jobs:
    """Starts jobs; their ends wait in a queue until the frame drains it on the main thread."""

    def __init__(self, session: Session, wake: Callable[[], None]) -> None:
        self._session = session
        self._wake = wake
        self._ended: deque[tuple[Job, Callable[[], None], Callable[[], None]]] = deque()

    def start(
        self,
        title: str,
        work: Callable[[Report], Result],
        done: Callable[[Result], None],
        after: Callable[[], None] = lambda: None,
        quiet: float = QUIET_SECONDS,
    ) -> None:
        """Run `work` in a thread and `done`, with what it returned, on the main thread.

        `after` follows on the main thread whether the work succeeded, failed or was cancelled. No bar is
        shown before `quiet` seconds.
        """
        job = Job(title, quiet)
        self._session.jobs.append(job)

        def run() -> None:
            self._ended.append((job, self._outcome(job, work, done), after))
            self._wake()

        threading.Thread(target=run, name=title, daemon=True).start()

    def drain(self) -> None:
        """Take in the jobs that have ended; to be called by every frame."""
        while self._ended:
            job, outcome, after = self._ended.popleft()
            self._session.jobs.remove(job)
            try:
                outcome()
            finally:
                after()

    def cancel_all(self) -> None:
        for job in self._session.jobs:
            job.cancelled = True

    def _outcome(
        self, job: Job, work: Callable[[Report], Result], done: Callable[[Result], None]
    ) -> Callable[[], None]:
        """Do the work, and return what remains to be done on the main thread."""
        session = self._session
        try:
            result = work(self._report(job))
        except CancelledError:
            return lambda: None
        except ScsegError as error:
            sentence, details = str(error), ""
        except Exception as error:  # noqa: BLE001 - a bug in a job is told, and ends only the job
            sentence = f"{job.title} failed: {error or type(error).__name__}."
            details = traceback.format_exc()
        else:
            return lambda: done(result)
        return lambda: session.notify("error", sentence, details)

    def _report(self, job: Job) -> Report:
        drawn = time.monotonic()

        def report(fraction: float, text: str) -> None:
            nonlocal drawn
            job.fraction, job.text = fraction, text
            if job.cancelled:
                raise CancelledError
            if time.monotonic() - drawn > REDRAW_SECONDS:
                drawn = time.monotonic()
                self._wake()

        return report
