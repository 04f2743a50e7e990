"""Writes down what is open, so that the next start brings it back, also after a crash."""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from scseg import last_session
from scseg.annotations.lock import HeldError, Lock, taken
from scseg.errors import ScsegError
from scseg.last_models import renewed

if TYPE_CHECKING:
    from scseg.last_session import LastSession
    from scseg.session import Session

SECONDS = 3.0


class Remembering:
    """`update` belongs into every frame: it looks for changes every few seconds, and writes in a thread.

    While it is `held` (the last session is still coming back) nothing is written. Of several windows,
    the one opened first writes: what another shows for a moment must not take the place of a day's work.
    """

    def __init__(self, session: Session, seconds: float = SECONDS) -> None:
        self.held = False
        self._session = session
        self._seconds = seconds
        self._next = 0.0
        self._written = last_session.remembered(session)
        self._writer: threading.Thread | None = None
        self._trouble = ""
        self._is_second = False
        self._lock = self._lock_of_the_first()

    def last(self) -> LastSession:
        """Return what to go on with; beside another window, with models of one's own."""
        last = load_last_session()
        return replace(last, models=renewed(last.models)) if self._is_second else last

    def left_behind(self) -> LastSession:
        """Return the last session as it was, if this window begins another in its place."""
        return last_session.LastSession() if self._is_second else load_last_session()

    def go_on(self) -> None:
        self.held = False

    def update(self) -> None:
        if self._trouble:
            self._session.notify_once("warning", self._trouble)
        now = time.monotonic()
        if (
            now < self._next
            or self.held
            or self._lock is None
            or (self._writer and self._writer.is_alive())
        ):
            return
        self._next = now + self._seconds
        last = last_session.remembered(self._session)
        if last != self._written:
            self._written = last
            self._writer = threading.Thread(target=self._write, args=(last,), name="remembering")
            self._writer.start()

    def close(self) -> None:
        """Write down the last changes."""
        if self._writer is not None:
            self._writer.join()
        if self._lock is None:
            return
        last = last_session.remembered(self._session)
        if last != self._written and not self.held:
            self._write(last)
        self._lock.release()
        self._lock = None

    def _lock_of_the_first(self) -> Lock | None:
        """Return what only the first window holds; None for others, and where nothing can be written."""
        try:
            return taken(last_session.session_path().with_suffix(".lock"))
        except HeldError:
            self._is_second = True
            return None
        except ScsegError as error:
            self._tell(error)
            return None

    def _tell(self, error: ScsegError) -> None:
        self._trouble = f"The next start cannot bring this session back. {error}"

    def _write(self, last: LastSession) -> None:
        try:
            last_session.save(last, last_session.session_path())
        except ScsegError as error:
            self._tell(error)


def load_last_session() -> LastSession:
    """Return the last session; an empty one, where the user has no folder for it."""
    with contextlib.suppress(ScsegError):
        return last_session.load(last_session.session_path())
    return last_session.LastSession()
