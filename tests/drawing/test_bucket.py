"""The bucket against scipy's filled holes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

from scseg.drawing.brush import paint
from scseg.drawing.bucket import enclosed_area

masks = arrays(np.uint8, (9, 8), elements=st.sampled_from([0, 0, 1, 2]))


@given(masks, st.integers(0, 8), st.integers(0, 7))
def test_the_hole_around_the_position_is_filled(mask, row, column):
    before = mask.copy()
    found = enclosed_area(mask, (row, column))
    assert np.array_equal(mask, before)
    holes, _ = ndimage.label(ndimage.binary_fill_holes(mask) & (mask == 0))
    if mask[row, column]:
        assert not found.inside.any()
    elif holes[row, column] == 0:
        assert found is None
    else:
        found.paint(mask, 1)
        before[holes == holes[row, column]] = 1
        assert np.array_equal(mask, before)


@pytest.mark.parametrize("radius", [0.0, 0.6, 1.0, 3.0])
def test_a_contour_drawn_with_any_brush_holds(radius):
    mask = np.zeros((80, 80), np.uint8)
    ring = [(40 + 30 * math.sin(a / 10), 40 + 25 * math.cos(a / 10)) for a in range(63)]
    for here, there in zip(ring, [*ring[1:], ring[0]], strict=True):
        paint(mask, here, there, radius, 1)
    found = enclosed_area(mask, (41.2, 38.7))
    found.paint(mask, 1)
    assert np.array_equal(mask == 1, ndimage.binary_fill_holes(mask))
    assert mask[40, 40] == 1


@pytest.mark.parametrize("position", [(-1, 3), (3, -0.6), (9, 3), (3, 8), (1e6, 1e6)])
def test_outside_of_the_slice_nothing_is_enclosed(position):
    assert enclosed_area(np.ones((9, 8), np.uint8), position) is None


def test_a_mask_that_may_not_be_written_is_filled_too():
    mask = np.zeros((9, 9), np.uint8)
    mask[2:7, 2:7] = 1
    mask[3:6, 3:6] = 0
    mask.flags.writeable = False
    area = enclosed_area(mask, (4.0, 4.0))
    assert area is not None
    assert area.inside.sum() == 9
