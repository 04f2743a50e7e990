"""A thread that runs functions one after the other, and goes on when one of them fails."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Work = Callable[[], None]

log = logging.getLogger(__name__)


class BackgroundThread:
    """Whoever makes one ends it: with `close`, or with `end` from work that is the last.

    The thread starts with the first work, and none is started for what is never asked. A work that hangs
    holds up those behind it, but never whoever asked. All methods may be called from any thread.

    Args:
        name: of the thread.
        failed: is told, in the thread, of each error that a work raises; the next work is done all the same.
    """

    def __init__(self, name: str, failed: Callable[[Exception], None]) -> None:
        self._name = name
        self._failed = failed
        self._changed = threading.Condition()
        self._waiting: list[tuple[float, Work]] = []
        self._working = False
        self._takes = True
        self._ends = False
        self._thread: threading.Thread | None = None

    def submit(self, work: Work, delay: float = 0.0) -> None:
        """Have some work done after `delay` seconds, behind what is due by then; returns at once.

        Of equal works that wait, one is done, at the earlier time. After the end nothing is done any more.
        """
        self._put([work], delay)

    def submit_only(self, works: Iterable[Work]) -> None:
        """Have these works done in their order, and nothing that waits; what is being done goes on."""
        with self._changed:
            self._waiting.clear()
            self._put(works, 0.0)

    def end(self) -> None:
        """Do no work any more after the one that is being done; returns at once."""
        with self._changed:
            self._ends = True
            self._waiting.clear()
            self._changed.notify_all()

    def close(self, patience: float, *, finishing: bool = False) -> bool:
        """End the thread within `patience` seconds; return whether it has ended.

        With `finishing`, what waits now is done before, also what was not due yet.
        """
        deadline = time.monotonic() + patience
        if finishing:
            with self._changed:
                self._takes = False
                self._waiting = [(0.0, work) for _, work in self._waiting]
                self._changed.notify_all()
                self._changed.wait_for(lambda: not (self._working or self._waiting), patience)
        self.end()
        return self.wait(deadline - time.monotonic())

    def wait(self, patience: float) -> bool:
        """Wait for the end of the thread; return whether it has ended, or was never started."""
        if self._thread is not None:
            self._thread.join(max(0.0, patience))
        return self._thread is None or not self._thread.is_alive()

    def _put(self, works: Iterable[Work], delay: float) -> None:
        due = time.monotonic() + delay
        with self._changed:
            if self._ends or not self._takes:
                return
            for work in works:
                earliest = min([due, *(when for when, each in self._waiting if each == work)])
                self._waiting = [entry for entry in self._waiting if entry[1] != work]
                self._waiting.append((earliest, work))
            # Stable: what is due at the same moment stays in the order of asking.
            self._waiting.sort(key=lambda entry: entry[0])
            self._changed.notify_all()
            if self._thread is None and self._waiting:
                self._start()

    def _start(self) -> None:
        """Start the thread; where the system has none to give, the next who asks tries again."""
        thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        try:
            thread.start()
        except RuntimeError as error:
            self._tell(error)
        else:
            self._thread = thread

    def _run(self) -> None:
        while (work := self._next()) is not None:
            try:
                work()
            except Exception as error:  # noqa: BLE001 - whatever it is, it is told, and the next work is done
                self._tell(error)
            finally:
                with self._changed:
                    self._working = False
                    self._changed.notify_all()

    def _tell(self, error: Exception) -> None:
        try:
            self._failed(error)
        except Exception:  # the thread goes on even if nobody can be told
            log.exception("telling of %s", error)

    def _next(self) -> Work | None:
        """Wait until something is due; None when no work is to be done any more."""
        with self._changed:
            while not self._ends:
                left = self._waiting[0][0] - time.monotonic() if self._waiting else None
                if left is not None and left <= 0:
                    self._working = True
                    return self._waiting.pop(0)[1]
                self._changed.wait(left)
            return None
