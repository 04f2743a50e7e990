"""The start of a worker process.

The first command decides what the process is: a prediction server, one training run, or a short
answer on what networks there are.
"""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

import numpy as np

from scseg.compute.messages import (
    ArchitectureInfo,
    Architectures,
    DescribeArchitectures,
    Ready,
    TrainingRequest,
    Wanted,
)
from scseg.compute.worker.failures import explained_failure
from scseg.compute.worker.learner import NetworkLearner
from scseg.compute.worker.prediction_server import BATCH_SIZE, PredictionServer
from scseg.compute.worker.training_run import run_training
from scseg.models.networks import backend
from scseg.models.networks.architectures import ARCHITECTURES, build
from scseg.models.networks.prediction import load_network, predictor

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from pathlib import Path

    from scseg.models.description import ModelDescription
    from scseg.models.tiling import Network


def main(connection: Connection) -> None:
    """Serve until told to quit, or until the parent is gone."""
    backend.prepare()
    # Process time: what the imports cost, whatever else the machine did meanwhile.
    connection.send(Ready(time.process_time()))
    with contextlib.suppress(EOFError, ConnectionError):
        command = connection.recv()
        if isinstance(command, TrainingRequest):
            with explained_failure(connection, command):
                run_training(connection, command, NetworkLearner)
        elif isinstance(command, DescribeArchitectures):
            connection.send(_architectures())
        elif isinstance(command, Wanted):
            PredictionServer(connection, _warm_network).serve(command)


def _architectures() -> Architectures:
    return Architectures(
        tuple(
            ArchitectureInfo(a.name, build(a.name, a.divisor, 1).count_params(), a.divisor, a.note)
            for a in ARCHITECTURES.values()
        )
    )


def _warm_network(path: Path) -> tuple[ModelDescription, Network]:
    """Return a model's network, compiled for the one batch shape that it will get."""
    description, network = load_network(path)
    predict = predictor(network)
    box = description.box_size
    predict(np.zeros((BATCH_SIZE, box, box, description.depth), np.float32))
    return description, predict
