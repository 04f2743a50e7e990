"""What this computer computes with, found out by a process that may import everything."""

from __future__ import annotations

import queue
from typing import TYPE_CHECKING

from scseg.compute.process import WorkerProcess
from scseg.compute.system_messages import SystemTold
from scseg.compute.worker_death import WorkerDied

if TYPE_CHECKING:
    from scseg.compute.messages import Reply
    from scseg.compute.system_messages import SystemRequest

WORKER = "scseg.compute.worker.system_process"
_LOOK_SECONDS = 0.1
"""Long waits cannot be interrupted at all on Windows."""


def ask_system(request: SystemRequest, module: str = WORKER) -> SystemTold:
    """Ask, and wait for the answer; where the process dies, that is the answer.

    Raises:
        ScsegError: the system starts no process.
    """
    replies: queue.SimpleQueue[Reply | WorkerDied] = queue.SimpleQueue()
    process = WorkerProcess(module, replies.put)
    try:
        process.send(request)
        while True:
            try:
                reply = replies.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                continue
            if isinstance(reply, SystemTold):
                return reply
            if isinstance(reply, WorkerDied):
                died = f"the process that looks died: {reply.cause}. {reply.printed}"
                return SystemTold.none(died)
    finally:
        process.close(0.0)
