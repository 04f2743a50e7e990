"""The copy of a network that is trained in its place: it computes the same, before training and after."""

from __future__ import annotations

import numpy as np
import pytest

pytestmark = pytest.mark.keras

NORMALISED = {"VGGNet": 8, "UNet deep": 5, "UNet BN small": 0}
"""How many convolutions the copy normalises that the network does not."""


def boxes(seed=0):
    return np.random.default_rng(seed).normal(size=(4, 32, 32, 1)).astype(np.float32)


def network_and_copy(name, precision):
    """Return a network with biases as after a training, and its copy."""
    import keras

    from scseg.models.networks.architectures import build
    from scseg.models.networks.training_copy import TrainingCopy

    keras.utils.set_random_seed(0)
    network = build(name, 32, 1)
    change(network, seed=1)
    return network, TrainingCopy(network, precision, boxes())


def change(network, seed):
    """Change all weights that are one for each filter: biases, and what normalisation has."""
    random = np.random.default_rng(seed)
    network.set_weights(
        [w + random.uniform(0, 0.2, w.shape) * (w.ndim == 1) for w in network.get_weights()]
    )


def answers(name, precision):
    from keras import ops

    network, copy = network_and_copy(name, precision)
    return (
        network.predict_on_batch(boxes()),
        copy.model.predict_on_batch(boxes()),
        ops.convert_to_numpy(copy.model(boxes(), training=True)),
        sum(layer.name.endswith("_norm") for layer in copy.model.layers)
        - sum(layer.name.endswith("_norm") for layer in network.layers),
    )


@pytest.mark.parametrize("name", NORMALISED)
def test_it_answers_as_the_network_does(in_keras_process, name):
    network, copy, in_training, normalised = in_keras_process(answers, name, "float32")
    assert normalised == NORMALISED[name]
    np.testing.assert_allclose(copy, network, atol=1e-5)
    if normalised:  # those with batch normalisation of their own answer otherwise in training
        np.testing.assert_allclose(in_training, network, atol=1e-5)


def in_fast_precision(name):
    from scseg.models.networks.precision import FAST

    network, copy = network_and_copy(name, FAST)
    return (
        network.predict_on_batch(boxes()),
        copy.model.predict_on_batch(boxes()),
        {layer.compute_dtype for layer in copy.model.layers[1:-1]},
        {str(weight.dtype) for weight in copy.model.weights},
    )


@pytest.mark.parametrize("name", ["VGGNet", "UNet BN"])
def test_in_bfloat16_it_answers_nearly_so(in_keras_process, name):
    full, nearly, computed, stored = in_keras_process(in_fast_precision, name)
    assert (computed, stored) == ({"bfloat16"}, {"float32"})
    assert nearly.dtype == np.float32
    # Eight bits of mantissa, and errors add up over the layers.
    assert 0 < np.abs(full - nearly).max() < 0.05


def learnt_and_given_back(name):
    """Let the copy have learnt anything at all, and give that to the network."""
    network, copy = network_and_copy(name, "float32")
    shapes = [(weight.path, weight.shape) for weight in network.weights]
    change(copy.model, seed=2)
    copy.give(copy.model.get_weights())
    kept = [(weight.path, weight.shape) for weight in network.weights] == shapes
    images = boxes(seed=3)
    return copy.model.predict_on_batch(images), network.predict_on_batch(images), kept


@pytest.mark.parametrize("name", NORMALISED)
def test_what_it_learnt_is_the_networks_in_as_many_weights(in_keras_process, name):
    copy, network, kept = in_keras_process(learnt_and_given_back, name)
    assert kept
    assert copy.std() > 1e-3
    np.testing.assert_allclose(network, copy, atol=1e-4)


def given_back_at_once():
    network, copy = network_and_copy("VGGNet", "mixed_bfloat16")
    before = network.get_weights()
    copy.give(copy.model.get_weights())
    return before, network.get_weights()


def test_without_training_the_network_stays_as_it_is(in_keras_process):
    for before, after in zip(*in_keras_process(given_back_at_once), strict=True):
        np.testing.assert_allclose(after, before, atol=1e-5)


def after_some_steps(name, goes_on):
    """Train at three slices to a box in the faster precision, and give what was learnt."""
    import keras

    from scseg.models.networks import backend
    from scseg.models.networks.architectures import build
    from scseg.models.networks.precision import FAST
    from scseg.models.networks.training_copy import TrainingCopy

    keras.utils.set_random_seed(0)
    network = build(name, 16, 3)
    images = np.random.default_rng(0).normal(size=(4, 16, 16, 3)).astype(np.float32)
    copy = TrainingCopy(network, FAST, images if goes_on else None)
    copy.model.compile("adam", "binary_crossentropy", jit_compile=backend.compiles())
    for _ in range(40):  # until the moving statistics are those of the boxes
        copy.model.train_on_batch(images, (images[..., :1] > 1).astype(np.float32))
    copy.give(copy.model.get_weights())
    return copy.model.predict_on_batch(images), network.predict_on_batch(images)


@pytest.mark.parametrize("goes_on", [False, True])
@pytest.mark.parametrize("name", ["VGGNet", "UNet deep"])
def test_what_was_learnt_in_bfloat16_is_the_networks(in_keras_process, name, goes_on):
    copy, network = in_keras_process(after_some_steps, name, goes_on)
    assert copy.std() > 0.01
    assert np.abs(copy - network).mean() < 0.01


def measured(most_pixels):
    """Return of how many boxes the outputs are measured that normalisation meets."""
    from unittest.mock import patch

    from scseg.models.networks import training_copy

    seen = []
    usual = training_copy.TrainingCopy._outputs

    def outputs(copy, images):
        seen.append(len(images))
        return usual(copy, images)

    with (
        patch.object(training_copy, "_MOST_MEASURED", most_pixels),
        patch.object(training_copy.TrainingCopy, "_outputs", outputs),
    ):
        network_and_copy("VGGNet", "float32")
    return seen


@pytest.mark.parametrize(("most_pixels", "count"), [(1, 1), (2 * 32 * 32, 2), (1 << 18, 4)])
def test_only_as_many_boxes_are_measured_as_memory_will_have_room_for(
    in_keras_process, most_pixels, count
):
    assert in_keras_process(measured, most_pixels) == [count]
