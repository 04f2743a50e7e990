"""A training run waited for, as the command line does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.base.errors import CancelledError
from scseg.base.formatting import counted
from scseg.compute.messages import BatchDone, TrainingDone, TrainingRequest, TrainingStarted
from scseg.compute.reply_waiter import ReplyWaiter
from scseg.compute.training_client import WORKER, TrainingClient
from scseg.models.sampling import describe_epoch

if TYPE_CHECKING:
    from collections.abc import Callable

    from scseg.base.progress import Report

SECONDS_TO_ANSWER = 1.0
"""Less than in the window: whoever presses Ctrl+C wants the command to end."""


def train_and_wait(
    request: TrainingRequest,
    report: Report,
    notify: Callable[[str], object],
    module: str = WORKER,
) -> TrainingDone:
    """Train to the end; `notify` gets sentences for the user.

    If `report` raises CancelledError the run stops after its batch, and what was learnt is kept.

    Raises:
        ScsegError: the run failed, or its process died or hung.
        CancelledError: it was cancelled before its first batch.
    """
    waiter = ReplyWaiter()
    client = TrainingClient(request, waiter.ring, module, SECONDS_TO_ANSWER)
    progress = _Progress(report, client)
    epochs = request.parameters.epochs
    try:
        progress.tell(0.0, "starting the network")
        for reply in waiter.replies(client, progress.tell_again):
            if isinstance(reply, TrainingStarted):
                epochs = reply.epochs
                for notice in (*reply.notices, *_facts(reply, request)):
                    notify(notice)
            elif isinstance(reply, BatchDone):
                if reply.notice:
                    notify(reply.notice)
                text = f"epoch {reply.epoch + 1} of {epochs}, loss {reply.loss:.4f}"
                progress.tell(reply.fraction, text)
            elif isinstance(reply, TrainingDone):
                return reply
    finally:
        client.close()
    raise AssertionError


def _facts(started: TrainingStarted, request: TrainingRequest) -> tuple[str, ...]:
    parameters, boxes, held = request.parameters, started.boxes, started.held_out
    learnt = (
        f"{boxes.positives} positive and {counted(boxes.negatives, 'negative box')} are learnt from"
    )
    if held.total:
        learnt += f", {held.positives} and {held.negatives} held out to judge by"
    return f"{learnt}.", f"{describe_epoch(boxes, parameters.copies, parameters.negatives)}."


class _Progress:
    """Tells how far a run is, and tells the run when nobody wants it any more."""

    def __init__(self, report: Report, client: TrainingClient) -> None:
        self._report = report
        self._client = client
        self._latest = (0.0, "")

    def tell(self, fraction: float, text: str) -> None:
        self._latest = fraction, text
        self.tell_again()

    def tell_again(self) -> None:
        try:
            self._report(*self._latest)
        except CancelledError:
            self._client.stop()
            if not self._client.learnt:
                raise
