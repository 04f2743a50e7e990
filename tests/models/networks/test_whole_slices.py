"""Whole slices against tiles, with the real networks."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from scseg.base.rect import Rect
from scseg.models.architectures.table import ARCHITECTURES

pytestmark = pytest.mark.keras

SHAPE = (208, 320)


def with_random_weights(name, box):
    """Return a network none of whose layers is silent, batch normalisation included."""
    import keras

    from scseg.models.networks.architectures import build

    keras.utils.set_random_seed(1)
    network = build(name, box, 1)
    rng = np.random.default_rng(0)
    for variable in network.weights:
        if "bias" in variable.path or "beta" in variable.path or "mean" in variable.path:
            variable.assign(rng.normal(0, 0.1, variable.shape))
    return network


def image():
    return np.random.default_rng(2).normal(size=(1, *SHAPE)).astype(np.float32)


@cache
def predicted_in_cells(name, most_pixels, averaging):
    """Return a slice predicted in cells of at most so many pixels, and how many they were."""
    from scseg.models.networks.prediction import predictor
    from scseg.models.tiling import cells
    from scseg.models.tiling.blending import TilingPlan, predict_region

    network = with_random_weights(name, 64)
    divisor = ARCHITECTURES[name].divisor
    cells.MOST_PIXELS = most_pixels
    cells.cell_grid.cache_clear()
    grid = cells.cell_grid(SHAPE, divisor, ARCHITECTURES[name].reach)
    plan = TilingPlan(grid, Rect.whole(SHAPE), averaging)
    return predict_region(image(), plan, predictor(network)), len(grid.corners)


@pytest.mark.parametrize("name", ["VGGNet", "UNet deep", "VGGNet BN small", "UNet BN small"])
def test_in_cells_or_in_one_piece_is_the_same(in_keras_process, name):
    whole, one = in_keras_process(predicted_in_cells, name, 1 << 17, 1)
    cells, several = in_keras_process(predicted_in_cells, name, 1 << 14, 1)
    assert one == 1 < several
    np.testing.assert_allclose(cells, whole, atol=1e-5)
    assert whole.std() > 1e-3


def test_in_any_orientation_too(in_keras_process):
    whole, _ = in_keras_process(predicted_in_cells, "VGGNet", 1 << 17, 8)
    cells, _ = in_keras_process(predicted_in_cells, "VGGNet", 1 << 14, 8)
    np.testing.assert_allclose(cells, whole, atol=1e-5)


def tiles_and_reach(name, box):
    """Return what a network says of tiles whose origin is a multiple of its divisor, and its reach."""
    from scseg.models.networks.prediction import predictor

    network = with_random_weights(name, 64)
    predict = predictor(network)
    corners = [(0, 0), (8, 40), (48, 96), (SHAPE[0] - box, SHAPE[1] - box)]
    tiles = [image()[0, y : y + box, x : x + box] for y, x in corners]
    return corners, predict(np.stack(tiles)[..., None]), ARCHITECTURES[name].reach


@pytest.mark.parametrize(
    ("name", "box"), [("VGGNet", 64), ("VGGNet", 96), ("UNet deep", 64), ("VGGNet BN small", 128)]
)
def test_they_agree_with_tiles_where_these_see_no_border(in_keras_process, name, box):
    whole, _ = in_keras_process(predicted_in_cells, name, 1 << 14, 1)
    corners, tiles, reach = in_keras_process(tiles_and_reach, name, box)
    assert box > 2 * reach
    core = slice(reach, box - reach)
    for (y, x), tile in zip(corners, tiles, strict=True):
        there = whole[y : y + box, x : x + box]
        np.testing.assert_allclose(there[core, core], tile[core, core], atol=1e-4)
        assert np.abs(there - tile).max() > 1e-3


def reaches(name):
    """Return the reach found from the layers, and the largest that a change of a pixel shows."""
    from scseg.models.networks.prediction import predictor

    divisor = ARCHITECTURES[name].divisor
    network = with_random_weights(name, 64)
    found = ARCHITECTURES[name].reach
    size = -(-(2 * found + 16) // divisor) * divisor
    predict, seen = predictor(network), 0
    plain = np.random.default_rng(0).normal(size=(1, size, size, 1)).astype(np.float32)
    before = predict(plain)
    for at in range(size // 2, size // 2 + divisor):
        changed = plain.copy()
        changed[0, at, at, 0] += 1000.0
        y, x = np.nonzero(predict(changed)[0] != before[0])
        seen = max(seen, np.abs(y - at).max(), np.abs(x - at).max())
    return found, int(seen)


@pytest.mark.parametrize("name", ["VGGNet", "UNet deep", "VGGNet BN small", "UNet BN small"])
def test_the_reach_found_from_the_layers_is_that_of_the_network(in_keras_process, name):
    found, seen = in_keras_process(reaches, name)
    # A pooling need not pass on what lies at the very rim of what it sees.
    assert found - 4 <= seen <= found


def test_the_reach_of_every_architecture_is_known():
    found = {each.name: each.reach for each in ARCHITECTURES.values()}
    # Six convolutions on the way down reach 2 + 4 + 8, two on the way up 4 + 2, three poolings 7.
    assert found["VGGNet"] == found["VGGNet BN"] == found["VGGNet BN small"] == 27
    # One convolution for each resolution, 1 + 2 + 4, and on the way up 2 + 1, two poolings 3.
    assert found["UNet deep"] == 13
    assert min(found.values()) > 0


def compiled_shapes():
    """Return how often a network was made anew for the sizes asked for, one after another."""
    import keras

    from scseg.models.networks.prediction import predictor

    made = []
    clone = keras.models.clone_model

    def counted(*arguments, **more):
        made.append(1)
        return clone(*arguments, **more)

    keras.models.clone_model = counted
    predict = predictor(with_random_weights("VGGNet BN small", 16))
    try:
        for size in [(16, 16), (32, 16), (32, 16), (16, 32), (16, 16), (32, 16)]:
            predict(np.zeros((1, *size, 1), np.float32))
    finally:
        keras.models.clone_model = clone
    return len(made)


def test_each_size_is_compiled_once(in_keras_process):
    assert in_keras_process(compiled_shapes) == 2
