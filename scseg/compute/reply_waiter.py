"""Waiting for the replies of a worker, for callers without a window."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol

from scseg.base.errors import ScsegError
from scseg.compute.messages import Failed, Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LOOK_SECONDS = 0.1
"""How long a cancelled job may not notice it. (Long waits cannot be interrupted at all on Windows.)"""


class ReplySource(Protocol):
    """A client of a worker: `PredictionClient` or `TrainingClient`."""

    def drain(self) -> list[Reply]: ...


class ReplyWaiter:
    """Waits for the replies of clients whose `wake` is its `ring`."""

    def __init__(self) -> None:
        self._rung = threading.Event()

    def ring(self) -> None:
        self._rung.set()

    def wait_for_replies(self, client: ReplySource) -> list[Reply]:
        """Wait for a moment, or until replies have come; return all there are, maybe none."""
        if self._rung.wait(_LOOK_SECONDS):
            self._rung.clear()
        return client.drain()

    def replies(
        self, client: ReplySource, idle: Callable[[], None] = lambda: None
    ) -> Iterator[Reply]:
        """Yield replies as they come, without end; call `idle` now and then while none come.

        Raises:
            ScsegError: the worker told that a request failed, or it died and was not restarted.
        """
        while True:
            came = self.wait_for_replies(client)
            for reply in came:
                if isinstance(reply, Failed) and not reply.restarted:
                    raise as_exception(reply)
                yield reply
            if not came:
                idle()


def as_exception(reply: Failed) -> ScsegError:
    """Return a failure as an exception; its details are a note, shown where tracebacks are."""
    error = ScsegError(reply.sentence)
    if reply.details:
        error.add_note(reply.details)
    return error
