"""Samples are made as they are needed: a hundred copies of each box take no more memory than one."""

from __future__ import annotations

import numpy as np
import pytest

pytestmark = pytest.mark.keras

BOX, POSITIVES, NEGATIVES = 32, 40, 40


def peak_of_an_epoch(copies):
    """Return the most bytes that numpy held at once while an epoch was learnt."""
    import tracemalloc

    from scseg.models.description import TrainingParameters
    from scseg.models.networks.training import train
    from scseg.models.samples import Samples

    labels = np.zeros((POSITIVES + NEGATIVES, BOX, BOX), np.uint8)
    labels[:POSITIVES, 8:20, 8:20] = 1
    samples = Samples.of(np.zeros((len(labels), 1, BOX, BOX), np.float32), labels)
    parameters = TrainingParameters(epochs=1, copies=copies, batch_size=32)
    tracemalloc.start()
    for _ in train(_NoNetwork(), samples, parameters):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


class _NoNetwork:
    """Takes batches and learns nothing, so that only the samples' memory counts."""

    def compile(self, optimizer, **_):
        self.optimizer = optimizer

    def train_on_batch(self, *_):
        return 1.0


def test_memory_does_not_grow_with_copies(in_keras_process):
    in_keras_process(peak_of_an_epoch, 1)  # what is imported and made once
    one, hundred = (in_keras_process(peak_of_an_epoch, copies) for copies in (1, 100))
    all_copies = 100 * POSITIVES * BOX * BOX * (4 + 4)
    assert hundred - one < 0.05 * all_copies
