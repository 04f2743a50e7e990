"""Writes down what is open, so that the next start brings it back, also after a crash."""

from __future__ import annotations

import contextlib
import uuid
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from scseg.actions import restoring
from scseg.base.errors import ScsegError
from scseg.base.files import regular_files
from scseg.base.files.json_files import NewerError
from scseg.base.files.locks import Lock, LockHeldError
from scseg.base.files.writing import acquire_lock, write_errors_as_sentences
from scseg.persistence import last_session
from scseg.persistence.last_models import with_new_ids
from scseg.runtime.saving.autosave import SECONDS, AutoSavedFile, AutoSaver

if TYPE_CHECKING:
    from pathlib import Path

    from scseg.persistence.last_session import LastSession
    from scseg.runtime.inbox import Inbox
    from scseg.state.session import Session

SECONDS_TO_END = 2.0
LOST = "The next start cannot bring this session back."


class SessionFile:
    """`update` belongs into every frame, `close` after the last.

    On `hold` (the last session is still coming back) nothing is written. Of several windows, the one
    opened first writes the session: what another shows for a moment must not take the place of a day's work.
    Others write a file of their own, so that what they have open is known to be in use; once the first is
    gone, another takes over.
    """

    def __init__(self, session: Session, inbox: Inbox, seconds: float = SECONDS) -> None:
        self._session = session
        self._inbox = inbox
        self._seconds = seconds
        self._is_second = self._ends = False
        # What it held beside the first window: let go of in the thread, or at the end.
        self._former: tuple[Lock, Path] | None = None
        self._path = last_session.session_path()
        self._background = inbox.background("first window", "Looking for the first window")
        self._lock = self._lock_of_the_first()
        if self._is_second:
            self._path = last_session.window_path(uuid.uuid4().hex)
            self._background.submit(self._begin)
        elif self._lock is None:
            # A disk that is full now may have room later.
            self._background.submit(self._look, seconds)
        file = AutoSavedFile("the last session", LOST, self._now, _save)
        self._keeper = AutoSaver(file, session, inbox, seconds)

    def hold(self) -> None:
        """Write nothing until `go_on`."""
        self._keeper.hold()

    def go_on(self) -> None:
        self._keeper.go_on()

    def last(self) -> LastSession:
        """Return what to go on with; beside another window, with models of one's own."""
        last = self._told_of()
        return replace(last, models=with_new_ids(last.models)) if self._is_second else last

    def left_behind(self) -> LastSession:
        """Return the last session as it was, if this window begins another in its place."""
        return last_session.LastSession() if self._is_second else self._told_of()

    def update(self) -> None:
        if self._lock is not None:
            self._keeper.update()

    def close(self) -> None:
        """Write down the last changes."""
        self._ends = True
        # What it has locked by then is let go of when that is taken in.
        self._background.close(SECONDS_TO_END)
        if self._former is not None:
            self._let_go(*self._former)
        if self._lock is not None:
            with contextlib.ExitStack() as exits:
                exits.callback(self._let_go, self._lock, self._path)
                self._lock = None
                self._keeper.close()

    def _told_of(self) -> LastSession:
        """Return the last session; of one of a newer version, tell that nothing of it comes back."""
        try:
            return read_last_session()
        except NewerError as error:
            self._session.notify("warning", f"{LOST} {error}")
        return last_session.LastSession()

    def _now(self) -> tuple[Path, LastSession]:
        """Return where to write, and what: elsewhere, the same is to be written again."""
        return self._path, last_session.record_of_session(self._session)

    def _begin(self) -> None:
        """Take a file of one's own beside the first window; runs in a thread."""
        with contextlib.suppress(
            LockHeldError, ScsegError
        ):  # without one, it is not known what is in use
            with write_errors_as_sentences(self._path):
                self._path.parent.mkdir(exist_ok=True)
            for left in last_session.window_paths():
                _remove_left(left)
            lock = acquire_lock(last_session.lock_path(self._path))
            self._inbox.put("Beginning a session", partial(self._go_on_beside, lock))
        self._background.submit(self._look, self._seconds)

    def _go_on_beside(self, lock: Lock) -> None:
        if self._ends or not self._is_second:
            lock.release()
        else:
            self._lock = lock

    def _look(self) -> None:
        """Take the place of the first window if that is gone; runs in a thread."""
        try:
            lock = acquire_lock(last_session.lock_path(last_session.session_path()))
        except (LockHeldError, ScsegError):
            self._background.submit(self._look, self._seconds)
            return
        left = last_session.LastSession()
        with contextlib.suppress(NewerError):  # which is told when it cannot be written over
            left = read_last_session()
        self._inbox.put("Taking over the session", partial(self._take_over, lock, left))

    def _take_over(self, lock: Lock, left: LastSession) -> None:
        """Write this session from now on, in place of the one that the first window has left."""
        if self._ends:
            lock.release()
            return
        if self._lock is not None:
            self._former = self._lock, self._path
            self._background.submit(partial(self._let_go, *self._former))
        self._lock, self._path, self._is_second = lock, last_session.session_path(), False
        # What the first had learnt and nobody saved will be in no session any more.
        here = {model.display.name for model in self._session.models}
        others = tuple(model for model in left.models if model.display.name not in here)
        restoring.tell_unsaved(self._session, replace(left, models=others))

    @staticmethod
    def _let_go(lock: Lock, path: Path) -> None:
        """Let another write; what was written beside the first window is of no use any more."""
        if path != last_session.session_path():
            with contextlib.suppress(OSError):
                regular_files.remove(path)
        lock.release()

    def _lock_of_the_first(self) -> Lock | None:
        """Return what only the first window holds; None for others, and where nothing can be written."""
        try:
            return acquire_lock(last_session.lock_path(self._path))
        except LockHeldError:
            self._is_second = True
        except ScsegError as error:
            self._session.notify_once("warning", f"{LOST} {error}")
        return None


def _save(what: tuple[Path, LastSession]) -> None:
    path, last = what
    last_session.save(last, path)


def _remove_left(path: Path) -> None:
    """Remove what a window that was killed had written."""
    with contextlib.suppress(LockHeldError, ScsegError, OSError):
        lock = acquire_lock(last_session.lock_path(path))
        try:
            regular_files.remove(path)
        finally:
            lock.release()


def read_last_session() -> LastSession:
    """Return the last session; an empty one, where the user has no folder for it.

    Raises:
        NewerError: it is of a newer version of the program.
    """
    try:
        return last_session.load(last_session.session_path())
    except NewerError:
        raise
    except ScsegError:
        return last_session.LastSession()
