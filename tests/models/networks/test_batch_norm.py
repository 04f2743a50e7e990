"""The fast layer normalises as Keras' own does."""

from __future__ import annotations

import numpy as np
import pytest

from scseg.models import backends

pytestmark = [
    pytest.mark.keras,
    pytest.mark.skipif(
        backends.resolved() != "tensorflow", reason="other backends have no such kernel"
    ),
]

COUNT, FILTERS = 3 * 8 * 8, 5


def normalised(kind, dtype="float32"):
    """Return output, gradients and moving statistics after a step of training, and output without it."""
    import keras
    import tensorflow as tf

    from scseg.models.networks.batch_norm import FastBatchNormalization

    types = {"keras": keras.layers.BatchNormalization, "fast": FastBatchNormalization}
    layer = types[kind](momentum=0.9, dtype=dtype)
    random = np.random.default_rng(0)
    x = tf.Variable(random.normal(2.0, 3.0, (3, 8, 8, FILTERS)).astype(np.float32))
    layer.build(x.shape)
    gamma, beta = random.normal(size=(2, FILTERS)).astype(np.float32)
    layer.set_weights([gamma, beta, np.zeros(FILTERS), np.ones(FILTERS)])
    with tf.GradientTape() as tape:
        y = layer(x, training=True)
        loss = tf.reduce_sum(y**3)
    sources = [x, *(weight.value for weight in layer.trainable_weights)]
    gradients = tape.gradient(loss, sources)
    mean, variance = (np.array(w) for w in layer.non_trainable_weights)
    return [np.array(each) for each in (y, *gradients)], mean, variance, np.array(layer(x))


def test_outputs_gradients_and_statistics_are_those_of_keras(in_keras_process):
    values, mean, variance, later = in_keras_process(normalised, "keras")
    fast_values, fast_mean, fast_variance, fast_later = in_keras_process(normalised, "fast")
    for ours, theirs in zip(fast_values, values, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-3 * np.abs(theirs).max())
    np.testing.assert_allclose(fast_mean, mean, rtol=1e-4)
    # TensorFlow estimates the variance of what the batch was drawn from, Keras that of the batch.
    drawn = 0.9 + (variance - 0.9) * COUNT / (COUNT - 1)
    np.testing.assert_allclose(fast_variance, drawn, rtol=1e-4)
    np.testing.assert_allclose(fast_later, later, rtol=2e-2, atol=2e-2)


def test_in_bfloat16_outputs_and_gradients_are_nearly_those_of_keras(in_keras_process):
    values, *_ = in_keras_process(normalised, "keras")
    fast_values, *_ = in_keras_process(normalised, "fast", "mixed_bfloat16")
    for ours, theirs in zip(fast_values, values, strict=True):
        off = np.abs(ours.astype(np.float32) - theirs).max()
        assert 0 < off < 0.03 * np.abs(theirs).max()
