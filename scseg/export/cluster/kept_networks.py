"""The process with the networks of a worker of Dask: kept for a while, for the next task."""

from __future__ import annotations

import threading
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scseg.compute.segmenter import Segmenter

_SECONDS = 30.0
"""How long networks take memory, of a graphics card too, when nobody asks them."""


class KeptNetworks:
    """Lends one process at a time; who finds none starts another."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: Segmenter | None = None
        self._timer: threading.Timer | None = None

    def take(self) -> Segmenter | None:
        """Return the process that is kept, if there is one; it is the caller's then."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            kept, self._kept, self._timer = self._kept, None, None
            return kept

    def keep(self, segmenter: Segmenter | None) -> None:
        """Keep a process, which has nothing to do any more, in place of any that is kept."""
        _end(self.take())
        if segmenter is None:
            return
        with self._lock:
            self._kept = segmenter
            self._timer = threading.Timer(_SECONDS, self._let_go, (segmenter,))
            self._timer.daemon = True
            self._timer.start()

    def _let_go(self, segmenter: Segmenter) -> None:
        with self._lock:
            if self._kept is not segmenter:
                return
            self._kept = self._timer = None
        _end(segmenter)


@cache
def kept_networks() -> KeptNetworks:
    """Return those of this process, which is a worker of Dask."""
    return KeptNetworks()


def _end(segmenter: Segmenter | None) -> None:
    if segmenter is not None:
        segmenter.__exit__()
