"""Looks now and then whether the files of the open tomograms are still where they were."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scseg.runtime.inbox import Inbox

SECONDS = 3.0
SECONDS_TO_END = 1.0


class FileWatch:
    """Asks the disk in a thread of its own: one that is slow or gone must not hold up a frame.

    `gone` holds the paths that were not there at the last look; a frame is woken when it has changed.
    """

    def __init__(self, inbox: Inbox, seconds: float = SECONDS) -> None:
        self.gone: frozenset[str] = frozenset()
        self._wake = inbox.wake
        self._seconds = seconds
        self._paths: tuple[str, ...] = ()
        self._background = inbox.background("watch", "Looking for the files of tomograms")
        self._background.submit(self._look, seconds)

    def watch(self, paths: Sequence[str]) -> None:
        self._paths = tuple(paths)

    def close(self) -> None:
        """End the thread before its next look; one that waits for a disk is left to it."""
        self._background.close(SECONDS_TO_END)

    def _look(self) -> None:
        self._background.submit(self._look, self._seconds)
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
