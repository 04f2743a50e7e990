"""Training: it learns, it repeats, it stops."""

from __future__ import annotations

import itertools
from functools import cache

import numpy as np
import pytest

from scseg.base.errors import ScsegError
from scseg.models.description import TrainingParameters

pytestmark = pytest.mark.keras

PARAMETERS = TrainingParameters(epochs=4, batch_size=8, copies=4)


def bright_squares(count=12, box=16, seed=0):
    """Return boxes with a brighter square in most of them, and where it is."""
    random = np.random.default_rng(seed)
    labels = np.zeros((count, box, box), np.uint8)
    for label in labels[: count * 3 // 4]:
        y, x = random.integers(1, box - 7, 2)
        label[y : y + 6, x : x + 6] = 1
    images = (3 * labels + random.normal(0, 0.3, labels.shape)).astype(np.float32)
    return images[:, None], labels


def trained(parameters, stop_after=None, architecture="UNet deep"):
    import keras

    from scseg.models.networks.architectures import build
    from scseg.models.networks.training import Training
    from scseg.models.samples import Samples

    images, labels = bright_squares()
    keras.utils.set_random_seed(parameters.seed)
    network = build(architecture, 16, 1)
    samples = Samples(images, labels, (labels == 1).any(axis=(1, 2)))
    training = Training(network, samples, parameters)
    steps = list(itertools.islice(training.steps(), stop_after))
    training.take_over()
    return steps, network


def steps_and_weights(parameters, stop_after=None):
    steps, network = trained(parameters, stop_after)
    return steps, [np.array(w) for w in network.get_weights()]


@cache
def complete():
    """Return steps and weights of a whole run, which several tests look at."""
    return steps_and_weights(PARAMETERS)


def losses(steps):
    return [step.loss for step in steps]


def dice_on_new_boxes(parameters, architecture):
    from scseg.models.networks.prediction import predictor

    _, network = trained(parameters, architecture=architecture)
    images, labels = bright_squares(seed=99)
    found = predictor(network)(np.moveaxis(images, 1, -1)) >= 0.5
    return 2 * (found & (labels == 1)).sum() / (found.sum() + (labels == 1).sum())


@pytest.mark.parametrize("architecture", ["UNet deep", "UNet BN small"])
def test_it_learns_what_a_bright_square_is(in_keras_process, architecture):
    parameters = TrainingParameters(epochs=12, batch_size=8)
    assert in_keras_process(dice_on_new_boxes, parameters, architecture) > 0.9


def test_one_seed_one_result(in_keras_process):
    first, weights = in_keras_process(complete)
    again, same = in_keras_process(steps_and_weights, PARAMETERS)
    assert losses(first) == losses(again)
    assert all(np.array_equal(a, b) for a, b in zip(weights, same, strict=True))
    other, _ = in_keras_process(
        steps_and_weights, TrainingParameters(epochs=4, batch_size=8, seed=1)
    )
    assert losses(other) != losses(first)


def test_every_batch_of_every_epoch_is_told(in_keras_process):
    # 9 positives x 4 copies = 36, and 1.3 times as many negatives = 47: 83 samples, 11 batches of 8.
    steps, _ = in_keras_process(complete)
    told = [(step.epoch, step.batch) for step in steps]
    assert told == [(e, b) for e in range(4) for b in range(11)]


def test_stopping_early_leaves_the_weights_of_that_moment(in_keras_process):
    steps, stopped = in_keras_process(steps_and_weights, PARAMETERS, 5)
    assert len(steps) == 5
    _, whole = in_keras_process(complete)
    assert not all(np.array_equal(a, b) for a, b in zip(stopped, whole, strict=True))


def before_and_while_training():
    import keras

    from scseg.models.networks.architectures import build
    from scseg.models.networks.training import Training
    from scseg.models.samples import Samples

    keras.utils.set_random_seed(0)
    network = build("UNet deep", 16, 1)
    before = [weight.copy() for weight in network.get_weights()]
    training = Training(network, Samples.of(*bright_squares()), PARAMETERS)
    training.take_over()
    unchanged = [weight.copy() for weight in network.get_weights()]
    next(training.steps())
    return before, unchanged, network.get_weights()


def test_a_network_changes_only_when_it_takes_over(in_keras_process):
    for before, unchanged, trained in zip(
        *in_keras_process(before_and_while_training), strict=True
    ):
        assert np.array_equal(before, unchanged)
        assert np.array_equal(before, trained)


def without_positives():
    from scseg.models.networks.architectures import build
    from scseg.models.networks.training import Training
    from scseg.models.samples import Samples

    images, labels = bright_squares()
    samples = Samples(images, labels * 0, np.zeros(len(labels), bool))
    next(Training(build("VGGNet", 16, 1), samples, PARAMETERS).steps())


def test_without_positives_there_is_a_sentence(in_keras_process):
    with pytest.raises(ScsegError, match="No box"):
        in_keras_process(without_positives)
