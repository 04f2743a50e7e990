"""Reliability curves and best thresholds, against what they must be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scseg.base.labels import FEATURE, IGNORE
from scseg.models.trust.calibration import BINS, best_threshold, calibration

SHAPE = (20, 32, 32)


def drawn(chances, rng):
    """Return labels in which the feature is as frequent as is told."""
    return (rng.random(chances.shape) < chances).astype(np.uint8)


def test_values_that_mean_what_they_say_are_calibrated(rng):
    predictions = rng.random(SHAPE).astype(np.float32)
    found = calibration(predictions, drawn(predictions, rng))
    assert found.error < 0.02
    np.testing.assert_allclose(found.predicted, (np.arange(BINS) + 0.5) / BINS, atol=0.01)
    np.testing.assert_allclose(found.shares, found.predicted, atol=0.05)
    assert found.counts.sum() == predictions.size


def test_values_that_are_too_sure_are_not(rng):
    predictions = np.where(rng.random(SHAPE) < 0.5, 0.95, 0.05).astype(np.float32)
    found = calibration(predictions, drawn(np.where(predictions > 0.5, 0.75, 0.25), rng))
    assert found.error == pytest.approx(0.2, abs=0.01)
    assert np.isnan(found.shares[1:-1]).all()
    assert found.shares[0] == pytest.approx(0.25, abs=0.02)


def test_what_is_ignored_counts_nowhere(rng):
    predictions = rng.random(SHAPE).astype(np.float32)
    labels = drawn(predictions, rng)
    labels[:, :16] = IGNORE
    part = predictions[:, 16:], labels[:, 16:]
    found, expected = calibration(predictions, labels), calibration(*part)
    np.testing.assert_array_equal(found.counts, expected.counts)
    assert found.error == expected.error
    assert best_threshold(predictions, labels) == best_threshold(*part)


def test_where_all_is_ignored_nothing_is_known():
    labels = np.full(SHAPE, IGNORE, np.uint8)
    predictions = np.zeros(SHAPE, np.float32)
    assert np.isnan(calibration(predictions, labels).error)
    assert best_threshold(predictions, labels) is None


@given(seed=st.integers(0, 2**32 - 1), digits=st.integers(1, 3))
def test_the_best_threshold_is_that_of_trying_all(seed, digits):
    rng = np.random.default_rng(seed)
    predictions = rng.random((2, 8, 8)).round(digits).astype(np.float32)
    labels = rng.choice([0, FEATURE, IGNORE], (2, 8, 8), p=[0.6, 0.3, 0.1]).astype(np.uint8)
    labels[0, 0, 0] = FEATURE
    known, feature = labels != IGNORE, labels == FEATURE

    def dice(threshold):
        found = (predictions >= threshold) & known
        return 2.0 * (found & feature).sum() / (found.sum() + feature.sum())

    tried = {step / 100: dice(step / 100) for step in range(1, 100)}
    best = best_threshold(predictions, labels)
    assert best.dice == pytest.approx(max(tried.values()))
    assert tried[best.threshold] == pytest.approx(best.dice)
    equal = [each for each, score in tried.items() if score == pytest.approx(best.dice, rel=1e-12)]
    assert abs(best.threshold - 0.5) == pytest.approx(min(abs(each - 0.5) for each in equal))
