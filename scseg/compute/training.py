"""A training run waited for, as the command line does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.compute.client import TrainingClient
from scseg.compute.messages import BatchDone, TrainingDone, TrainingRequest, TrainingStarted
from scseg.compute.waiting import Bell
from scseg.errors import CancelledError
from scseg.models.sampling import told

if TYPE_CHECKING:
    from collections.abc import Callable

    from scseg.progress import Report


def train_and_wait(
    request: TrainingRequest, report: Report, notify: Callable[[str], None]
) -> TrainingDone:
    """Train to the end; `notify` gets sentences for the user.

    If `report` raises CancelledError the run stops after its batch, and what was learnt is kept.

    Raises:
        ScsegError: the run failed or its process died.
    """
    bell = Bell()
    client = TrainingClient(request, bell.ring)
    try:
        report(0.0, "starting the network")
        batches = 1
        for reply in bell.replies(client):
            if isinstance(reply, TrainingStarted):
                batches = reply.batches * reply.epochs
                for notice in (*reply.notices, *_facts(reply, request)):
                    notify(notice)
            elif isinstance(reply, BatchDone):
                done = reply.epoch * (batches // request.parameters.epochs) + reply.batch + 1
                text = (
                    f"epoch {reply.epoch + 1} of {request.parameters.epochs}, loss {reply.loss:.4f}"
                )
                _tell(report, done / batches, text, client)
            elif isinstance(reply, TrainingDone):
                return reply
    finally:
        client.close()
    raise AssertionError


def _facts(started: TrainingStarted, request: TrainingRequest) -> tuple[str, ...]:
    parameters, boxes, held = request.parameters, started.boxes, started.held_out
    learnt = f"{boxes.positives} positive and {boxes.negatives} negative boxes are learnt from"
    if held.total:
        learnt += f", {held.positives} and {held.negatives} held out to judge by"
    return f"{learnt}.", f"{told(boxes, parameters.copies, parameters.negatives)}."


def _tell(report: Report, fraction: float, text: str, client: TrainingClient) -> None:
    try:
        report(fraction, text)
    except CancelledError:
        client.stop()
