"""Where threads leave what the main thread has to do."""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING, NoReturn, TypeVar

from scseg.base.background_thread import BackgroundThread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Call = Callable[[], None]

Answer = TypeVar("Answer")


class Inbox:
    """One for all threads of the window: each frame makes the calls in it, in the order in which they came.

    A call that raises has failed: whoever makes it tells the user, with `what` was being done. `wake` is
    called, from the thread, whenever something has come.
    """

    def __init__(self, wake: Callable[[], None]) -> None:
        self.wake = wake
        self._calls: deque[tuple[str, Call]] = deque()

    def put(self, what: str, call: Call) -> None:
        """Leave a call; from any thread."""
        self._calls.append((what, call))
        self.wake()

    def taken(self) -> Iterator[tuple[str, Call]]:
        """Take out what has come, those included that come meanwhile."""
        while self._calls:
            yield self._calls.popleft()

    def background(self, name: str, what: str) -> BackgroundThread:
        """Return a thread whose failures are told here."""
        return BackgroundThread(name, lambda error: self.put(what, partial(_fail, error)))

    def answering(
        self, what: str, work: Callable[[], Answer], then: Callable[[Answer], None]
    ) -> Call:
        """Return work for a thread; `then` gets its answer on the main thread."""

        def run() -> None:
            answer = work()
            self.put(what, lambda: then(answer))

        return run


def _fail(error: Exception) -> NoReturn:
    raise error
