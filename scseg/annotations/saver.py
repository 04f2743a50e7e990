"""The thread that writes an annotation's file: steps go in at once, and stay until they are on the disk.

It keeps contents of its own, brought on by the same steps, so the window and the file share nothing that
changes. Where a transaction fails, its changes wait, and are tried again together with those that follow.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scseg.errors import ScsegError
from scseg.printable import printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from scseg.annotations.contents import Contents
    from scseg.annotations.edits import Edit, Step
    from scseg.annotations.store import Store

RETRY_SECONDS = 2.0

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SaveState:
    """How far the file is. `since` is when (`time.monotonic`) the oldest step that waits was taken.

    `problem` is a sentence while saving fails; it is tried again every few seconds all the same.
    """

    steps: int = 0
    saved: int = 0
    since: float | None = None
    problem: str | None = None

    @property
    def waiting(self) -> int:
        """How many steps are not on the disk yet."""
        return self.steps - self.saved

    def text(self, now: float) -> str:
        """Return what the status line says at `now` (`time.monotonic`)."""
        if self.waiting == 0 or self.since is None:
            return "saved"
        steps = "1 step" if self.waiting == 1 else f"{self.waiting} steps"
        if self.problem is not None:
            return f"{steps} not saved yet"
        return f"saving {steps}, {max(now - self.since, 0):.1f} s behind"


class Saver:
    """Writes the steps of one annotation in their order. All its methods are for the main thread.

    Args:
        store: the file, which is touched by this thread alone from now on.
        contents: what the file holds now; kept and changed here.
        wake: called from the thread whenever `state` has changed.
        retry_seconds: how long to wait after a failure.
    """

    def __init__(
        self,
        store: Store,
        contents: Contents,
        wake: Callable[[], None] = lambda: None,
        retry_seconds: float = RETRY_SECONDS,
    ) -> None:
        self._store = store
        self._contents = contents
        self._wake = wake
        self._retry_seconds = retry_seconds
        self._changed = threading.Condition()
        self._queue: list[tuple[float, Step]] = []
        self._unsaved: dict[tuple[object, ...], Edit] = {}
        self._state = SaveState()
        self._hurry = False
        self._ends = False
        self._thread: threading.Thread | None = None

    @property
    def state(self) -> SaveState:
        """How far the file is; replaced whole, so it costs nothing to look at in every frame."""
        return self._state

    def submit(self, step: Step) -> None:
        """Take a step that was just applied; returns at once, however slow the disk."""
        now = time.monotonic()
        with self._changed:
            self._queue.append((now, step))
            state = self._state
            self._state = SaveState(
                state.steps + 1,
                state.saved,
                now if state.since is None else state.since,
                state.problem,
            )
            self._changed.notify_all()
        if self._thread is None:
            # Not before: most tomograms of a long list are only looked at.
            self._thread = threading.Thread(target=self._run, name="annotation", daemon=True)
            self._thread.start()

    def flush(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds for everything to be on the disk; tell whether it is."""
        with self._changed:
            self._hurry = True
            self._changed.notify_all()
            return self._changed.wait_for(lambda: self._state.waiting == 0, timeout)

    def close(self, timeout: float) -> bool:
        """Save what waits and end the thread; tell whether everything is on the disk.

        What cannot be saved within `timeout` seconds is given up, so ask the user after a `flush` before.
        """
        saved = self.flush(timeout)
        with self._changed:
            self._ends = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(timeout)
        return saved

    @property
    def ended(self) -> bool:
        """Whether the file is touched no more."""
        return self._thread is None or not self._thread.is_alive()

    def _run(self) -> None:
        while (steps := self._next()) is not None:
            problem = self._save([step for _, step in steps])
            with self._changed:
                saved = self._state.steps - len(self._queue)
                since = self._queue[0][0] if self._queue else None
                if problem is None:
                    self._state = SaveState(self._state.steps, saved, since)
                else:
                    self._state = SaveState(
                        self._state.steps, self._state.saved, self._state.since, problem
                    )
                self._changed.notify_all()
            self._wake()

    def _next(self) -> list[tuple[float, Step]] | None:
        """Wait until there is something to write, or to try again; None when the saver is closed."""
        with self._changed:
            retry = self._retry_seconds if self._unsaved else None
            self._changed.wait_for(lambda: self._queue or self._hurry or self._ends, retry)
            if self._ends:
                return None
            self._hurry = False
            steps, self._queue = self._queue, []
            return steps

    def _save(self, steps: list[Step]) -> str | None:
        """Write steps, with all that could not be written before; return what went wrong, if anything."""
        try:
            for step in steps:
                self._unsaved.update({edit.key: edit for edit in step.edits})
                self._contents.apply(step)
            if self._unsaved:
                self._store.write(self._unsaved.values(), self._contents)
        except ScsegError as error:
            return str(error)
        except Exception as error:  # a bug must be seen by the user, and end nothing
            log.exception("saving %s", printable(str(self._store.path)))
            return f"Cannot write {self._store.path}: {error or type(error).__name__}; save a copy of it."
        self._unsaved.clear()
        return None
