"""Rectangles of pixels, against the sets of pixels that they stand for."""

from __future__ import annotations

import itertools
import pickle

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scseg.base.rect import Rect

places = st.integers(-6, 6)
sides = st.integers(0, 6)
rects = st.builds(
    lambda y, x, height, width: Rect(y, x, y + height, x + width), *[places] * 2, *[sides] * 2
)
ends_in_any_order = st.builds(Rect, *[places] * 4)
shapes = st.tuples(sides, sides)


def pixels(rect):
    return set(itertools.product(range(rect.y0, rect.y1), range(rect.x0, rect.x1)))


@given(rects | ends_in_any_order)
def test_a_rectangle_is_empty_without_pixels(rect):
    assert rect.empty == (not pixels(rect))


@given(rects)
def test_its_sides_count_its_rows_and_columns(rect):
    assert rect.shape == (rect.height, rect.width)
    assert rect.height * rect.width == len(pixels(rect))
    if not rect.empty:
        assert rect.height == len({y for y, _ in pixels(rect)})


@given(shapes)
def test_the_whole_has_all_pixels_of_a_slice(shape):
    assert pixels(Rect.whole(shape)) == set(np.ndindex(shape))
    assert Rect.whole(shape).shape == shape


@given(rects | ends_in_any_order, rects | ends_in_any_order)
def test_a_union_is_the_smallest_rectangle_around_both(a, b):
    both = pixels(a) | pixels(b)
    union = pixels(a.union(b))
    assert union >= both
    assert bool(union) == bool(both)
    for axis in (0, 1) if both else ():
        along = [p[axis] for p in both]
        assert {p[axis] for p in union} == set(range(min(along), max(along) + 1))


@given(rects | ends_in_any_order, shapes)
def test_clipped_to_a_slice_the_rest_is_gone(rect, shape):
    clipped = rect.clipped(shape)
    assert pixels(clipped) == pixels(rect) & set(np.ndindex(shape))
    assert min(*clipped, *clipped.shape) >= 0


@given(rects | ends_in_any_order)
def test_slices_select_the_pixels(rect):
    inside = rect.clipped((5, 5))
    seen = np.zeros((5, 5), np.bool_)
    seen[inside.slices] = True
    assert set(map(tuple, np.argwhere(seen).tolist())) == pixels(inside)
    assert seen[inside.slices].shape == inside.shape or inside.empty


@given(rects, places, places)
def test_moved_all_its_pixels_are(rect, y, x):
    assert pixels(rect.moved(y, x)) == {(row + y, column + x) for row, column in pixels(rect)}


@given(rects, st.integers(0, 4))
def test_grown_it_holds_the_squares_around_its_pixels(rect, margin):
    if rect.empty:
        return
    around = range(-margin, margin + 1)
    expected = {(y + i, x + j) for y, x in pixels(rect) for i in around for j in around}
    assert pixels(rect.grown(margin)) == expected


@given(rects)
def test_processes_can_send_it_and_find_what_they_keep_under_it(rect):
    copy = pickle.loads(pickle.dumps(rect))
    assert isinstance(copy, Rect)
    assert {rect: 1}[copy] == 1
