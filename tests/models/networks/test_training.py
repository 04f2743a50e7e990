"""Training: it learns, it repeats, it stops."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from scseg.errors import ScsegError
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


def trained(parameters, stop_after=None):
    import keras

    from scseg.models.networks.architectures import build
    from scseg.models.networks.training import train
    from scseg.models.samples import Samples

    images, labels = bright_squares()
    keras.utils.set_random_seed(parameters.seed)
    network = build("UNet deep", 16, 1)
    samples = Samples(images, labels, (labels == 1).any(axis=(1, 2)))
    steps = list(itertools.islice(train(network, samples, parameters), stop_after))
    return steps, network


def losses_and_weights(parameters, stop_after=None):
    steps, network = trained(parameters, stop_after)
    return [step.loss for step in steps], [np.array(w) for w in network.get_weights()]


def dice_on_new_boxes(parameters):
    from scseg.models.networks.prediction import predictor

    _, network = trained(parameters)
    images, labels = bright_squares(seed=99)
    found = predictor(network)(np.moveaxis(images, 1, -1)) >= 0.5
    return 2 * (found & (labels == 1)).sum() / (found.sum() + (labels == 1).sum())


def test_it_learns_what_a_bright_square_is(in_keras_process):
    assert in_keras_process(dice_on_new_boxes, TrainingParameters(epochs=12, batch_size=8)) > 0.9


def test_one_seed_one_result(in_keras_process):
    first, weights = in_keras_process(losses_and_weights, PARAMETERS)
    again, same = in_keras_process(losses_and_weights, PARAMETERS)
    assert first == again
    assert all(np.array_equal(a, b) for a, b in zip(weights, same, strict=True))
    other, _ = in_keras_process(
        losses_and_weights, TrainingParameters(epochs=4, batch_size=8, seed=1)
    )
    assert other != first


def steps_of(parameters):
    return [(step.epoch, step.batch) for step in trained(parameters)[0]]


def test_every_batch_of_every_epoch_is_told(in_keras_process):
    # 9 positives x 4 copies = 36, and 1.3 times as many negatives = 47: 83 samples, 11 batches of 8.
    assert in_keras_process(steps_of, PARAMETERS) == [(e, b) for e in range(4) for b in range(11)]


def test_stopping_early_leaves_the_weights_of_that_moment(in_keras_process):
    losses, stopped = in_keras_process(losses_and_weights, PARAMETERS, 5)
    assert len(losses) == 5
    _, complete = in_keras_process(losses_and_weights, PARAMETERS)
    assert not all(np.array_equal(a, b) for a, b in zip(stopped, complete, strict=True))


def without_positives():
    from scseg.models.networks.architectures import build
    from scseg.models.networks.training import train
    from scseg.models.samples import Samples

    images, labels = bright_squares()
    samples = Samples(images, labels * 0, np.zeros(len(labels), bool))
    next(train(build("VGGNet", 16, 1), samples, PARAMETERS))


def test_without_positives_there_is_a_sentence(in_keras_process):
    with pytest.raises(ScsegError, match="No box"):
        in_keras_process(without_positives)


class Moved:
    """In place of random numbers: every box is moved by the same number of pixels."""

    def __init__(self, by):
        self.by = by

    def integers(self, low, high):
        assert low <= self.by < high
        return self.by


def batches_of(count, batch_size, moved):
    from scseg.models.networks import training
    from scseg.models.samples import Samples
    from scseg.models.sampling import Epoch

    images, labels = bright_squares(count)
    samples = Samples(images, labels, (labels == 1).any(axis=(1, 2)))
    epoch = Epoch(np.arange(count), np.zeros(count, int))
    return training._batch(samples, epoch, np.arange(count), batch_size, Moved(moved))


@pytest.mark.parametrize("moved", [0, 3, -8, 8])
def test_boxes_are_moved_and_mirrored_and_a_batch_filled_up_with_what_is_ignored(
    in_keras_process, moved
):
    images, labels = in_keras_process(batches_of, 5, 8, moved)
    expected, truth = bright_squares(5)
    box = truth.shape[1]
    cut = slice(box // 2 + moved, box // 2 + moved + box)
    margins = ((0, 0), (box // 2,) * 2, (box // 2,) * 2)
    assert np.array_equal(
        images[:5, ..., 0], np.pad(expected[:, 0], margins, "reflect")[:, cut, cut]
    )
    assert np.array_equal(labels[:5, ..., 0], np.pad(truth, margins, "reflect")[:, cut, cut])
    assert (labels[5:] == 2).all()
