"""The real prediction server in a thread of the test's process, which does as many batches as a test lets it.

Its networks are formulas of single pixels, so that every value tells tomogram, slice, place and weights.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from scseg.compute.messages import Acknowledged, Failed, Quit, SliceDone, WantedSlices
from scseg.compute.worker.prediction.prediction_server import PredictionServer
from scseg.models.files import open_model
from scseg.models.trained_network import TrainedNetwork

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from scseg.compute.messages import Command, Reply, SliceRequest
    from scseg.models.precision import PrecisionChoice


def formula(values: NDArray[np.float32], loss: float) -> NDArray[np.float32]:
    """Return what the network of a model with this loss predicts for normalised grey values."""
    return np.asarray((np.tanh(values / 3) + 1) / 4 + loss / 2, np.float32)


class SteppedWorker:
    """What the window sees as a client of the worker, and the worker as its connection."""

    def __init__(self) -> None:
        self.ready = True
        self.batches = 0
        self.images = 0
        self._changed = threading.Condition()
        self._commands: deque[Command] = deque()
        self._replies: deque[Reply] = deque()
        self._missing: set[SliceRequest] = set()
        self._answered = 0
        self._allowed = 0
        self._blocked = self._ended = False
        self.server = PredictionServer(self, self._load)
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    # As a client.

    @property
    def busy(self) -> bool:
        return bool(self._missing)

    def want(self, requests: tuple[SliceRequest, ...], cache_bytes: int = 0) -> None:
        self._missing = set(requests)
        self._command(WantedSlices(requests, cache_bytes, self._answered))

    def drain(self) -> list[Reply]:
        with self._changed:
            replies, self._replies = list(self._replies), deque()
        for reply in replies:
            if isinstance(reply, SliceDone | Failed):
                self._answered += 1
            if isinstance(reply, SliceDone):
                self._missing.discard(reply.request)
        return [reply for reply in replies if not isinstance(reply, Acknowledged)]

    def restart(self) -> None:
        raise AssertionError("nothing ends this worker")

    def close(self) -> None:
        self._command(Quit())
        self.work(1_000_000)
        self._thread.join()

    # As a connection.

    def poll(self) -> bool:
        with self._changed:
            return bool(self._commands)

    def recv(self) -> Command:
        with self._changed:
            self._wait_until(lambda: bool(self._commands))
            return self._commands.popleft()

    def send(self, reply: Reply) -> None:
        with self._changed:
            self._replies.append(reply)

    # As what holds it.

    def work(self, batches: int) -> None:
        """Let the server do so many batches, or fewer if it has nothing more to do."""
        with self._changed:
            self._allowed, self._blocked = batches, False
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._blocked or self._ended, timeout=30)
            self._allowed = 0

    def _command(self, command: Command) -> None:
        with self._changed:
            self._commands.append(command)
        # So that both threads never run at the same time, and what happened can happen again.
        self.work(0)

    def _wait_until(self, condition: Callable[[], bool]) -> None:
        while not condition():
            self._blocked = True
            self._changed.notify_all()
            self._changed.wait()
        self._blocked = False

    def _serve(self) -> None:
        first = self.recv()
        if isinstance(first, WantedSlices):
            self.server.serve(first)
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _load(self, path: Path, _precision: PrecisionChoice) -> TrainedNetwork:
        description = open_model(path)

        def network(images: NDArray[np.float32]) -> NDArray[np.float32]:
            with self._changed:
                self._wait_until(lambda: self._allowed > 0)
                self._allowed -= 1
                self.batches += 1
                self.images += int(np.any(images != 0, axis=(1, 2, 3)).sum())
            return formula(images[..., images.shape[-1] // 2], description.loss)

        return TrainedNetwork(description, network, divisor=8, receptive_radius=3)
