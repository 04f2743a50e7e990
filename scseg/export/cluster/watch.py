"""How a task on a worker of Dask tells of its progress, and learns that nobody wants it any more."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from scseg.base.errors import SuspendedError

if TYPE_CHECKING:
    from distributed import Worker

_SECONDS = 0.5
"""Between two events: the scheduler hears of all workers."""

_AT_WORK = {"running", "paused", "closing_gracefully"}


class Watch:
    """Made in the thread of a task. Its `report` is for the task's work."""

    def __init__(self, topic: str) -> None:
        from distributed import get_worker  # noqa: PLC0415 - here it is there

        self.worker: Worker = get_worker()
        self._key = self.worker.get_current_task()
        self._topic = topic
        self._told = -math.inf

    def report(self, fraction: float, text: str) -> None:
        """Tell those who listen to the topic how far the task is.

        Raises:
            SuspendedError: the client has cancelled the task or is gone, or the worker is to end.
        """
        if not self._is_wanted():
            raise SuspendedError(text)
        now = time.monotonic()
        if now - self._told >= _SECONDS:
            self._told = now
            said = {"key": str(self._key), "fraction": fraction, "text": text}
            self.worker.log_event(self._topic, said)

    def _is_wanted(self) -> bool:
        task = self.worker.state.tasks.get(self._key)
        at_work = self.worker.status.name in _AT_WORK
        return at_work and task is not None and task.state in ("executing", "long-running")
