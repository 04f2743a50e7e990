"""Samples are made as they are needed: a hundred copies of each box take no more memory than one."""

from __future__ import annotations

import tracemalloc

import numpy as np

from scseg.models.description import TrainingParameters
from scseg.models.networks.batches import batches
from scseg.models.samples import Samples

BOX, POSITIVES, NEGATIVES = 32, 20, 20


def peak_of_an_epoch(copies):
    """Return the most bytes that numpy held at once while an epoch was dealt."""
    labels = np.zeros((POSITIVES + NEGATIVES, BOX, BOX), np.uint8)
    labels[:POSITIVES, 8:20, 8:20] = 1
    samples = Samples.of(np.zeros((len(labels), 1, BOX, BOX), np.float32), labels)
    parameters = TrainingParameters(epochs=1, copies=copies, batch_size=16)
    tracemalloc.start()
    dealt = sum(batch.count for batch in batches(samples, parameters))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert dealt == round(2.3 * POSITIVES * copies)
    return peak


def test_memory_does_not_grow_with_copies():
    peak_of_an_epoch(1)  # what is imported and made once
    one, hundred = peak_of_an_epoch(1), peak_of_an_epoch(100)
    all_copies = 100 * POSITIVES * BOX * BOX * (4 + 4)
    assert hundred - one < 0.05 * all_copies
