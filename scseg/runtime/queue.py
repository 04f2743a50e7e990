"""Jobs one after the other, so that what they bring comes in order; a slow one holds up none behind it."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from scseg.runtime.jobs import whatever

if TYPE_CHECKING:
    from collections.abc import Callable

    from scseg.base.progress import Report
    from scseg.runtime.jobs import Jobs
    from scseg.state.notices import Job, JobEnd

SECONDS = 2.0
"""Who takes longer goes on beside the next."""


@dataclass(frozen=True, eq=False)
class QueuedJob:
    """A job, and what `Jobs.start` wants with it."""

    job: Job
    work: Callable[[Report], Any]
    done: Callable[[Any], None] = lambda _: None
    ended: Callable[[JobEnd], None] = whatever


class OpeningQueue:
    """Starts each job in its turn. `update` belongs into every frame."""

    def __init__(self, jobs: Jobs, seconds: float = SECONDS) -> None:
        self._jobs = jobs
        self._seconds = seconds
        self._waiting: deque[Callable[[], QueuedJob | None]] = deque()
        self._now: Job | None = None
        self._closed = False

    def start(self, turn: QueuedJob) -> None:
        """Start a job when its turn has come."""
        one = iter([turn])
        self.start_all(lambda: next(one, None))

    def start_all(self, following: Callable[[], QueuedJob | None]) -> None:
        """Start jobs until there is None any more: each is asked for when its turn has come."""
        self._waiting.append(following)
        self._go_on()

    def update(self) -> None:
        """Let the next one begin where the one whose turn it is takes long."""
        if self._now is not None and time.monotonic() - self._now.started > self._seconds:
            self._now = None
            self._go_on()

    def close(self) -> None:
        """Start none any more, whatever is still asked for."""
        self._closed = True
        self._waiting.clear()

    def _go_on(self) -> None:
        while self._now is None and self._waiting and not self._closed:
            turn = self._waiting[0]()
            if turn is None:
                self._waiting.popleft()
            else:
                self._now = turn.job
                self._jobs.start(turn.job, turn.work, turn.done, partial(self._ended, turn))

    def _ended(self, turn: QueuedJob, end: JobEnd) -> None:
        try:
            turn.ended(end)
        finally:
            if self._now is turn.job:
                self._now = None
                self._go_on()
