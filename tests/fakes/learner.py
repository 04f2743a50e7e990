"""A network in training that is a formula: the real run around it, its files and messages, without Keras.

The loss of batch n is 1 / (n + 1). On boxes held out it does best in the third epoch. What befalls it is in
the model's name: it "dies", it "diverges", its "memory" runs out, the disk is "full" at the third checkpoint,
it is "slow", or its second batch is too "large" for memory, or lasts until the file named by SCSEG_FAKE_GATE
exists ("long").
"""

from __future__ import annotations

import errno
import math
import os
import resource
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from scseg.base.labels import FEATURE
from scseg.compute.messages import TrainingRequest, Validation
from scseg.models.samples import BatchLoss, Samples
from scseg.models.sampling import epoch_counts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

BEST_EPOCH = 2
EPOCH_OF_TROUBLE = 2


class FakeLearner:
    """Learns nothing, and says so batch by batch."""

    weights, kept = 1_493_059, 0.5

    def __init__(self, request: TrainingRequest, learnt: Samples, held_out: Samples) -> None:
        self._request = request
        self._held_out = held_out
        self._learnt = 0
        self._epoch = 0
        self._diverged = False
        self._set = ""
        parameters, boxes = request.parameters, learnt.counts
        counts = epoch_counts(
            boxes.positives, boxes.negatives, parameters.copies, parameters.negatives
        )
        self.batches = -(-counts.total // parameters.batch_size)

    def steps(self) -> Iterator[BatchLoss]:
        for epoch in range(self._request.parameters.epochs):
            self._epoch = epoch
            for batch in range(self.batches):
                if epoch == EPOCH_OF_TROUBLE and batch == self.batches - 1:
                    self._get_into_trouble()
                if "slow" in self._request.name:
                    time.sleep(0.02)
                while "long" in self._request.name and self._learnt == 1 and not _gate_is_open():
                    time.sleep(0.005)
                self._learnt += 1
                loss = 1.0 / self._learnt
                notice = (
                    "Smaller batches."
                    if self._learnt == 2 and "large" in self._request.name
                    else ""
                )
                yield BatchLoss(epoch, batch, math.nan if self._diverged else loss, notice)

    def learn_from(self, samples: Samples) -> None:
        """Go on with another set: what is saved tells of it."""
        pixels, alike = int((samples.labels == FEATURE).sum()), int(samples.positive.sum())
        self._set = f", {pixels} pixels, {alike} of {len(samples.positive)} boxes as often"

    def validate(self, unwanted: Callable[[], bool]) -> Validation | None:
        if not len(self._held_out.positive) or unwanted():
            return None
        away = abs(self._epoch - BEST_EPOCH)
        return Validation(0.1 + 0.01 * away, 0.9 / (1 + away))

    def save(self, file: BinaryIO) -> None:
        if "full" in self._request.name and self._epoch == EPOCH_OF_TROUBLE:
            file.write(b"half")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        file.write(f"weights after {self._learnt} batches{self._set}".encode())

    def _get_into_trouble(self) -> None:
        if "dies" in self._request.name:
            os._exit(7)
        self._diverged = "diverges" in self._request.name
        if "memory" in self._request.name:
            resource.setrlimit(resource.RLIMIT_AS, (2**33, 2**33))
            np.ones(2**34, np.uint8)


def _gate_is_open() -> bool:
    return Path(os.environ["SCSEG_FAKE_GATE"]).exists()
