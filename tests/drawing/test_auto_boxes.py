"""Boxes along annotation, and negatives: what must hold for any drawing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import cdist, pdist

from scseg.base.rect import Rect
from scseg.drawing.auto_boxes import boxes_along, moved_in, negative_boxes, occupied_with

SHAPE = (40, 50)
NONE = np.empty((0, 2), np.int64)
rectangles = st.lists(
    st.tuples(st.integers(0, 39), st.integers(0, 49), st.integers(1, 20)), max_size=5
)
centres = st.lists(st.tuples(st.integers(-5, 45), st.integers(-5, 55)), max_size=4)
spacings = st.floats(1, 30)


def drawing(squares):
    drawn = np.zeros(SHAPE, np.bool_)
    for y, x, side in squares:
        drawn[y : y + side, x : x + side // 3 + 1] = True
    return drawn


def as_centres(places):
    return np.array(places, np.int64).reshape(-1, 2)


@given(rectangles, spacings, centres)
def test_boxes_are_apart_and_no_drawn_pixel_is_far_from_all(squares, spacing, places):
    drawn, present = drawing(squares), as_centres(places)
    found = boxes_along(drawn, spacing, present)
    assert drawn[found[:, 0], found[:, 1]].all()
    assert not len(found) or len(found) == 1 or pdist(found).min() >= spacing
    every = np.concatenate([found, present])
    if len(found) and len(present):
        assert cdist(found, present).min() >= spacing
    if drawn.any():
        assert cdist(np.argwhere(drawn), every).min(axis=1).max() < spacing


@given(rectangles, spacings)
def test_asked_again_there_is_nothing_to_add(squares, spacing):
    drawn = drawing(squares)
    found = boxes_along(drawn, spacing, NONE)
    assert len(boxes_along(drawn, spacing, found)) == 0


@given(rectangles, st.integers(1, 60), spacings)
def test_boxes_on_what_was_moved_in_are_inside_and_hold_what_was_drawn(squares, box, spacing):
    drawn = drawing(squares)
    moved = moved_in(drawn, box)
    found = boxes_along(moved, spacing, NONE)
    assert len(found) or not drawn.any()
    for centre in found:
        low = centre - box // 2
        for start, length in zip(low, SHAPE, strict=True):
            assert length < box or 0 <= start <= length - box
        (top, left), (end, right) = np.maximum(low, 0), low + box
        assert drawn[top:end, left:right].any()
    assert len(boxes_along(moved, spacing, found)) == 0


def test_what_is_far_from_the_edges_is_not_moved():
    drawn = drawing([(0, 0, 12), (20, 20, 6)])
    moved = moved_in(drawn, 8)
    assert np.array_equal(moved[4:37, 4:47], drawn[4:37, 4:47])
    assert not moved[:4].any()


def test_along_a_curved_membrane_they_are_in_its_middle_at_even_distances():
    y, x = np.indices((400, 400))
    radius = np.hypot(y - 390, x - 200)
    arc = (np.abs(radius - 150) < 4) & (y < 390)
    found = boxes_along(arc, 32.0, NONE)
    assert (np.abs(np.hypot(*(found - (390, 200)).T) - 150) <= 1.5).all()
    angles = np.sort(np.arctan2(*(found - (390, 200)).T))
    steps = np.diff(angles) * 150
    assert np.median(steps) == pytest.approx(32.0, abs=1.5)
    assert len(found) >= 0.8 * np.pi * 150 / 32


views = st.builds(
    lambda y, x, height, width: Rect(y, x, y + height, x + width),
    st.integers(-9, 30),
    st.integers(-9, 40),
    st.integers(0, 60),
    st.integers(0, 60),
)


@given(rectangles, views, st.integers(1, 20), st.integers(0, 12), st.integers(0, 99))
def test_negatives_lie_in_the_view_hold_nothing_and_do_not_overlap(squares, view, box, count, seed):
    drawn = drawing(squares)
    found = negative_boxes(drawn, view, box, count, seed)
    assert len(found) <= count
    inside = np.zeros(SHAPE, np.bool_)
    inside[view.clipped(SHAPE).slices] = True
    times = np.zeros(SHAPE, int)
    for y, x in found - box // 2:
        assert y >= 0
        assert x >= 0
        assert inside[y : y + box, x : x + box].sum() == box * box
        assert not drawn[y : y + box, x : x + box].any()
        times[y : y + box, x : x + box] += 1
    assert times.max() <= 1
    if len(found) < count:
        assert not room_for_another(drawn | (times > 0) | ~inside, box)


def room_for_another(blocked, box):
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(blocked, 0), (box, box))
    return not windows.any(axis=(2, 3)).all()


def test_one_seed_one_result_and_another_seed_another():
    drawn, view = drawing([(10, 10, 9)]), Rect.whole(SHAPE)
    once, again, other = (negative_boxes(drawn, view, 5, 8, seed) for seed in (3, 3, 4))
    assert np.array_equal(once, again)
    assert not np.array_equal(once, other)
    assert len(once) == 8


@given(centres, st.integers(1, 12))
def test_boxes_present_are_occupied(places, box):
    drawn = drawing([(3, 4, 5)])
    occupied = occupied_with(as_centres(places), box, drawn)
    expected = drawn.copy()
    for y, x in places:
        for row, column in np.ndindex(SHAPE):
            low_y, low_x = y - box // 2, x - box // 2
            expected[row, column] |= low_y <= row < low_y + box and low_x <= column < low_x + box
    assert np.array_equal(occupied, expected)


@given(arrays(np.bool_, (6, 7)))
def test_boxes_along_anything_at_least_spacing_cover_single_pixels(drawn):
    found = boxes_along(drawn, 1.0, NONE)
    assert sorted(map(tuple, found.tolist())) == sorted(map(tuple, np.argwhere(drawn).tolist()))
