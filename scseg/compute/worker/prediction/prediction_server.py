"""The loop of the prediction worker, whatever engine it is given."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

from scseg.base.errors import ScsegError
from scseg.base.lru_cache import LruCache
from scseg.compute.messages import (
    Acknowledged,
    Band,
    Command,
    ModelRef,
    Quit,
    SliceDone,
    SliceRequest,
    WantedSlices,
)
from scseg.compute.worker.failures import report_failure
from scseg.compute.worker.prediction.network_inputs import NetworkInputs
from scseg.compute.worker.prediction.network_timings import NetworkTimings
from scseg.compute.worker.prediction.output_cache import OutputCache
from scseg.compute.worker.prediction.slice_prediction import SlicePrediction

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from scseg.models.precision import PrecisionChoice
    from scseg.models.trained_network import LoadNetwork, TrainedNetwork

_NETWORKS_KEPT = 8


class PredictionServer:
    """Answers the newest `WantedSlices` until it is told to quit or its parent is gone."""

    def __init__(self, connection: Connection, load: LoadNetwork) -> None:
        self._connection = connection
        self._load = load
        self._running = True
        self._pending: deque[SliceRequest] = deque()
        self._on_their_way: deque[SliceRequest] = deque()
        self._arrived = 0
        self._networks: LruCache[tuple[ModelRef, PrecisionChoice], TrainedNetwork] = LruCache(
            _NETWORKS_KEPT, lambda _: 1
        )
        self._sources = NetworkInputs()
        self._outputs = OutputCache()
        self._speeds = NetworkTimings()

    def serve(self, first: WantedSlices) -> None:
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
        elif isinstance(command, WantedSlices):
            for _ in range(self._arrived, command.answered):
                self._on_their_way.popleft()
            self._arrived = command.answered
            self._pending = deque(r for r in command.requests if r not in self._on_their_way)
            self._outputs.limit(command.cache_bytes)
            self._connection.send(Acknowledged())

    def _answer(self, request: SliceRequest) -> None:
        with report_failure(self._connection, request):
            trained = self._trained(request.model, request.precision)
            source = self._sources.get(request, trained.description)
            self._predict(SlicePrediction(request, trained, source))
        if self._wants(request):
            self._on_their_way.append(self._pending.popleft())

    def _predict(self, work: SlicePrediction) -> None:
        """Send what comes, unless something newer is wanted before it has come."""
        request, description = work.request, work.trained.description
        network = self._speeds.watched(work)
        for y, rows in work.bands(network, self._outputs.of(request, description)):
            if len(rows):
                self._connection.send(Band(request, y, rows))
            self._listen()
            if not self._wants(request):
                return
        faster = self._speeds.faster(work)
        notices = work.source.notices
        if notice := work.trained.take_notice():
            notices = (*notices, notice)
        self._connection.send(SliceDone(request, network.seconds, notices, faster))

    def _wants(self, request: SliceRequest) -> bool:
        """Tell whether a request is still the first that is wanted."""
        return self._running and bool(self._pending) and self._pending[0] == request

    def _trained(self, model: ModelRef, precision: PrecisionChoice) -> TrainedNetwork:
        """Return a model with exactly the weights that are asked for.

        Raises:
            ScsegError: it cannot be loaded, or its file holds others now.
        """
        trained = self._networks.get((model, precision))
        if trained is None:
            trained = self._load(Path(model.path), precision)
            if trained.description.weights_sha256 != model.weights_sha256:
                raise ScsegError(
                    f"{model.path} has been saved anew with other weights: load the model again."
                )
            self._networks.put((model, precision), trained)
        return trained
