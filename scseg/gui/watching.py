"""Looks now and then whether the files of the open tomograms are still where they were."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SECONDS = 3.0


class FileWatch:
    """Asks the disk in a thread of its own: one that is slow or gone must not hold up a frame.

    `gone` holds the paths that were not there at the last look; `wake` is called, from the thread, when it
    has changed.
    """

    def __init__(self, wake: Callable[[], None], seconds: float = SECONDS) -> None:
        self.gone: frozenset[str] = frozenset()
        self._wake = wake
        self._seconds = seconds
        self._paths: tuple[str, ...] = ()
        self._ends = threading.Event()
        threading.Thread(target=self._run, name="watch", daemon=True).start()

    def watch(self, paths: Sequence[str]) -> None:
        self._paths = tuple(paths)

    def close(self) -> None:
        """End the thread before its next look."""
        self._ends.set()

    def _run(self) -> None:
        while not self._ends.wait(self._seconds):
            gone = frozenset(path for path in self._paths if not is_there(path))
            if gone != self.gone:
                self.gone = gone
                self._wake()


def is_there(path: str) -> bool:
    """Tell whether a file can be reached; asks the disk."""
    try:
        Path(path).stat()
    except (OSError, ValueError):
        return False
    return True
