"""Whole slices in cells: the same as in one piece, for any size, divisor and receptive radius."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from scseg.base.rect import Rect
from scseg.models.tiling import cells
from scseg.models.tiling.blending import TilingPlan, predict_region
from scseg.models.tiling.cells import cell_grid

shapes = st.tuples(st.integers(1, 900), st.integers(1, 900))
networks = st.sampled_from([(1, 0), (4, 9), (8, 27), (8, 46), (16, 100)])


@given(shapes, networks)
def test_every_pixel_counts_once_and_is_seen_with_all_around_it(shape, network):
    divisor, receptive_radius = network
    grid = cell_grid(shape, divisor, receptive_radius)
    for axis, length in zip((grid.rows, grid.columns), shape, strict=True):
        assert length <= axis.length < length + divisor
        assert axis.size % divisor == axis.length % divisor == 0
        assert (axis.total(0, axis.length) == 1).all()
        assert set(np.unique(axis.weights)) <= {0, 1}
        for start, (first, last) in zip(axis.starts, axis.counts_for, strict=True):
            assert start % divisor == 0
            assert start >= 0
            assert start + axis.size <= axis.length
            assert start == 0 or first - start >= receptive_radius
            assert start + axis.size == axis.length or start + axis.size - last >= receptive_radius


@given(shapes, networks)
def test_memory_is_bounded(shape, network):
    divisor, receptive_radius = network
    grid = cell_grid(shape, divisor, receptive_radius)
    assert grid.rows.size * grid.columns.size <= max(
        cells.MOST_PIXELS, (4 * (receptive_radius + divisor)) ** 2
    )


def test_little_is_predicted_twice():
    for shape in ((928, 960), (4096, 4096), (1000, 3000)):
        plan = TilingPlan(cell_grid(shape, 8, 27), Rect.whole(shape))
        assert plan.pixels < 1.5 * shape[0] * shape[1]


DIVISOR, REACH = 8, 13


def looks_around(images):
    """Stand in for a network that sees 13 pixels around, the edge, and the place modulo 8."""
    batch = []
    for image in images[..., 0]:
        smooth = ndimage.uniform_filter(image, 2 * (REACH - 7) + 1, mode="constant")
        height, width = image.shape
        blocks = smooth.reshape(height // 8, 8, width // 8, 8).max(axis=(1, 3))
        batch.append(image + blocks.repeat(8, axis=0).repeat(8, axis=1))
    return np.array(batch, np.float32)


@pytest.mark.parametrize("shape", [(40, 56), (97, 130), (160, 33), (5, 7)])
@pytest.mark.parametrize("averaging", [1, 2, 8])
def test_in_cells_or_in_one_piece_is_the_same(rng, monkeypatch, shape, averaging):
    monkeypatch.setattr(cells, "MOST_PIXELS", 64 * 64)
    cell_grid.cache_clear()
    grid = cell_grid(shape, DIVISOR, REACH)
    cell_grid.cache_clear()
    assert len(grid.corners) > 1 or max(shape) <= 64
    image = rng.normal(size=(1, *shape)).astype(np.float32)
    whole = np.pad(image[0], [(0, -shape[0] % 8), (0, -shape[1] % 8)], mode="reflect")
    said = []
    for k in range(averaging):
        seen = np.rot90(whole[:, ::-1] if k >= 4 else whole, k % 4)
        back = np.rot90(looks_around(seen[None, ..., None])[0], -(k % 4))
        said.append(back[:, ::-1] if k >= 4 else back)
    plan = TilingPlan(grid, Rect.whole(shape), averaging)
    expected = np.mean(said, axis=0)[: shape[0], : shape[1]]
    np.testing.assert_allclose(predict_region(image, plan, looks_around), expected, atol=1e-5)
