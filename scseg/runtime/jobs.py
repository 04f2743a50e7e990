"""Long work in threads, seen by the user as a bar that can be cancelled."""

from __future__ import annotations

import time
import traceback
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from scseg.base.errors import CancelledError, ScsegError, SuspendedError
from scseg.base.missing_packages import missing_package
from scseg.state.notices import JobEnd

if TYPE_CHECKING:
    from collections.abc import Callable

    from scseg.base.background_thread import BackgroundThread
    from scseg.base.progress import Report
    from scseg.runtime.inbox import Inbox
    from scseg.state.notices import Job
    from scseg.state.session import Session

Result = TypeVar("Result")

REDRAW_SECONDS = 0.1
SECONDS_TO_CANCEL = 2.0
SECONDS_TO_KEEP = 60.0


def whatever(_: JobEnd) -> None:
    """Nothing depends on how a job has ended."""


class Jobs:
    """Owns the threads of jobs, one each; what they return is taken in on the main thread, by the inbox."""

    def __init__(self, session: Session, inbox: Inbox) -> None:
        self._session = session
        self._inbox = inbox
        self._threads: dict[Job, BackgroundThread] = {}
        self._ends = False

    def start(
        self,
        job: Job,
        work: Callable[[Report], Result],
        done: Callable[[Result], None],
        ended: Callable[[JobEnd], None] = whatever,
    ) -> None:
        """Run `work` in a thread and `done`, with what it returned, on the main thread.

        `ended` follows on the main thread whether the work was done, failed or was cancelled. At the end of
        the program, nothing new is begun.
        """
        if self._ends:
            ended(JobEnd.CANCELLED)
            return
        self.show(job)
        thread = self._threads[job] = self._inbox.background(job.title, job.title)

        def run() -> None:
            end, then = self._outcome(job, work, done)
            self._inbox.put(job.title, partial(self._take, job, then, partial(ended, end)))
            thread.end()

        thread.submit(run)

    def show(self, job: Job) -> None:
        """Show a job that goes on elsewhere, until it is taken away with `forget`."""
        job.started = time.monotonic()
        self._session.jobs.append(job)

    def forget(self, job: Job) -> None:
        self._session.jobs.remove(job)

    def close(self) -> None:
        """Wait for what writes, a minute at most; cancel or suspend the rest. Answers lie in the inbox."""
        self._ends = True
        for job in self._threads:
            job.suspended = job.goes_on
            job.cancelled |= not (job.keeps or job.goes_on)
        now = time.monotonic()
        for job, thread in self._threads.items():
            keeps = job.keeps and not job.cancelled
            seconds = SECONDS_TO_KEEP if keeps else SECONDS_TO_CANCEL
            if not thread.wait(now + seconds - time.monotonic()) and keeps:
                self._session.notify(
                    "error", f"{job.title} was not finished: its disk does not answer."
                )

    def _take(self, job: Job, then: Callable[[], None], ended: Callable[[], None]) -> None:
        self.forget(job)
        del self._threads[job]
        try:
            then()
        finally:
            ended()

    def _outcome(
        self, job: Job, work: Callable[[Report], Result], done: Callable[[Result], None]
    ) -> tuple[JobEnd, Callable[[], None]]:
        """Do the work; return how it ended, and what remains to be done on the main thread."""
        try:
            result = work(self._report(job))
        except CancelledError:
            return JobEnd.CANCELLED, lambda: None
        except ScsegError as error:
            sentence, details = str(error), ""
        except Exception as error:  # noqa: BLE001 - a bug in a job is told, and ends only the job
            cause = missing_package(error) or str(error) or type(error).__name__
            sentence = f"{job.title} failed: {cause}."
            details = traceback.format_exc()
        else:
            return JobEnd.DONE, lambda: done(result)
        return JobEnd.FAILED, partial(self._tell, sentence, details)

    def _tell(self, sentence: str, details: str) -> None:
        self._session.notify("error", sentence, details)

    def _report(self, job: Job) -> Report:
        drawn = time.monotonic()

        def report(fraction: float, text: str) -> None:
            nonlocal drawn
            job.fraction, job.text = fraction, text
            if job.cancelled:
                raise CancelledError
            if job.suspended:
                raise SuspendedError
            if time.monotonic() - drawn > REDRAW_SECONDS:
                drawn = time.monotonic()
                self._inbox.wake()

        return report
