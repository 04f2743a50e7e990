"""A worker process without Keras: the real server and training run around a network that is a formula.

Its prediction of a pixel is the logistic function of the normalised grey value, so that every overlay
tells which slice it belongs to. Environment variables make it wait and count, for tests of waiting, and be
fastest in another precision than float32 (`SCSEG_FAKE_FAST`).
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from scseg.compute.messages import BoxesRequest, Ready, TrainingRequest, WantedSlices
from scseg.compute.worker.failures import report_failure
from scseg.compute.worker.prediction.box_predictions import answer_boxes
from scseg.compute.worker.prediction.prediction_server import PredictionServer
from scseg.compute.worker.training.live_run import run_live
from scseg.compute.worker.training.training_run import run_training
from scseg.models.files import open_model
from scseg.models.trained_network import TrainedNetwork
from tests.fakes.learner import FakeLearner

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from numpy.typing import NDArray

    from scseg.models.precision import PrecisionChoice


def formula(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what the fake network predicts for normalised grey values."""
    return (1.0 / (1.0 + np.exp(-values))).astype(np.float32)


def main(connection: Connection) -> None:
    connection.send(Ready(0.0, fast=os.environ.get("SCSEG_FAKE_FAST", "float32")))
    with contextlib.suppress(EOFError, ConnectionError):
        command = connection.recv()
        if isinstance(command, WantedSlices):
            PredictionServer(connection, load).serve(command)
        elif isinstance(command, BoxesRequest):
            answer_boxes(connection, command, load)
        elif isinstance(command, TrainingRequest):
            with report_failure(connection, command):
                run = run_live if command.live else run_training
                run(connection, command, FakeLearner)


def load(path: Path, _precision: PrecisionChoice) -> TrainedNetwork:
    description = open_model(path)

    def network(tiles: NDArray[np.float32]) -> NDArray[np.float32]:
        _wait_for_permission()
        _count()
        if "dies" in description.name:
            os._exit(7)
        if "diverged" in description.name:
            return np.full(tiles.shape[:3], np.nan, np.float32)
        middle = tiles[..., tiles.shape[-1] // 2]
        return formula(-middle if "inverse" in description.name else middle)

    return TrainedNetwork(description, network, divisor=8, receptive_radius=0)


def _wait_for_permission() -> None:
    """Hold each batch until the file named by SCSEG_FAKE_GATE exists, if the variable is set."""
    gate = os.environ.get("SCSEG_FAKE_GATE")
    while gate and not Path(gate).exists():
        time.sleep(0.005)


def _count() -> None:
    """Add a byte for this batch to the file named by SCSEG_FAKE_COUNT, if the variable is set."""
    if path := os.environ.get("SCSEG_FAKE_COUNT"):
        with Path(path).open("ab") as file:
            file.write(b".")
