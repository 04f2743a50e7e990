"""The loop of the prediction worker, without Keras: whatever network it is given."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from scseg.compute.messages import (
    Band,
    Command,
    ModelRef,
    Quit,
    SliceDone,
    SliceRequest,
    Taken,
    TomogramRef,
    Wanted,
)
from scseg.compute.worker.failures import explained_failure
from scseg.datasets import resampling
from scseg.datasets.channels import channels
from scseg.datasets.normalisation import DEFINITION, Normalisation, measure
from scseg.datasets.tomogram import Tomogram, known_apix, open_tomogram
from scseg.errors import ScsegError
from scseg.models.tiling import predict_rows, tile_grid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection

    from numpy.typing import NDArray

    from scseg.models.description import ModelDescription
    from scseg.models.tiling import Network

    LoadNetwork = Callable[[Path], tuple[ModelDescription, Network]]

BATCH_SIZE = 16
"""Tiles that a network gets at once: what is abandoned when something newer is wanted."""

_NETWORKS_KEPT = 8
_TOMOGRAMS_KEPT = 4
_NONSENSE = 20.0
"""Resampling by more would also take memory without end."""


@dataclass(frozen=True, eq=False)
class _Opened:
    tomogram: Tomogram
    normalisation: Normalisation


class PredictionServer:
    """Answers the newest `Wanted` until it is told to quit or its parent is gone."""

    def __init__(self, connection: Connection, load_network: LoadNetwork) -> None:
        self._connection = connection
        self._load_network = load_network
        self._running = True
        self._pending: deque[SliceRequest] = deque()
        self._networks: OrderedDict[ModelRef, tuple[ModelDescription, Network]] = OrderedDict()
        self._tomograms: OrderedDict[TomogramRef, _Opened] = OrderedDict()

    def serve(self, first: Wanted) -> None:
        """Return when told to quit; an EOFError or ConnectionError means that the parent is gone."""
        self._take(first)
        while self._running:
            if not self._pending:
                self._take(self._connection.recv())
            self._listen()
            if self._running and self._pending:
                self._answer(self._pending[0])

    def _listen(self) -> None:
        """Take in all that was sent meanwhile."""
        while self._running and self._connection.poll():
            self._take(self._connection.recv())

    def _take(self, command: Command) -> None:
        if isinstance(command, Quit):
            self._running = False
        elif isinstance(command, Wanted):
            self._pending = deque(command.requests)
            self._connection.send(Taken())

    def _answer(self, request: SliceRequest) -> None:
        with explained_failure(self._connection, request):
            description, network = self._network(request.model)
            opened = self._opened(request.tomogram)
            started = time.perf_counter()
            for y, rows in _predicted(request, opened, description, network):
                if len(rows):
                    _check_numbers(rows, description)
                    self._connection.send(Band(request, y, rows))
                self._listen()
                if not self._wants(request):
                    return
            notices = _notices(opened.tomogram, description)
            self._connection.send(SliceDone(request, time.perf_counter() - started, notices))
        if self._wants(request):
            self._pending.popleft()

    def _wants(self, request: SliceRequest) -> bool:
        """Tell whether a request is still the first that is wanted."""
        return self._running and bool(self._pending) and self._pending[0] == request

    def _network(self, model: ModelRef) -> tuple[ModelDescription, Network]:
        if model not in self._networks:
            self._networks[model] = self._load_network(Path(model.path))
            _forget_oldest(self._networks, _NETWORKS_KEPT)
        self._networks.move_to_end(model)
        return self._networks[model]

    def _opened(self, ref: TomogramRef) -> _Opened:
        if ref not in self._tomograms:
            tomogram = open_tomogram(Path(ref.path), apix=ref.apix, signed=ref.signed)
            self._tomograms[ref] = _Opened(tomogram, measure(tomogram))
            _forget_oldest(self._tomograms, _TOMOGRAMS_KEPT)
        self._tomograms.move_to_end(ref)
        return self._tomograms[ref]


def _predicted(
    request: SliceRequest, opened: _Opened, description: ModelDescription, network: Network
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Yield after each batch the rows that it finished, in the tomogram's pixels."""
    tomogram = opened.tomogram
    step = description.apix / known_apix(tomogram)
    _check(description, tomogram, step)
    layers = channels(tomogram, request.z, description.depth, opened.normalisation)
    shape = tomogram.shape[1:]
    resample = resampling.differ(description.apix, known_apix(tomogram))
    if resample:
        layers = [resampling.resampled_slice(layer, step) for layer in layers]
    image = np.stack(layers)
    grid = tile_grid(image.shape[1:], description.box_size, request.overlap)
    bands = predict_rows(image, grid, network, BATCH_SIZE)
    if not resample:
        yield from bands
        return
    rows = []
    for _, band in bands:
        rows.append(band)
        yield 0, band[:0]
    yield 0, resampling.restored_slice(np.concatenate(rows), shape, step)


def _check(description: ModelDescription, tomogram: Tomogram, step: float) -> None:
    if description.normalisation != DEFINITION:
        raise ScsegError(
            f"The model {description.name} was trained on grey values of another definition "
            f"({description.normalisation!r}, here {DEFINITION!r}): train it anew."
        )

    if not 1 / _NONSENSE <= step <= _NONSENSE:
        raise ScsegError(
            f"{description.name} was trained at {description.apix:g} A per pixel and cannot see anything in "
            f"{tomogram.path.name} with {description.apix / step:g}: check the pixel size, or train for it."
        )


def _check_numbers(values: NDArray[np.float32], description: ModelDescription) -> None:
    if not np.isfinite(values).all():
        raise ScsegError(
            f"The model {description.name} predicts values that are no numbers: train it anew."
        )


def _notices(tomogram: Tomogram, description: ModelDescription) -> tuple[str, ...]:
    """Return what the user should know of pixel sizes that do not fit."""
    native, trained = known_apix(tomogram), description.apix
    concern = resampling.concern(native, trained)
    if not concern:
        return ()
    return (
        f"{concern}: {description.name} was trained at {trained:.2f} A per pixel, "
        f"{tomogram.path.name} has {native:.2f}; slices are resampled for it.",
    )


def _forget_oldest(cache: OrderedDict[Any, Any], kept: int) -> None:
    while len(cache) > kept:
        cache.popitem(last=False)
