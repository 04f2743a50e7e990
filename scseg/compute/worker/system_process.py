"""A process that tells of this computer: its engine for networks, their speed, the library under Keras."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from scseg.compute.system_messages import SystemRequest, SystemTold
from scseg.compute.worker.prediction.engine import chosen_engine

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

_TILES, _TIMES = 8, 3


def main(connection: Connection) -> None:
    """Answer one request, unless the parent is gone."""
    with contextlib.suppress(EOFError, ConnectionError):
        request = connection.recv()
        if isinstance(request, SystemRequest):
            connection.send(_told(request))


def _told(request: SystemRequest) -> SystemTold:
    return SystemTold(
        engine=_or_why_not(lambda: chosen_engine().name),
        speed=_or_why_not(lambda: _speed(request)),
        precision=_or_why_not(lambda: chosen_engine().fast),
        library=_or_why_not(_library),
        card=_or_why_not(_card),
    )


def _or_why_not(tell: Callable[[], str]) -> str:
    try:
        return tell()
    except Exception as error:  # noqa: BLE001 - whatever is wrong here is what a report is to tell
        return f"fails: {type(error).__name__}: {error}"


def _speed(request: SystemRequest) -> str:
    engine = chosen_engine()
    trained = engine.load(Path(request.model), "auto")
    box = trained.description.box_size
    images = np.zeros((_TILES, box, box, trained.description.depth), np.float32)
    trained.network(images)  # which compiles it
    seconds = []
    for _ in range(_TIMES):
        started = time.perf_counter()
        trained.network(images)
        seconds.append(time.perf_counter() - started)
    rate = images[..., 0].size / min(seconds) / 1e6
    return f"{rate:.2g} megapixels/s ({trained.description.architecture}, {engine.fast})"


def _library() -> str:
    from scseg.models.networks import backend  # noqa: PLC0415 - may be absent

    return backend.name()


def _card() -> str:
    from scseg.models.networks import backend  # noqa: PLC0415 - may be absent

    return backend.graphics_card() or "none that it can use"
