"""Opens tomograms beside the frames, however many: several between two of them."""

from __future__ import annotations

import time
from collections import deque
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from scseg.actions.tomograms.reading import Loaded
from scseg.base.errors import CancelledError, ScsegError
from scseg.runtime.queue import QueuedJob
from scseg.state.notices import Job

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scseg.base.progress import Report
    from scseg.state.notices import JobEnd

Outcome = Loaded | str
"""A tomogram as the window needs it, or why there is none."""

Row = TypeVar("Row")

NOT_OPENED = "opening it was cancelled"
SECONDS = 0.1
"""So long tomograms are opened before the next frame sees them: a frame for each would take long."""


class Loading(Generic[Row]):
    """Rows, each with its name, that are loaded in their order.

    `take` gets each on the main thread, with what came of it: NOT_OPENED, where it was cancelled. One that
    takes long holds up none behind it.
    """

    def __init__(
        self,
        rows: Iterable[tuple[Row, str]],
        load: Callable[[Row, Report], Outcome],
        take: Callable[[Row, Outcome], None],
    ) -> None:
        self._waiting = deque(rows)
        self._load = load
        self._take = take

    def following(self) -> QueuedJob | None:
        """Return the next job, for `Turns.start_all`."""
        if not self._waiting:
            return None
        outcomes: list[tuple[Row, Outcome]] = []

        def ended(_: JobEnd) -> None:
            for row, outcome in outcomes:
                self._take(row, outcome)

        job = Job(f"Opening {self._waiting[0][1]}")
        return QueuedJob(job, partial(self._load_some, outcomes), ended=ended)

    def _load_some(self, outcomes: list[tuple[Row, Outcome]], report: Report) -> None:
        """Load for a moment, in a thread; another may be at it, too, where one takes long."""
        until = time.monotonic() + SECONDS
        with suppress(IndexError):  # when nothing waits any more
            while not outcomes or time.monotonic() < until:
                row, _ = self._waiting.popleft()
                outcomes.append((row, self._loaded(row, report)))
                if outcomes[-1][1] == NOT_OPENED:
                    return

    def _loaded(self, row: Row, report: Report) -> Outcome:
        try:
            return self._load(row, report)
        except CancelledError:
            return NOT_OPENED
        except ScsegError as error:
            return str(error)
