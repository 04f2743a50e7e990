"""Slices in tiles and back: complete, seamless, exact, for any size and overlap."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scseg.base.rect import Rect
from scseg.models.tiling.blending import TilingPlan, predict_region, predict_rows
from scseg.models.tiling.tiles import MAX_OVERLAP, tile_grid, tile_starts, tile_weights

overlaps = st.floats(0, MAX_OVERLAP)


def plan(shape, box, overlap, batch_size=16):
    return TilingPlan(tile_grid(shape, box, overlap), Rect.whole(shape), batch_size=batch_size)


@given(st.integers(1, 64), st.integers(0, 500), overlaps)
def test_tiles_cover_the_axis_overlap_enough_and_never_leave_it(box, more, overlap):
    length = box + more
    starts = tile_starts(length, box, overlap)
    assert starts[0] == 0
    assert starts[-1] == length - box
    steps = np.diff(starts)
    # Rounding to whole pixels can take one from the overlap, but leaves no gap.
    assert (steps <= max(box * (1 - overlap) + 1, 1)).all()
    assert (steps <= box).all()
    assert (steps >= 0).all()


@given(st.integers(1, 64), st.integers(0, 500), st.sampled_from([0.0, 0.2, 0.25, 0.5, 0.67]))
def test_their_number_is_the_stated_formula(box, more, overlap):
    exact = Fraction(more) / (box * (1 - Fraction(str(overlap))))
    assert len(tile_starts(box + more, box, overlap)) == 1 + math.ceil(exact)


def test_the_slice_of_the_benchmark_has_342_tiles():
    assert len(tile_grid((928, 960), 64, 0.2).corners) == 342


@given(st.integers(1, 70))
def test_weights_are_symmetric_and_positive_to_the_edge(box):
    weights = tile_weights(box)
    assert weights.min() > 0
    assert weights.max() == 1
    assert np.array_equal(weights, weights[::-1])


slices = st.tuples(
    st.integers(1, 90), st.integers(1, 90), st.sampled_from([1, 2, 7, 16, 32]), overlaps
)


@given(slices, st.sampled_from([1, 3, 16]))
def test_a_network_of_ones_gives_one_to_the_last_bits(size, batch_size):
    height, width, box, overlap = size
    image = np.zeros((1, height, width), np.float32)
    ones = predict_region(
        image,
        plan((height, width), box, overlap, batch_size),
        lambda tiles: np.ones(tiles.shape[:3], np.float32),
    )
    assert ones.shape == (height, width)
    np.testing.assert_allclose(ones, 1.0, rtol=8e-7, atol=0)


@given(slices, st.integers(1, 3))
def test_the_identity_gives_the_image(size, depth):
    height, width, box, overlap = size
    image = np.random.default_rng(height).random((depth, height, width)).astype(np.float32)
    result = predict_region(
        image, plan((height, width), box, overlap), lambda tiles: tiles[..., depth // 2]
    )
    np.testing.assert_allclose(result, image[depth // 2], atol=1e-6)


def test_the_blend_is_the_weighted_mean_of_the_tiles(rng):
    box, shape = 8, (19, 21)
    grid = tile_grid(shape, box, 0.4)
    answers = rng.random((len(grid.corners), box, box)).astype(np.float32)
    total, weights = np.zeros(shape), np.zeros(shape)
    for (y, x), answer in zip(grid.corners, answers, strict=True):
        for i in range(box):
            for j in range(box):
                weight = min(i + 1, box - i) * min(j + 1, box - j)
                total[y + i, x + j] += weight * answer[i, j]
                weights[y + i, x + j] += weight
    given_out = iter(answers)
    result = predict_region(
        np.zeros((1, *shape), np.float32),
        plan(shape, box, 0.4, 1),
        lambda tiles: np.array([next(given_out) for _ in tiles]),
    )
    np.testing.assert_allclose(result, total / weights, rtol=1e-5)


def test_rows_come_in_order_as_soon_as_no_later_tile_touches_them():
    grid = tile_grid((40, 20), 10, 0.2)
    image = np.zeros((1, 40, 20), np.float32)
    columns = len(grid.columns.starts)
    came = list(
        predict_rows(image, plan((40, 20), 10, 0.2, columns), lambda tiles: tiles[..., 0], {})
    )
    starts = [start for start, _ in came]
    assert starts == list(grid.rows.starts)
    assert [start + len(rows) for start, rows in came] == [*grid.rows.starts[1:], 40]


def test_every_batch_has_one_shape():
    shapes = set()

    def network(tiles):
        shapes.add(tiles.shape)
        return tiles[..., 0]

    predict_region(np.zeros((1, 100, 90), np.float32), plan((100, 90), 16, 0.2), network)
    assert shapes == {(16, 16, 16, 1)}


def test_whoever_stops_iterating_abandons_the_rest():
    calls = []

    def network(tiles):
        calls.append(len(tiles))
        return tiles[..., 0]

    rows = predict_rows(np.zeros((1, 64, 64), np.float32), plan((64, 64), 8, 0, 4), network, {})
    next(rows)
    rows.close()
    assert calls == [4]


@pytest.mark.parametrize("shape", [(3, 40), (40, 3), (1, 1), (5, 5)])
def test_slices_smaller_than_a_tile_are_mirrored_and_cut_back(shape):
    image = np.random.default_rng(1).random((1, *shape)).astype(np.float32)
    seen = []

    def network(tiles):
        seen.append(tiles[0, ..., 0].copy())
        return tiles[..., 0]

    result = predict_region(image, plan(shape, 16, 0.2, 1), network)
    np.testing.assert_allclose(result, image[0], atol=1e-6)
    height = min(16, shape[0])
    if height < 16 and height > 1:
        assert np.array_equal(seen[0][height], seen[0][height - 2])
