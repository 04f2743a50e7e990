"""The start of a worker process.

The first command decides what the process is: a prediction server or one training run.
"""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

from scseg.compute.messages import Ready, TrainingRequest, WantedSlices
from scseg.compute.worker.failures import report_failure
from scseg.compute.worker.learner import NetworkLearner
from scseg.compute.worker.prediction_server import PredictionServer
from scseg.compute.worker.training_run import run_training
from scseg.models.networks import backend
from scseg.models.networks.prediction import load_trained

if TYPE_CHECKING:
    from multiprocessing.connection import Connection


def main(connection: Connection) -> None:
    """Serve until told to quit, or until the parent is gone."""
    backend.prepare()
    # Process time: what the imports cost, whatever else the machine did meanwhile.
    connection.send(Ready(time.process_time()))
    with contextlib.suppress(EOFError, ConnectionError):
        command = connection.recv()
        if isinstance(command, TrainingRequest):
            with report_failure(connection, command):
                run_training(connection, command, NetworkLearner)
        elif isinstance(command, WantedSlices):
            PredictionServer(connection, load_trained).serve(command)
