"""Writes down what is open, so that the next start brings it back, also after a crash."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from scseg import last_session
from scseg.annotations.lock import HeldError, Lock, taken
from scseg.errors import ScsegError
from scseg.gui.keeping import SECONDS, Keeper, KeptFile
from scseg.last_models import renewed

if TYPE_CHECKING:
    from scseg.gui.inbox import Inbox
    from scseg.last_session import LastSession
    from scseg.session import Session

LOST = "The next start cannot bring this session back."


class Remembering:
    """`update` belongs into every frame, `close` after the last.

    On `hold` (the last session is still coming back) nothing is written. Of several windows, the one
    opened first writes: what another shows for a moment must not take the place of a day's work.
    """

    def __init__(self, session: Session, inbox: Inbox, seconds: float = SECONDS) -> None:
        self._session = session
        self._is_second = False
        now = partial(last_session.remembered, session)
        file = KeptFile("the last session", LOST, now, _save)
        self._keeper = Keeper(file, session, inbox, seconds)
        self._lock = self._lock_of_the_first()

    def hold(self) -> None:
        """Write nothing until `go_on`."""
        self._keeper.hold()

    def go_on(self) -> None:
        self._keeper.go_on()

    def last(self) -> LastSession:
        """Return what to go on with; beside another window, with models of one's own."""
        last = load_last_session()
        return replace(last, models=renewed(last.models)) if self._is_second else last

    def left_behind(self) -> LastSession:
        """Return the last session as it was, if this window begins another in its place."""
        return last_session.LastSession() if self._is_second else load_last_session()

    def update(self) -> None:
        if self._lock is not None:
            self._keeper.update()

    def close(self) -> None:
        """Write down the last changes."""
        if self._lock is not None:
            with contextlib.ExitStack() as exits:
                exits.callback(self._lock.release)
                self._lock = None
                self._keeper.close()

    def _lock_of_the_first(self) -> Lock | None:
        """Return what only the first window holds; None for others, and where nothing can be written."""
        try:
            return taken(last_session.session_path().with_suffix(".lock"))
        except HeldError:
            self._is_second = True
        except ScsegError as error:
            self._session.notify_once("warning", f"{LOST} {error}")
        return None


def _save(last: LastSession) -> None:
    last_session.save(last, last_session.session_path())


def load_last_session() -> LastSession:
    """Return the last session; an empty one, where the user has no folder for it."""
    with contextlib.suppress(ScsegError):
        return last_session.load(last_session.session_path())
    return last_session.LastSession()
