"""The demo tomogram, made in a process of its own and waited for."""

from __future__ import annotations

import contextlib
import queue
from typing import TYPE_CHECKING

from scseg.base.errors import ScsegError
from scseg.base.files.temporary_files import clear_leftovers
from scseg.compute.demo_messages import DemoMade, DemoProgress, DemoRequest
from scseg.compute.messages import Failed
from scseg.compute.process import WorkerProcess
from scseg.compute.reply_waiter import as_exception
from scseg.compute.worker_death import WorkerDied

if TYPE_CHECKING:
    from pathlib import Path

    from scseg.base.progress import Report
    from scseg.compute.messages import Reply

WORKER = "scseg.compute.worker.demo_process"
_LOOK_SECONDS = 0.1
"""How long a cancelled job may not notice it."""


class PlaceError(ScsegError):
    """It cannot be made there; elsewhere it might be."""


def make_demo(tomogram: Path, report: Report, module: str = WORKER) -> None:
    """Make the demo tomogram of that name, with what belongs to it (`DemoRequest`), and wait for it.

    Raises:
        PlaceError: it cannot be written there.
        ScsegError: its process died.
        CancelledError: from `report`; what was made so far is removed.
    """
    was_there = tomogram.parent.exists()
    replies: queue.SimpleQueue[Reply | WorkerDied] = queue.SimpleQueue()
    process = WorkerProcess(module, replies.put)
    try:
        process.send(DemoRequest(str(tomogram)))
        _wait(replies, DemoRequest(str(tomogram)), report)
    finally:
        process.close(0.0)
        clear_leftovers(tomogram.parent)
        if not was_there:
            with contextlib.suppress(OSError):  # unless there is something in it
                tomogram.parent.rmdir()


def _wait(
    replies: queue.SimpleQueue[Reply | WorkerDied], request: DemoRequest, report: Report
) -> None:
    progress = DemoProgress(0.0, "starting")
    while True:
        report(progress.fraction, progress.text)
        try:
            reply = replies.get(timeout=_LOOK_SECONDS)
        except queue.Empty:
            continue
        match reply:
            case DemoProgress():
                progress = reply
            case DemoMade():
                return
            case Failed(sentence=sentence, details=""):
                raise PlaceError(sentence)
            case Failed():
                raise as_exception(reply)
            case WorkerDied():
                error = ScsegError(f"The demo was not made: {reply.explanation(request)}.")
                error.add_note(reply.printed)
                raise error
