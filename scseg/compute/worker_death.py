"""Why a worker process ended, as a sentence for the user."""

from __future__ import annotations

import signal
from dataclasses import dataclass

from scseg.compute.demo_messages import DemoRequest
from scseg.compute.messages import BoxesRequest, SliceRequest, TrainingRequest

Request = SliceRequest | BoxesRequest | TrainingRequest | DemoRequest

_CAUSES = {
    None: "it closed its connection",
    -signal.SIGTERM.value: "it was ended from outside",
}
_CAUSES_IN_MEMORY = {
    -9: "it was killed, perhaps because the computer ran out of memory",
    # What TensorFlow does where it computes in bfloat16 and asks for memory in vain; then what Windows
    # calls such ends.
    **dict.fromkeys(
        (-signal.SIGSEGV.value, -signal.SIGABRT.value, 0xC0000005, 0xC0000409),
        "it crashed, perhaps for not enough memory",
    ),
    **dict.fromkeys((0xC0000017, 0xC000012D), "there was not enough memory for it"),
}
_ERRORS_OF_MEMORY = ("MemoryError", "std::bad_alloc", "ResourceExhaustedError")


@dataclass(frozen=True)
class WorkerDied:
    """The last message from a worker process: it has ended.

    Attributes:
        cause: why, in a few words.
        printed: the end of what it printed.
        memory: whether too little memory may have been the cause.
    """

    cause: str
    printed: str = ""
    memory: bool = False

    def explanation(self, request: Request | None) -> str:
        """Return the cause, and the remedy if it is memory; `request` is what the worker was doing."""
        return f"{self.cause}; {memory_remedy(request)}" if self.memory else self.cause


def explain_exit(code: int | None, printed: str) -> WorkerDied:
    """Return what the exit code of a worker means; `code` is None if this program had to end it."""
    if code in _CAUSES:
        return WorkerDied(_CAUSES[code], printed)
    if code in _CAUSES_IN_MEMORY:
        return WorkerDied(_CAUSES_IN_MEMORY[code], printed, memory=True)
    last_line = printed.rsplit("\n", 1)[-1]
    if any(error in last_line for error in _ERRORS_OF_MEMORY):
        return WorkerDied("there was not enough memory for it", printed, memory=True)
    if code is not None and code < 0:
        return WorkerDied(f"it crashed (signal {-code})", printed)
    return WorkerDied(f"it ended with code {code}", printed)


def memory_remedy(request: Request | None) -> str:
    """Return what the user can do, so that a request (None: whichever it was) needs less memory."""
    if isinstance(request, TrainingRequest):
        return "close other programs, or use smaller boxes or batches"
    if isinstance(request, DemoRequest):
        return "close other programs, then try again"
    if isinstance(request, SliceRequest) and request.mode == "whole":
        return "close other programs, or predict in tiles instead of whole slices"
    return "close other programs, or use a model with smaller boxes"
