"""The start of a process that trains: one run, and it ends."""

from __future__ import annotations

import time
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING

from scseg.compute.messages import Ready, TrainingRequest
from scseg.compute.worker.failures import report_failure
from scseg.compute.worker.training.learner import NetworkLearner
from scseg.compute.worker.training.live_run import run_live
from scseg.compute.worker.training.training_run import run_training
from scseg.models.networks import backend

if TYPE_CHECKING:
    from multiprocessing.connection import Connection


def main(connection: Connection) -> None:
    """Train as told, until the run ends or the parent is gone."""
    backend.prepare()
    connection.send(Ready(time.process_time()))
    with suppress(EOFError, ConnectionError):
        command = connection.recv()
        if isinstance(command, TrainingRequest):
            device = nullcontext() if command.parameters.gpu else backend.on_processor()
            with report_failure(connection, command), device:
                run = run_live if command.live else run_training
                run(connection, command, NetworkLearner)
