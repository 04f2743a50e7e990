"""Networks in float16, as graphics cards run them; processors imitate it here, and sum up less exactly."""

from __future__ import annotations

import numpy as np
import pytest

from scseg.base.rect import Rect
from scseg.models.tiling.tiles import tile_grid
from tests.models.engines.test_openvino_engine import with_random_weights

pytestmark = pytest.mark.keras

NAMES = ["VGGNet", "UNet BN small"]
PART = Rect(21, 33, 60, 71)


def in_precision(name, precision):
    """Return a network of certain weights in a precision of Keras, as a function."""
    from scseg.models.networks.architectures import build
    from scseg.models.networks.prediction import predictor

    network, _ = with_random_weights(name, 1, seed=5)
    other = build(name, 32, 1, precision)
    other.set_weights(network.get_weights())
    return predictor(other)


def image(strength=1.0):
    values = np.random.default_rng(0).normal(size=(2, 48, 32, 1)) * strength
    return values.astype(np.float32)


def predicted(name):
    from scseg.models.networks.precision import FAST, FULL, HALF

    return [in_precision(name, each)(image()) for each in (FULL, FAST, HALF)]


def predicted_of_strong(name):
    from scseg.models.networks.precision import HALF

    network = in_precision(name, HALF)
    return np.stack([network(image(strength)) for strength in (1e4, 1e7, 1e30)])


@pytest.mark.parametrize("name", NAMES)
def test_it_predicts_what_float32_does_nearer_than_bfloat16(in_keras_process, name):
    exact, coarse, fine = in_keras_process(predicted, name)
    assert fine.dtype == np.float32
    assert exact.std() > 1e-3
    assert 0 < np.abs(fine - exact).max() < np.abs(coarse - exact).max()
    assert np.mean((fine >= 0.5) != (exact >= 0.5)) < 0.01


@pytest.mark.parametrize("name", NAMES)
def test_what_float16_cannot_hold_becomes_no_infinity(in_keras_process, name):
    """65504 is the largest; 1e30 is beyond that before the first layer."""
    values = in_keras_process(predicted_of_strong, name)
    assert np.isfinite(values).all()
    assert values.min() >= 0
    assert values.max() <= 1


def predicted_regions():
    """Return a slice predicted in tiles, and a part of it predicted alone."""
    from scseg.models.networks.precision import HALF
    from scseg.models.tiling.blending import TilingPlan, predict_region

    network = in_precision("VGGNet BN small", HALF)
    slices = np.random.default_rng(0).normal(size=(1, 104, 90)).astype(np.float32)
    grid = tile_grid(slices.shape[1:], 32, 0.2)
    regions = Rect.whole(slices.shape[1:]), PART
    return [predict_region(slices, TilingPlan(grid, each, 1, 16), network) for each in regions]


def test_what_is_predicted_of_a_part_does_not_depend_on_it(in_keras_process):
    whole, part = in_keras_process(predicted_regions)
    assert np.array_equal(whole[PART.slices], part)


def through_identity(values):
    from scseg.models.architectures.layers import IMAGE, Convolution
    from scseg.models.networks.architectures import of_layers
    from scseg.models.networks.precision import HALF

    # The last layer of a network is in float32: one before that.
    layers = (
        Convolution("same", (IMAGE,), 1, bias=False),
        Convolution("last", ("same",), 1, bias=False),
    )
    network = of_layers(layers, values.shape[1:3], 1, HALF)
    kernel = np.zeros((3, 3, 1, 1), np.float32)
    kernel[1, 1] = 1
    network.set_weights([kernel, kernel])
    return network.predict_on_batch(values)


def test_a_network_that_changes_nothing_gives_back_the_image(in_keras_process):
    expected = image()
    given = in_keras_process(through_identity, expected)
    np.testing.assert_allclose(given, expected, rtol=2**-10, atol=2**-14)
    assert np.any(given != expected)


def test_it_gives_back_ones_and_the_largest_value_for_what_is_larger(in_keras_process):
    values = np.ones((1, 8, 8, 1), np.float32)
    assert np.array_equal(in_keras_process(through_identity, values), values)
    assert np.all(in_keras_process(through_identity, values * 1e9) == 65504)
    assert np.all(in_keras_process(through_identity, values * -1e9) == -65504)
