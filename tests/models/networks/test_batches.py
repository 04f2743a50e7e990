"""Batches: their shape, their number, and what fills them up."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from scseg.models.description import TrainingParameters
from scseg.models.networks.batches import batches, batches_per_epoch
from scseg.models.samples import Samples


@pytest.fixture
def samples(rng):
    """Return 9 boxes with the feature and 3 without, 2 slices deep."""
    labels = np.zeros((12, 16, 16), np.uint8)
    labels[:9, 4:9, 4:9] = 1
    return Samples.of(rng.normal(size=(12, 2, 16, 16)).astype(np.float32), labels)


# 36 positives and 1.3 times as many negatives, 47: 83 samples, 11 batches of at most 8.
PARAMETERS = TrainingParameters(epochs=2, batch_size=8, copies=4)


def test_an_epoch_is_spread_evenly_over_its_batches(samples):
    dealt = list(batches(samples, PARAMETERS))
    assert [(b.epoch, b.number) for b in dealt] == [*itertools.product(range(2), range(11))]
    assert batches_per_epoch(samples, PARAMETERS) == 11
    for epoch in range(2):
        counts = [b.count for b in dealt if b.epoch == epoch]
        assert sum(counts) == 83
        assert set(counts) == {7, 8}


def test_all_batches_have_one_shape_and_what_fills_them_is_ignored(samples):
    as_they_are = replace(PARAMETERS, augmentation="none")
    for batch in itertools.islice(batches(samples, as_they_are), 11):
        assert batch.images.shape == (8, 16, 16, 2)
        assert batch.labels.shape == (8, 16, 16, 1)
        assert batch.images.dtype == batch.labels.dtype == np.float32
        assert (batch.labels[batch.count :] == 2).all()
        assert (batch.labels[: batch.count] != 2).all()
        # Batch normalisation sees them too: they must look like the others.
        assert np.array_equal(batch.images[batch.count :], batch.images[: 8 - batch.count])


def test_one_seed_gives_the_same_batches(samples):
    first, again = (list(batches(samples, PARAMETERS)) for _ in range(2))
    for a, b in zip(first, again, strict=True):
        assert np.array_equal(a.images, b.images)
        assert np.array_equal(a.labels, b.labels)


def test_a_training_that_goes_on_has_other_samples(samples):
    starts = ((), (0x11111111,), (0x89ABCDEF,), (0x89ABCDEF, 1))
    seen = [next(batches(samples, PARAMETERS, since)).images for since in starts]
    for one, other in itertools.combinations(seen, 2):
        assert not np.array_equal(one, other)
