"""The loss against its formula, worked out in numpy."""

from __future__ import annotations

import numpy as np
import pytest

pytestmark = pytest.mark.keras


def loss_of(labels, predictions):
    from scseg.models.networks.losses import cross_entropy_and_dice

    return float(cross_entropy_and_dice(labels, predictions))


def formula(labels, predictions):
    judged = labels != 2
    t, p = labels[judged], predictions[judged].astype(np.float64)
    entropy = -np.mean(t * np.log(p) + (1 - t) * np.log(1 - p))
    return entropy + 1 - (2 * np.sum(t * p) + 1) / (np.sum(t) + np.sum(p) + 1)


@pytest.fixture
def pair(rng):
    labels = rng.integers(0, 3, (4, 8, 8, 1)).astype(np.float32)
    return labels, rng.uniform(0.05, 0.95, labels.shape).astype(np.float32)


def test_it_is_the_formula(in_keras_process, pair):
    assert in_keras_process(loss_of, *pair) == pytest.approx(formula(*pair), rel=1e-5)


def test_ignored_pixels_count_for_nothing(in_keras_process, pair):
    labels, predictions = pair
    other = np.where(labels == 2, 1 - predictions, predictions)
    assert in_keras_process(loss_of, labels, other) == in_keras_process(loss_of, *pair)


def test_odds_are_added_to_those_of_predictions(in_keras_process, pair, rng):
    labels, predictions = pair
    odds = np.broadcast_to(rng.uniform(-3, 3, (4, 1, 1, 1)), labels.shape).astype(np.float32)
    logits = np.log(predictions / (1 - predictions)) + odds
    judged = in_keras_process(loss_of, np.concatenate([labels, odds], axis=-1), predictions)
    assert judged == pytest.approx(formula(labels, 1 / (1 + np.exp(-logits))), rel=1e-5)


def test_nothing_judged_and_certain_errors_stay_finite(in_keras_process, pair):
    labels, predictions = pair
    assert np.isfinite(in_keras_process(loss_of, np.full_like(labels, 2), predictions))
    assert np.isfinite(in_keras_process(loss_of, np.ones_like(labels), np.zeros_like(labels)))
