"""Why a worker process ended, in words for the user."""

from __future__ import annotations

import signal
from dataclasses import dataclass

from scseg.compute.messages import SliceRequest, TrainingRequest

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
    """The process has ended: the last thing that is heard of it.

    `cause` is a few words, `printed` the end of what it printed. With `memory`, too little of that may
    have been the cause.
    """

    cause: str
    printed: str = ""
    memory: bool = False

    def explanation(self, request: SliceRequest | TrainingRequest | None) -> str:
        """Return the cause and, for memory, the remedy; `request` is what it was at work on."""
        return f"{self.cause}; {memory_remedy(request)}" if self.memory else self.cause


def explain_exit(code: int | None, printed: str) -> WorkerDied:
    """Return what an exit code means; None if the process had to be ended by this program."""
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


def memory_remedy(request: SliceRequest | TrainingRequest | None) -> str:
    """Return what the user can do, so that a request (None: whichever it was) needs less memory."""
    if isinstance(request, TrainingRequest):
        return "close other programs, or use smaller boxes or batches"
    if request is not None and request.mode == "whole":
        return "close other programs, or predict in tiles instead of whole slices"
    return "close other programs, or use a model with smaller boxes"
