"""For callers with no window to wake: wait until a worker has answered."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol

from scseg.compute.messages import Failed, Reply
from scseg.errors import ScsegError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Long waits without a limit cannot be interrupted from the keyboard on Windows.
_PATIENCE = 0.5


class Client(Protocol):
    """What both clients have in common."""

    def drain(self) -> list[Reply]: ...


class Bell:
    """Rings when replies have come: its `ring` is a client's `wake`."""

    def __init__(self) -> None:
        self._rung = threading.Event()

    def ring(self) -> None:
        self._rung.set()

    def replies(self, client: Client, idle: Callable[[], None] = lambda: None) -> Iterator[Reply]:
        """Yield replies as they come, without end; call `idle` now and then while none come.

        Raises:
            ScsegError: the worker told that a request failed, or it died and was not restarted.
        """
        while True:
            if not self._rung.wait(_PATIENCE):
                idle()
                continue
            self._rung.clear()
            for reply in client.drain():
                if isinstance(reply, Failed) and not reply.restarted:
                    raise failure(reply)
                yield reply


def failure(reply: Failed) -> ScsegError:
    """Return a failure as an exception; its details are a note, shown where tracebacks are."""
    error = ScsegError(reply.sentence)
    if reply.details:
        error.add_note(reply.details)
    return error
