"""The real prediction worker on a graphics card that is not there, with room for four tiles at once."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import patch

import numpy as np

from scseg.compute.worker import prediction_process
from scseg.models import backends

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from numpy.typing import NDArray

ROOM = 4


def main(connection: Connection) -> None:
    from scseg.models.networks import backend, parts, prediction  # noqa: PLC0415 - imports Keras

    with (
        patch.object(backends, "may_have_card", lambda: True),
        patch.object(backend, "has_gpu", lambda: True),
        patch.object(backend, "multiplies_float16", lambda: False),
        patch.object(parts, "has_gpu", lambda: True),
        patch.object(prediction, "predictor", lambda _: _small),
    ):
        prediction_process.main(connection)


def _small(tiles: NDArray[np.float32]) -> NDArray[np.float32]:
    if len(tiles) > ROOM:
        raise MemoryError
    return np.full(tiles.shape[:3], 0.5, np.float32)
