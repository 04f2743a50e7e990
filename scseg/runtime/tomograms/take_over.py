"""Looks now and then whether annotations that other processes have open are free, and opens them then."""

from __future__ import annotations

import math
import time
from functools import partial
from typing import TYPE_CHECKING

from scseg.annotations.storage.opening import take_over
from scseg.base.errors import ScsegError
from scseg.state.notices import Job

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from scseg.annotations.crop import Shape
    from scseg.annotations.storage.opening import OpenAnnotation
    from scseg.base.progress import Report
    from scseg.runtime.jobs import Jobs
    from scseg.state.notices import JobEnd

    Key = tuple[Path, Shape]
    Outcome = OpenAnnotation | str
    """An annotation, or why it cannot be had."""

SECONDS = 5.0


class AnnotationTakeOver:
    """`update` belongs before a frame, `close` after the last.

    It looks in a thread, and at one annotation after the other. `then` is told, on the main thread, what has
    become of one that was free.
    """

    def __init__(
        self,
        jobs: Jobs,
        wake: Callable[[], None],
        then: Callable[[Key, Outcome], None],
        seconds: float = SECONDS,
    ) -> None:
        self._jobs = jobs
        self._wake = wake
        self._then = then
        self._seconds = seconds
        self._looks = self._ends = False
        self._next = 0.0

    def close(self) -> None:
        """Let go of what is found from now on: nobody is left to take it."""
        self._ends = True

    def update(self, waiting: Sequence[Key]) -> None:
        """Look for those that wait: tomograms, and their shapes."""
        if waiting and not self._looks and time.monotonic() >= self._next:
            self._looks = True
            self._next = time.monotonic() + self._seconds
            job = Job("Looking whether annotations are free", quiet=math.inf)
            self._jobs.start(job, partial(self._look, waiting), self._take, self._looked)

    def _look(self, waiting: Sequence[Key], report: Report) -> tuple[Key, Outcome] | None:
        """Return the first that is free; runs in a thread."""
        for key in waiting:
            report(0.0, key[0].name)
            try:
                found = take_over(*key, self._wake)
            except ScsegError as error:
                return key, str(error)
            if found is not None:
                if self._ends:
                    found.leave()
                return key, found
        return None

    def _take(self, found: tuple[Key, Outcome] | None) -> None:
        if found is not None:
            self._next = 0.0  # others may be free, too
            self._then(*found)

    def _looked(self, _: JobEnd) -> None:
        self._looks = False
