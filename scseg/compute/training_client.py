"""How the window and the command line have a worker process train.

All methods belong to the main thread, and only `close` waits. `wake` alone is called from another thread,
whenever replies have come: the window asks for a frame there, the command line sets an event.
"""

from __future__ import annotations

import queue
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from scseg.base.errors import ScsegError
from scseg.compute.messages import (
    Acknowledged,
    BatchDone,
    EpochDone,
    Failed,
    NewSet,
    Reply,
    Stop,
    TrainingDone,
    TrainingRequest,
)
from scseg.compute.process import WorkerProcess
from scseg.compute.worker_death import WorkerDied
from scseg.models import backends

if TYPE_CHECKING:
    from collections.abc import Callable

WORKER = "scseg.compute.worker.training_process"

_SECONDS_TO_ANSWER = 10.0
"""What a training run gets to answer `Stop`: one that does not hangs, or is starved by other programs."""


class TrainingClient:
    """One training run in a process of its own, which ends with the run."""

    def __init__(
        self,
        request: TrainingRequest,
        wake: Callable[[], None],
        module: str = WORKER,
        seconds_to_answer: float = _SECONDS_TO_ANSWER,
    ) -> None:
        self._seconds_to_answer = seconds_to_answer
        self._request = request
        self._wake = wake
        self._inbox: queue.SimpleQueue[Reply | WorkerDied] = queue.SimpleQueue()
        self._ended = False
        self.learnt = False
        """Whether there is anything to keep."""
        self._stopping = False
        self._answer_due: float | None = None
        self._hung = False
        self._checkpoint: EpochDone | None = None
        self._process: WorkerProcess | None = None
        try:
            backends.resolved()
            self._process = WorkerProcess(module, self._deliver)
            self._process.send(request)
        except ScsegError as error:
            self._deliver(Failed(request, str(error)))

    @property
    def running(self) -> bool:
        return self._process is not None

    def renew(self, *, nothing: bool = False) -> None:
        """Tell a live run that its training set has been written anew, or that `nothing` is left of it."""
        if self._process:
            self._process.send(NewSet(nothing))

    def stop(self) -> None:
        """Ask the run to stop after its batch and to keep what was learnt.

        A run that has learnt nothing yet is ended at once, and so is one that does not answer; without a
        word the first, as a `Failed` the second.
        """
        if not self._process or self._stopping:
            return
        self._stopping = True
        if self.learnt:
            self._process.send(Stop())
            self._answer_due = time.monotonic() + self._seconds_to_answer
        else:
            self._ended = True
            self._process.end(0.0)

    def drain(self) -> list[Reply]:
        """Return what has come since the last time; the run's death shows as `Failed`.

        A failure tells where the last checkpoint lies.
        """
        replies: list[Reply] = []
        while not self._inbox.empty():
            came = self._inbox.get_nowait()
            reply = self._buried(came) if isinstance(came, WorkerDied) else came
            if isinstance(reply, Acknowledged):
                self._answer_due = None
            elif reply is not None:
                replies.append(self._noted(reply))
        if self._process and self._answer_due and time.monotonic() > self._answer_due:
            self._answer_due = None
            self._hung = True
            self._process.end(0.0)
        return replies

    def close(self, patience: float = 0.5) -> None:
        """End the process and wait for that; what was learnt in an unfinished epoch is lost."""
        if self._process:
            self._process.close(patience)
            self._process = None

    def _deliver(self, reply: Reply | WorkerDied) -> None:
        """Take a reply in; runs in the thread that listens."""
        self._inbox.put(reply)
        self._wake()

    def _noted(self, reply: Reply) -> Reply:
        self.learnt |= isinstance(reply, BatchDone)
        self._ended |= isinstance(reply, TrainingDone | Failed)
        if isinstance(reply, EpochDone):
            self._checkpoint = reply
        return self._with_checkpoint(reply) if isinstance(reply, Failed) else reply

    def _buried(self, death: WorkerDied) -> Failed | None:
        self._process = None
        if self._ended:
            return None
        cause = death.explanation(self._request)
        if self._hung:
            cause = "it did not answer, and was ended"
        return Failed(self._request, f"The training stopped: {cause}.", death.printed)

    def _with_checkpoint(self, failed: Failed) -> Failed:
        if self._checkpoint is None:
            return failed
        path, epoch = self._checkpoint.model.path, self._checkpoint.epoch + 1
        kept = f"What was learnt up to the end of epoch {epoch} is in {path}."
        return replace(failed, sentence=f"{failed.sentence} {kept}")
