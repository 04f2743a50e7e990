"""Predictions of other slices than the one in view, for long work in a thread."""

from __future__ import annotations

import queue
from collections import deque
from typing import TYPE_CHECKING

from scseg.base.errors import ScsegError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from scseg.base.progress import Report
    from scseg.compute.messages import SliceRequest, TomogramRef

    Requests = Mapping[str, SliceRequest]
    Arrays = dict[str, NDArray[np.float32]]

AHEAD = 2
"""Slices that the worker is told of at a time, so that it need not wait for the next one."""

LOOK_SECONDS = 0.1


class SliceBatch:
    """Slices to be predicted one after another, whenever the slice in view is complete.

    `requests` go by z and by the id of the model, and are all about one tomogram. The main thread asks for
    what is `wanted` and gives what has come; the thread goes through `predictions`.
    """

    def __init__(self, tomogram: TomogramRef, requests: Mapping[int, Requests]) -> None:
        self.tomogram = tomogram
        self.ended = False
        self._count = len(requests)
        self._waiting = deque(requests.items())
        self._came: queue.SimpleQueue[tuple[int, Arrays] | str] = queue.SimpleQueue()

    @property
    def next(self) -> tuple[int, Requests] | None:
        """The first slice that was not given yet, and what is asked of it."""
        return self._waiting[0] if self._waiting and not self.ended else None

    @property
    def wanted(self) -> tuple[SliceRequest, ...]:
        """What the worker should do for this now."""
        first = [] if self.ended else list(self._waiting)[:AHEAD]
        return tuple(request for _, requests in first for request in requests.values())

    def give(self, arrays: Arrays) -> None:
        """Hand over the next slice: complete predictions, float32 (y, x), by the id of the model."""
        z, _ = self._waiting.popleft()
        self._came.put((z, arrays))

    def fail(self, sentence: str) -> None:
        """Tell the thread why no more will come."""
        self._waiting.clear()
        self._came.put(sentence)

    def predictions(self, report: Report) -> Iterator[tuple[int, Arrays]]:
        """Yield each slice and what was predicted of it; waits.

        Raises:
            ScsegError: a slice cannot be predicted.
            CancelledError: from `report`.
        """
        try:
            for done in range(self._count):
                yield self._take(report, done / self._count)
        finally:
            self.ended = True

    def _take(self, report: Report, fraction: float) -> tuple[int, Arrays]:
        while True:
            report(fraction, "predicting")
            try:
                came = self._came.get(timeout=LOOK_SECONDS)
            except queue.Empty:
                continue
            if isinstance(came, str):
                raise ScsegError(came)
            return came
