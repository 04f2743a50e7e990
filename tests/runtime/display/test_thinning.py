"""Slices that are too large for a texture: what becomes of squares of voxels."""

from __future__ import annotations

import numpy as np
import pytest

from scseg.base.rect import Rect
from scseg.runtime.display import thinning


@pytest.mark.parametrize(
    ("shape", "step"),
    [((600, 20000), 2), ((16384, 16384), 1), ((16385, 3), 2), ((3, 50000), 4), ((1, 1), 1)],
)
def test_a_slice_is_thinned_no_more_than_it_must_be(shape, step):
    assert thinning.thinning(shape, 16384) == step


@pytest.mark.parametrize("shape", [(6, 9), (7, 8), (1, 5), (5, 1)])
@pytest.mark.parametrize("step", [2, 3])
def test_a_texel_is_the_mean_or_the_most_of_its_voxels(rng, shape, step):
    values = rng.normal(size=shape).astype(np.float32)
    labels = (values > 0.5).astype(np.uint8)
    means, most = thinning.mean(values, step), thinning.most(labels, step)
    rows, columns = shape
    for y in range(-(-rows // step)):
        for x in range(-(-columns // step)):
            square = (slice(y * step, (y + 1) * step), slice(x * step, (x + 1) * step))
            assert most[y, x] == labels[square].max()
            if values[square].shape == (step, step):
                assert means[y, x] == pytest.approx(values[square].mean(), abs=1e-6)
            assert values[square].min() <= means[y, x] <= values[square].max()
    back = thinning.spread(most, step, shape)
    assert back.shape == shape
    assert (back >= labels).all()


def test_a_square_that_is_not_predicted_in_part_is_unknown():
    prediction = np.array([[0.5, 0.7, 0.1, 0.3], [0.5, 0.7, -1.0, 0.3]], np.float32)
    assert thinning.known_mean(prediction, 2).tolist() == [[pytest.approx(0.6), -1.0]]


def test_texels_hold_all_of_a_rectangle_of_voxels():
    assert thinning.in_texels(Rect(3, 4, 7, 8), 2) == Rect(1, 2, 4, 4)
    assert thinning.in_voxels(Rect(1, 2, 4, 4), 2) == Rect(2, 4, 8, 8)
