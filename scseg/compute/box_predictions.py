"""Predictions of the boxes of a training set, made in a process of their own and waited for."""

from __future__ import annotations

import queue
from typing import TYPE_CHECKING

import numpy as np

from scseg.base.errors import ScsegError
from scseg.compute.messages import BoxesPredicted, Failed
from scseg.compute.prediction_client import WORKER
from scseg.compute.process import WorkerProcess
from scseg.compute.reply_waiter import as_exception
from scseg.compute.worker_death import WorkerDied

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.base.progress import Report
    from scseg.compute.messages import BoxesRequest, Reply

_LOOK_SECONDS = 0.1
"""How long a cancelled job may not notice it."""


def predict_boxes(
    request: BoxesRequest, count: int, report: Report, module: str = WORKER
) -> NDArray[np.float32]:
    """Predict the `count` boxes of a set; return float32 (count, box, box), 0..1. Waits for it.

    Raises:
        ScsegError: the set or the model cannot be read, or the process died.
        CancelledError: from `report`.
    """
    replies: queue.SimpleQueue[Reply | WorkerDied] = queue.SimpleQueue()
    process = WorkerProcess(module, replies.put)
    try:
        process.send(request)
        return _received(replies, request, count, report)
    finally:
        process.close(0.0)


def _received(
    replies: queue.SimpleQueue[Reply | WorkerDied],
    request: BoxesRequest,
    count: int,
    report: Report,
) -> NDArray[np.float32]:
    came: list[NDArray[np.float32]] = []
    done = 0
    while done < count:
        report(done / count, f"box {done} of {count}" if done else "starting the network")
        try:
            reply = replies.get(timeout=_LOOK_SECONDS)
        except queue.Empty:
            continue
        match reply:
            case BoxesPredicted(values=values):
                came.append(values)
                done += len(values)
            case Failed():
                raise as_exception(reply)
            case WorkerDied():
                error = ScsegError(f"The boxes were not predicted: {reply.explanation(request)}.")
                error.add_note(reply.printed)
                raise error
    return np.concatenate(came)
