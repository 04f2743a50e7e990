"""How the window and the command line ask a worker process for predictions.

All methods belong to the main thread, and only `close` waits. `wake` alone is called from another thread,
whenever replies have come: the window asks for a frame there, the command line sets an event.
"""

from __future__ import annotations

import math
import queue
import time
from functools import partial
from typing import TYPE_CHECKING

from scseg.base.errors import ScsegError
from scseg.compute.messages import (
    Acknowledged,
    Band,
    Failed,
    Ready,
    Reply,
    SliceDone,
    SliceRequest,
    WantedSlices,
)
from scseg.compute.process import WorkerProcess
from scseg.compute.worker_death import WorkerDied
from scseg.models import backends

if TYPE_CHECKING:
    from collections.abc import Callable

    from scseg.models.precision import Precision

WORKER = "scseg.compute.worker.prediction_process"

_UNANSWERED = 2
_DEATHS = 3
_DEATHS_WITHIN = 60.0
_SECONDS_BETWEEN_BANDS = 0.3
"""Eyes need no more to see a prediction grow, and with software OpenGL frames take from what predicts."""


class PredictionClient:
    """One prediction worker, kept warm, and restarted when it dies."""

    def __init__(self, wake: Callable[[], None], module: str = WORKER) -> None:
        self._wake = wake
        self._module = module
        self._inbox: queue.SimpleQueue[tuple[int, Reply | WorkerDied]] = queue.SimpleQueue()
        self._generation = 0
        self._deaths: list[float] = []
        self._wanted: tuple[SliceRequest, ...] = ()
        self._cache_bytes = 0
        self._engine = ""
        self._fast: Precision = "float32"
        self._missing: set[SliceRequest] = set()
        self._process: WorkerProcess | None = None
        self._ending: list[WorkerProcess] = []
        self._banded = -math.inf
        self.restart()

    @property
    def ready(self) -> bool:
        """Whether the worker has imported its libraries."""
        return self._ready

    @property
    def engine(self) -> str:
        """What runs the worker's networks; known when it is ready."""
        return self._engine

    @property
    def fast(self) -> Precision:
        """The precision in which the worker is fastest; known when it is ready."""
        return self._fast

    @property
    def busy(self) -> bool:
        """Whether something that is wanted has not come yet."""
        return bool(self._missing) and self._process is not None

    @property
    def pid(self) -> int | None:
        """The worker's process number; None if it was given up."""
        return self._process.pid if self._process else None

    def want(self, requests: tuple[SliceRequest, ...], cache_bytes: int = 0) -> None:
        """Ask for these slices in this order, and for nothing else any more.

        The worker keeps `cache_bytes` of what its networks say, so as not to do the same work again.
        """
        if (requests, cache_bytes) == (self._wanted, self._cache_bytes):
            return
        self._wanted, self._cache_bytes = requests, cache_bytes
        self._missing = set(requests)
        self._told = False
        self._tell()

    def drain(self) -> list[Reply]:
        """Return what has come since the last time, without waiting.

        A worker that died is restarted and told anew; that shows as a `Failed` without a request.
        After three deaths in a minute it is left alone until `restart`.
        """
        replies: list[Reply] = []
        for reply in _taken_out(self._inbox, self._generation):
            if isinstance(reply, WorkerDied):
                replies.append(self._after(reply))
            elif isinstance(reply, Acknowledged):
                self._unanswered -= 1
            else:
                self._note(reply)
                replies.append(reply)
        self._tell()
        return replies

    def restart(self) -> None:
        """Start a worker, in place of any there is, and tell it what is wanted and has not come yet.

        The one before is ended beside that, however long it takes. One that the system does not start shows
        as a `Failed` without a request, and is left alone.
        """
        self._let_go()
        # Replies carry the number of their process, so that a dead one's last words are not mixed in.
        self._generation += 1
        self._ready = False
        self._unanswered = 0
        self._answered = 0
        self._told = False
        try:
            backends.check_can_predict()
            self._process = WorkerProcess(self._module, partial(self._deliver, self._generation))
        except ScsegError as error:
            self._deliver(self._generation, Failed(None, str(error)))
        self._tell()

    def close(self) -> None:
        """End the worker, and wait for the ends of all that there were."""
        self._let_go()
        for process in self._ending:
            process.close()
        self._ending.clear()

    def _let_go(self) -> None:
        """Have the worker end; a prediction worker has nothing to lose."""
        self._ending = [process for process in self._ending if not process.gone]
        if self._process:
            self._process.end()
            self._ending.append(self._process)
            self._process = None

    def _deliver(self, generation: int, reply: Reply | WorkerDied) -> None:
        """Take a reply in; runs in the thread that listens.

        Bands wake now and then only: each frame of a window takes from the cores that predict. None is
        forgotten, because something else follows the last of a slice.
        """
        self._inbox.put((generation, reply))
        if isinstance(reply, Band):
            now = time.monotonic()
            if now - self._banded < _SECONDS_BETWEEN_BANDS:
                return
            self._banded = now
        self._wake()

    def _tell(self) -> None:
        """Send what is wanted, if it was not sent and the worker still reads: else the newest is enough."""
        if self._process and not self._told and self._unanswered < _UNANSWERED:
            missing = tuple(each for each in self._wanted if each in self._missing)
            self._process.send(WantedSlices(missing, self._cache_bytes, self._answered))
            self._unanswered += 1
            self._told = True

    def _note(self, reply: Reply) -> None:
        if isinstance(reply, Ready):
            self._ready = True
            self._engine, self._fast = reply.engine, reply.fast
        elif isinstance(reply, SliceDone | Failed) and isinstance(reply.request, SliceRequest):
            self._answered += 1
            self._missing.discard(reply.request)

    def _after(self, death: WorkerDied) -> Failed:
        """Restart the dead worker, or give up; return what to tell the user."""
        cause = death.explanation(
            next((each for each in self._wanted if each in self._missing), None)
        )
        now = time.monotonic()
        self._deaths = [then for then in self._deaths if now - then < _DEATHS_WITHIN] + [now]
        if len(self._deaths) >= _DEATHS:
            self._let_go()
            sentence = (
                f"The prediction process stopped {_DEATHS} times within a minute: {cause}. "
                "Restart it when the cause is mended."
            )
            return Failed(None, sentence, death.printed, cause=cause)
        self.restart()
        again = self._process is not None
        sentence = f"The prediction process stopped: {cause}."
        if again:
            sentence += " It was started again."
        return Failed(None, sentence, death.printed, restarted=again, cause=cause)


def _taken_out(
    inbox: queue.SimpleQueue[tuple[int, Reply | WorkerDied]], generation: int
) -> list[Reply | WorkerDied]:
    """Return all that has come from the process of that number."""
    replies = []
    while not inbox.empty():
        sender, reply = inbox.get_nowait()
        if sender == generation:
            replies.append(reply)
    return replies
