"""Boxes of pixels, against the sets of pixels that they stand for."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scseg.drawing.region import Area, Region

places = st.integers(-6, 6)
sides = st.integers(0, 6)
regions = st.builds(Region, places, places, sides, sides)


def pixels(region):
    rows = range(region.y, region.y + region.height)
    return set(itertools.product(rows, range(region.x, region.x + region.width)))


@given(regions)
def test_a_region_is_empty_without_pixels(region):
    assert region.empty == (not pixels(region))


@given(regions, regions)
def test_a_union_is_the_smallest_box_around_both(a, b):
    both = pixels(a) | pixels(b)
    union = pixels(a.union(b))
    assert union >= both
    assert bool(union) == bool(both)
    for axis in (0, 1) if both else ():
        along = [p[axis] for p in both]
        assert {p[axis] for p in union} == set(range(min(along), max(along) + 1))


@given(regions, st.tuples(sides, sides))
def test_clipped_to_a_slice_the_rest_is_gone(region, shape):
    assert pixels(region.clipped(shape)) == pixels(region) & pixels(Region(0, 0, *shape))


@given(regions)
def test_slices_select_the_pixels(region):
    inside = region.clipped((5, 5))
    seen = np.zeros((5, 5), np.bool_)
    seen[inside.slices] = True
    assert set(map(tuple, np.argwhere(seen).tolist())) == pixels(inside)


def test_an_area_paints_its_pixels_over_any_label_and_nothing_else():
    mask = np.arange(12, dtype=np.uint8).reshape(3, 4) % 3
    before = mask.copy()
    inside = np.array([[True, False], [False, True]])
    assert Area(Region(1, 2, 2, 2), inside).paint(mask, 2) == Region(1, 2, 2, 2)
    before[1, 2] = before[2, 3] = 2
    assert np.array_equal(mask, before)
