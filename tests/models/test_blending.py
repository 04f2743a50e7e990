"""Parts of slices, averaged orientations, and nothing predicted twice, against formulas in plain numpy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scseg.base.rect import Rect
from scseg.models.tiling.blending import Patch, TilingPlan, predict_region, predict_rows
from scseg.models.tiling.cells import cell_grid
from scseg.models.tiling.tiles import tile_grid

BOX = 16


def crooked(images):
    """Stand in for a network whose output depends on where a pixel lies in its image, and on all around."""
    _, height, width, _ = images.shape
    y, x = np.indices((height, width))
    mean = images.mean(axis=(1, 2, 3))[:, None, None]
    return (images[..., -1] * (1 + y / 7) + x / 5 + mean).astype(np.float32)


class Counting:
    """A network that counts the images it is asked for."""

    def __init__(self):
        self.batches = []

    def __call__(self, images):
        self.batches.append(np.any(images != 0, axis=(1, 2, 3)).sum())
        return crooked(images)


@st.composite
def slices_with_parts(draw):
    height, width = draw(st.integers(1, 90)), draw(st.integers(1, 90))
    y0, x0 = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
    y1, x1 = draw(st.integers(y0 + 1, height)), draw(st.integers(x0 + 1, width))
    return (height, width), Rect(y0, x0, y1, x1)


def image_of(shape, depth=2):
    return np.random.default_rng(shape[0]).normal(size=(depth, *shape)).astype(np.float32)


def grids(shape, overlap=0.3):
    return {"tiles": tile_grid(shape, BOX, overlap), "whole": cell_grid(shape, 8, 20)}


@given(
    slices_with_parts(), st.sampled_from(["tiles", "whole"]), st.integers(1, 8), st.integers(1, 5)
)
def test_a_part_has_exactly_the_values_of_the_whole(case, mode, averaging, batch_size):
    shape, region = case
    batch_size = batch_size if mode == "tiles" else 1
    image, grid = image_of(shape), grids(shape)[mode]
    whole = TilingPlan(grid, Rect.whole(shape), averaging, batch_size)
    part = TilingPlan(grid, region, averaging, batch_size)
    expected = predict_region(image, whole, crooked)[region.slices]
    assert np.array_equal(predict_region(image, part, crooked), expected)


@given(slices_with_parts())
def test_a_part_takes_the_tiles_that_touch_it_and_no_other(case):
    shape, region = case
    y0, x0, y1, x1 = region
    grid = tile_grid(shape, BOX, 0.3)
    touching = [
        (y, x) for y, x in grid.corners if y < y1 and y + BOX > y0 and x < x1 and x + BOX > x0
    ]
    network = Counting()
    predict_region(image_of(shape), TilingPlan(grid, region, batch_size=4), network)
    assert sum(network.batches) == len(touching)
    assert len(network.batches) == -(-len(touching) // 4)


def averaged(image, corners, orientations):
    """Blend the mean of these orientations of each tile, by loops, with the stated weights."""
    shape = image.shape[1:]
    total, weights = np.zeros(shape), np.zeros(shape)
    ramp = np.minimum(np.arange(1, BOX + 1), np.arange(BOX, 0, -1))
    weight = np.outer(ramp, ramp)
    for y, x in corners:
        tile = np.moveaxis(image[:, y : y + BOX, x : x + BOX], 0, -1)
        outputs = []
        for k in orientations:
            seen = np.rot90(tile[:, ::-1] if k >= 4 else tile, k % 4)
            said = np.rot90(crooked(seen[None])[0], -(k % 4))
            outputs.append(said[:, ::-1] if k >= 4 else said)
        total[y : y + BOX, x : x + BOX] += weight * np.mean(outputs, axis=0)
        weights[y : y + BOX, x : x + BOX] += weight
    return total / weights


@pytest.mark.parametrize("count", range(1, 9))
def test_averaging_is_the_mean_of_the_first_orientations(count):
    shape = (37, 52)
    image, grid = image_of(shape), tile_grid(shape, BOX, 0.3)
    plan = TilingPlan(grid, Rect(0, 0, 37, 52), count, 5)
    expected = averaged(image, grid.corners, range(count))
    np.testing.assert_allclose(predict_region(image, plan, crooked), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("mode", ["tiles", "whole"])
def test_raising_the_averaging_predicts_the_new_orientations_alone(mode):
    shape = (40, 61)
    image, grid, known = image_of(shape), grids(shape)[mode], {}
    asked = []
    for count in (2, 4, 3):
        network = Counting()
        list(predict_rows(image, TilingPlan(grid, Rect(0, 0, 40, 61), count), network, known))
        asked.append(sum(network.batches))
    windows = len(grid.corners)
    assert asked == [2 * windows, 2 * windows, 0]


def test_moving_the_crop_predicts_what_is_new_alone():
    shape = (90, 90)
    image, grid, known = image_of(shape), tile_grid(shape, BOX, 0.3), {}
    first, second = Rect(0, 0, 30, 90), Rect(10, 0, 45, 90)
    predicted = []
    for region in (first, second, first):
        network = Counting()
        plan = TilingPlan(grid, region, batch_size=3)
        rows = np.concatenate([r for _, r in predict_rows(image, plan, network, known)])
        predicted.append(sum(network.batches))
        assert np.array_equal(rows, predict_region(image, plan, crooked))
    touched = [set(TilingPlan(grid, region).windows) for region in (first, second)]
    assert predicted == [len(touched[0]), len(touched[1] - touched[0]), 0]


def test_known_outputs_are_kept_turned_back_and_alone():
    shape = (16, 16)
    known = {}
    plan = TilingPlan(tile_grid(shape, BOX, 0), Rect(0, 0, 16, 16), averaging=8, batch_size=16)
    list(predict_rows(image_of(shape), plan, lambda images: images[..., 0], known))
    assert set(known) == {Patch(Rect(0, 0, 16, 16), k) for k in range(8)}
    for output in known.values():
        assert np.array_equal(output, image_of(shape)[0])
        # A view would hold all of its batch in memory.
        assert output.base is None


def test_rows_come_in_order_without_gap_and_only_once_finished():
    shape = (120, 50)
    image = image_of(shape)
    plan = TilingPlan(tile_grid(shape, BOX, 0.5), Rect(13, 5, 111, 41), 2, 3)
    expected = predict_region(image, plan, crooked)
    at = 13
    for start, rows in predict_rows(image, plan, crooked, {}):
        assert start == at
        assert np.array_equal(rows, expected[start - 13 : start - 13 + len(rows)])
        at += len(rows)
    assert at == 111
