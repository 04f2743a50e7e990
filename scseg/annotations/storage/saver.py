"""The thread that writes an annotation's file: steps go in at once, and stay until they are on the disk.

It keeps contents of its own, brought on by the same steps, so the window and the file share nothing that
changes. Where a transaction fails, its changes wait, and are tried again together with those that follow.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scseg.base.background_thread import BackgroundThread
from scseg.base.errors import ScsegError
from scseg.base.formatting import counted
from scseg.base.printable import printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from scseg.annotations.contents import Contents
    from scseg.annotations.edits import Edit, Step
    from scseg.annotations.storage.writing import AnnotationFile

RETRY_SECONDS = 2.0
SECONDS_TO_GIVE_UP = 2.0
"""For the attempt that is under way, once nobody waits for the disk any more."""

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
        steps = counted(self.waiting, "step")
        if self.problem is not None:
            return f"{steps} not saved yet"
        return f"saving {steps}, {max(now - self.since, 0):.1f} s behind"


class Saver:
    """Writes the steps of one annotation in their order, and owns its file until it lets go of it.

    All its methods are for the main thread; the file is touched in a thread of its own alone.

    Args:
        store: the file.
        contents: what the file holds now; kept and changed here.
        wake: called from the thread whenever `state` has changed, and once the file is let go of.
        retry_seconds: how long to wait after a failure.
        let_go: called once, in the thread, when the file will be touched no more: releases its lock.
    """

    def __init__(
        self,
        store: AnnotationFile,
        contents: Contents,
        wake: Callable[[], None] = lambda: None,
        retry_seconds: float = RETRY_SECONDS,
        let_go: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._contents = contents
        self._wake = wake
        self._retry_seconds = retry_seconds
        self._let_go = let_go
        self._changed = threading.Condition()
        self._queue: list[tuple[float, Step]] = []
        self._unsaved: dict[tuple[object, ...], Edit] = {}
        self._taken_up = 0
        self._state = SaveState()
        self._leaves = self._gives_up = self._closed = False
        # The thread starts with the first step: most tomograms of a long list are only looked at.
        self._background = BackgroundThread("annotation", self._fail)

    @property
    def state(self) -> SaveState:
        """How far the file is; replaced whole, so it costs nothing to look at in every frame."""
        return self._state

    @property
    def closed(self) -> bool:
        """Whether the file was let go of: it is touched no more, and its lock is free."""
        return self._closed

    def submit(self, step: Step) -> None:
        """Take a step that was just applied; returns at once, however slow the disk.

        Raises:
            RuntimeError: the annotation was closed.
        """
        now = time.monotonic()
        with self._changed:
            if self._leaves:
                raise RuntimeError(f"{self._store.path} was closed")
            self._queue.append((now, step))
            state = self._state
            self._state = SaveState(
                state.steps + 1,
                state.saved,
                now if state.since is None else state.since,
                state.problem,
            )
        self._background.submit(self._save_all)

    def flush(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds for everything to be on the disk; tell whether it is."""
        with self._changed:
            if self._state.waiting and not self._closed:
                self._background.submit(self._save_all)
            return self._changed.wait_for(lambda: self._state.waiting == 0, timeout)

    def leave(self) -> None:
        """Save what waits, however long that takes, then let go of the file; returns at once."""
        with self._changed:
            self._leaves = True
            if not self._closed:
                self._background.submit(self._save_all)

    def give_up(self) -> None:
        """Let go of the file when what is being written now has ended, even if not all could be saved."""
        with self._changed:
            self._gives_up = True
        self.leave()

    def close(self, timeout: float) -> bool:
        """Save what waits and let go of the file; tell whether everything is on the disk.

        What cannot be saved within `timeout` seconds is given up, so ask the user after a `flush` before.
        """
        self.leave()
        if not self.wait(timeout):
            self.give_up()
            self.wait(SECONDS_TO_GIVE_UP)
        return self._state.waiting == 0

    def wait(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds for the file to be let go of; tell whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: self._closed, timeout)

    def _save_all(self) -> None:
        with self._changed:
            steps, self._queue = self._queue, []
        problem = self._save([step for _, step in steps])
        with self._changed:
            # Those that a bug kept from being taken up.
            self._queue = steps[self._taken_up :] + self._queue
            self._note(problem)
            ends = self._leaves and (self._state.waiting == 0 or self._gives_up)
            if problem is not None and not ends:
                self._background.submit(self._save_all, self._retry_seconds)
            self._changed.notify_all()
        if ends:
            self._end()
        self._wake()

    def _note(self, problem: str | None) -> None:
        state = self._state
        if problem is not None:
            self._state = replace(state, problem=problem)
        else:
            since = self._queue[0][0] if self._queue else None
            self._state = SaveState(state.steps, state.steps - len(self._queue), since)

    def _end(self) -> None:
        """Let go of the file, and end the thread, which this runs in."""
        try:
            self._let_go()
        finally:
            with self._changed:
                self._closed = True
                self._changed.notify_all()
            self._background.end()

    def _save(self, steps: list[Step]) -> str | None:
        """Write steps, with all that could not be written before; return what went wrong, if anything."""
        self._taken_up = 0
        try:
            for step in steps:
                self._contents.apply(step)
                self._unsaved.update({edit.key: edit for edit in step.edits})
                self._taken_up += 1
            if self._unsaved:
                self._store.write(self._unsaved.values(), self._contents)
        except ScsegError as error:
            return str(error)
        except Exception as error:  # a bug must be seen by the user, and end nothing
            log.exception("saving %s", printable(str(self._store.path)))
            reason = str(error) or type(error).__name__
            return f"Cannot write {self._store.path}: {reason}; save a copy of it."
        self._unsaved.clear()
        return None

    def _fail(self, error: Exception) -> None:
        """Tell what no attempt at saving has told: the file could not be let go of."""
        log.error("closing %s", self._store.path, exc_info=error)
