"""Keeps a file of the user as the session is: written soon after a change, and again where that failed."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from traceback import format_exception
from typing import TYPE_CHECKING, Generic, TypeVar

from scseg.actions import notices
from scseg.base.errors import ScsegError

if TYPE_CHECKING:
    from collections.abc import Callable

    from scseg.base.background_thread import BackgroundThread
    from scseg.runtime.inbox import Inbox
    from scseg.state.notices import Notice
    from scseg.state.session import Session

Value = TypeVar("Value")

SECONDS = 3.0
SECONDS_AT_THE_END = 10.0
UNKNOWN = object()
"""Equal to nothing that is to be written."""


@dataclass(frozen=True, eq=False)
class AutoSavedFile(Generic[Value]):
    """What stands in the file (`now`), and how it is written, in a thread (`save`, raises ScsegError).

    `lost` is the sentence that tells the user what it means where that fails.
    """

    what: str
    lost: str
    now: Callable[[], Value]
    save: Callable[[Value], None]


class AutoSaver(Generic[Value]):
    """`update` belongs into every frame: it looks for changes every few seconds, and writes in a thread.

    What cannot be written is told once and tried again, at the latest by `close`. While it is `held`,
    nothing is written.
    """

    def __init__(
        self, file: AutoSavedFile[Value], session: Session, inbox: Inbox, seconds: float = SECONDS
    ) -> None:
        self.held = False
        self.what = file.what
        self._file = file
        self._session = session
        self._inbox = inbox
        self._seconds = seconds
        self._next = 0.0
        self._asked: object = file.now()
        self._writes = False
        self._trouble: Notice | None = None
        self._background: BackgroundThread = inbox.background(file.what, f"Writing {file.what}")

    def update(self) -> None:
        now = time.monotonic()
        if now >= self._next and not self._writes:
            self._next = now + self._seconds
            self._write()

    def hold(self) -> None:
        """Write nothing until `go_on`; what the file holds meanwhile is not known any more."""
        self.held = True
        self._asked = UNKNOWN

    def go_on(self) -> None:
        self.held = False

    def close(self) -> None:
        """Write the last changes, and tell if that fails."""
        if self._trouble is not None:
            # To be told anew, since there is no window any more.
            notices.dismiss(self._session, self._trouble)
            self._trouble = None
        self._write()
        if not self._background.close(SECONDS_AT_THE_END, finishing=True):
            self._session.notify("error", f"{self._file.lost} The disk does not answer.")

    def _write(self) -> None:
        value = self._file.now()
        if value == self._asked or self.held:
            return
        self._asked, self._writes = value, True
        work = partial(self._attempt, value)
        self._background.submit(self._inbox.answering(self._file.what, work, self._take))

    def _attempt(self, value: Value) -> tuple[Value, Exception | None]:
        """Write; runs in the thread. A failure is an answer, too: it is tried again."""
        try:
            self._file.save(value)
        except Exception as error:  # noqa: BLE001 - also after a bug, which is told with its traceback
            return value, error
        return value, None

    def _take(self, outcome: tuple[Value, Exception | None]) -> None:
        value, error = outcome
        self._writes = False
        if error is None:
            if self._trouble is not None:
                notices.dismiss(self._session, self._trouble)
                self._trouble = None
            return
        if value is self._asked:
            self._asked = UNKNOWN
        if self._trouble is None:
            details = "" if isinstance(error, ScsegError) else "".join(format_exception(error))
            self._trouble = self._session.notify("warning", f"{self._file.lost} {error}", details)
