"""The boxes of a training set predicted, each by itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from scseg.base.errors import ScsegError
from scseg.compute.messages import BoxesPredicted
from scseg.compute.worker.failures import report_failure
from scseg.compute.worker.prediction.slice_prediction import tiles_at_once
from scseg.datasets.training_sets.training_set import fingerprint, load_training_set

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from scseg.compute.messages import BoxesRequest
    from scseg.models.trained_network import LoadNetwork


def answer_boxes(connection: Connection, request: BoxesRequest, load: LoadNetwork) -> None:
    """Send the predictions of all boxes, batch by batch, or why there are none."""
    with report_failure(connection, request):
        trained = load(Path(request.model.path), request.precision)
        boxes = load_training_set(Path(request.training_set))
        _check_unchanged(request, trained.description.weights_sha256, fingerprint(boxes))
        at_once = tiles_at_once(boxes.box_size)
        # Of one shape, or the network would compile anew for the last.
        batch = np.zeros((at_once, boxes.box_size, boxes.box_size, boxes.depth), np.float32)
        for first in range(0, len(boxes.images), at_once):
            some = boxes.images[first : first + at_once]
            batch[: len(some)] = np.moveaxis(some, 1, -1)
            values = trained.network(batch)[: len(some)]
            if not np.isfinite(values).all():
                raise ScsegError(
                    f"The model {trained.description.name} predicts values that are no numbers: "
                    "train it anew."
                )
            connection.send(BoxesPredicted(values))


def _check_unchanged(request: BoxesRequest, weights: str, boxes: str) -> None:
    if weights != request.model.weights_sha256:
        raise ScsegError(
            f"{request.model.path} has been saved anew with other weights: load the model again."
        )
    if boxes != request.fingerprint:
        raise ScsegError(f"{request.training_set} was written anew meanwhile: check it again.")
