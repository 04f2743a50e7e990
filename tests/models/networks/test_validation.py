"""Loss and Dice on boxes held out, against formulas on all pixels, whatever the batches."""

from __future__ import annotations

import numpy as np
import pytest

from scseg.models import backends

pytestmark = pytest.mark.keras


def boxes(positives, negatives):
    random = np.random.default_rng(0)
    count = positives + negatives
    labels = np.zeros((count, 8, 8), np.uint8)
    labels[:positives, 2:6, 2:6] = 1
    labels[:, :, 7] = 2
    return random.normal(0, 1, (count, 1, 8, 8)).astype(np.float32), labels


class Logistic:
    """In place of a network: the logistic function of the grey value. It notes the shapes it gets."""

    compiled = True

    def __init__(self):
        self.shapes = []

    def predict_on_batch(self, images):
        self.shapes.append(images.shape)
        return 1 / (1 + np.exp(-images))


def judged_by_logistic(positives, negatives, batch_size, unwanted_after=99, odds=0.0):
    from scseg.models.networks.validation import judged
    from scseg.models.samples import Samples

    network = Logistic()
    answers = iter([False] * unwanted_after + [True] * 99)
    scores = judged(
        network, Samples.of(*boxes(positives, negatives)), batch_size, lambda: next(answers), odds
    )
    return scores, network.shapes


def expected(positives, negatives, odds=0.0):
    """Return the loss of all boxes as one batch, and Dice, from the formulas."""
    images, labels = boxes(positives, negatives)
    counts, truth = labels != 2, labels == 1
    grey = images[:, 0].astype(np.float64)
    p = 1 / (1 + np.exp(-grey - odds))
    entropy = -np.log(np.where(truth, p, 1 - p))[counts].mean()
    soft = (2 * p[truth].sum() + 1) / (truth.sum() + p[counts].sum() + 1)
    found = (grey >= 0) & counts
    return entropy + 1 - soft, 2 * (found & truth).sum() / (found.sum() + truth.sum())


def test_loss_and_dice_are_those_of_the_formulas(in_keras_process):
    scores, shapes = in_keras_process(judged_by_logistic, 3, 4, 7)
    assert scores == pytest.approx(expected(3, 4), rel=1e-5)
    assert shapes == [(7, 8, 8, 1)]


def test_the_loss_is_that_of_a_training_which_is_told_of_odds(in_keras_process):
    scores, _ = in_keras_process(judged_by_logistic, 3, 4, 7, 99, 1.7)
    assert scores == pytest.approx(expected(3, 4, 1.7), rel=1e-5)
    assert scores[0] != pytest.approx(expected(3, 4)[0], rel=1e-2)


@pytest.mark.parametrize("batch_size", [2, 3, 16])
def test_batches_have_one_shape_and_dice_does_not_depend_on_it(in_keras_process, batch_size):
    scores, shapes = in_keras_process(judged_by_logistic, 3, 4, batch_size)
    assert scores[1] == pytest.approx(expected(3, 4)[1])
    assert shapes == [(batch_size, 8, 8, 1)] * -(-7 // batch_size)


def test_of_very_many_negatives_few_are_judged_by(in_keras_process):
    _, shapes = in_keras_process(judged_by_logistic, 2, 500, 5)
    assert len(shapes) == 2


def test_judging_ends_when_it_is_unwanted(in_keras_process):
    scores, shapes = in_keras_process(judged_by_logistic, 3, 4, 2, 1)
    assert scores is None
    assert len(shapes) == 1


def traces_of_a_network():
    """Return how often TensorFlow compiles the network while it is judged on two sets of boxes."""
    from scseg.models.networks.architectures import build
    from scseg.models.networks.validation import judged
    from scseg.models.samples import Samples

    network = build("UNet deep", 8, 1)
    calls = []
    original = network.call

    def counted(*arguments, **options):
        calls.append(1)
        return original(*arguments, **options)

    network.call = counted
    for size in ((3, 4), (2, 7)):
        judged(network, Samples.of(*boxes(*size)), 4, lambda: False)
    return len(calls)


@pytest.mark.skipif(backends.resolved() != "tensorflow", reason="jax traces twice, torch never")
def test_the_network_is_compiled_once(in_keras_process):
    assert in_keras_process(traces_of_a_network) == 1
