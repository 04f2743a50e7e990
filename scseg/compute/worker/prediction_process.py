"""The start of a prediction worker."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

from scseg.compute.messages import BoxesRequest, Ready, WantedSlices
from scseg.compute.worker.prediction.box_predictions import answer_boxes
from scseg.compute.worker.prediction.engine import chosen_engine
from scseg.compute.worker.prediction.prediction_server import PredictionServer

if TYPE_CHECKING:
    from multiprocessing.connection import Connection


def main(connection: Connection) -> None:
    """Serve until told to quit, until the boxes are predicted, or until the parent is gone."""
    engine = chosen_engine()
    # Process time: what the imports cost, whatever else the machine did meanwhile.
    connection.send(Ready(time.process_time(), engine.name, engine.fast))
    with contextlib.suppress(EOFError, ConnectionError):
        command = connection.recv()
        if isinstance(command, WantedSlices):
            PredictionServer(connection, engine.load).serve(command)
        elif isinstance(command, BoxesRequest):
            answer_boxes(connection, command, engine.load)
