"""The fill brush against scipy's connected components."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import ndimage

from scseg.drawing.brush import paint
from scseg.drawing.fill_brush import FillBrush, alike_under_path, grey_under, tolerance

SHAPE = (15, 17)
points = st.tuples(st.floats(-4, 19), st.floats(-4, 21))


def under(image, start, end, brush):
    mask = np.zeros(image.shape, np.uint8)
    alike_under_path(image, start, end, brush).paint(mask, 1)
    return mask == 1


def covered(start, end, radius):
    mask = np.zeros(SHAPE, np.uint8)
    paint(mask, start, end, radius, 1)
    return mask == 1


@given(points, st.floats(0, 9), st.floats(0, 2), st.integers(0, 99))
def test_a_click_paints_the_component_under_the_pointer(place, radius, wide, seed):
    image = np.random.default_rng(seed).normal(0, 1, SHAPE).astype(np.float32)
    brush = FillBrush(radius, grey_under(image, place), wide)
    alike = covered(place, place, radius) & (np.abs(image - brush.grey) <= wide)
    row, column = (math.floor(p + 0.5) for p in place)
    expected = np.zeros(SHAPE, np.bool_)
    if 0 <= row < SHAPE[0] and 0 <= column < SHAPE[1]:
        labels, _ = ndimage.label(alike)
        expected = labels == labels[row, column]
    assert np.array_equal(under(image, place, place, brush), expected)


@given(points, points, st.floats(1, 6), st.integers(0, 99))
def test_each_painted_component_meets_the_path(start, end, radius, seed):
    image = np.random.default_rng(seed).normal(0, 1, SHAPE)
    brush = FillBrush(radius, 0.0, 0.8)
    labels, count = ndimage.label(covered(start, end, radius) & (np.abs(image) <= 0.8))
    path = covered(start, end, 0.0)
    met = [n for n in range(1, count + 1) if (path & (labels == n)).any()]
    assert np.array_equal(under(image, start, end, brush), np.isin(labels, met))


@given(st.floats(-1e3, 1e3), st.integers(0, 20))
@example(0.0, 0)
def test_only_differences_count_not_where_zero_lies(shift, seed):
    image = np.random.default_rng(seed).integers(-40, 40, SHAPE).astype(np.float64)
    brush = FillBrush(6.0, image[7, 8], 20.0)
    moved = FillBrush(6.0, image[7, 8] + round(shift), 20.0)
    here = under(image, (7, 8), (7, 8), brush)
    assert np.array_equal(here, under(image + round(shift), (7, 8), (7, 8), moved))
    assert here[7, 8]


def test_a_dark_line_is_painted_and_its_surroundings_and_another_line_are_not():
    image = np.full((30, 30), 100, np.uint8)
    image[10:13], image[16:19] = 20, 20
    expected = np.zeros(image.shape, np.bool_)
    for column in range(30):
        expected[10:13, column] = [math.hypot(row - 11, column - 15) < 8 for row in (10, 11, 12)]
    brush = FillBrush(8.0, grey_under(image, (11, 15)), 10.0)
    assert np.array_equal(under(image, (11, 15), (11, 15), brush), expected)


def test_where_the_hand_leaves_the_line_nothing_is_spilt():
    image = np.zeros((30, 30))
    image[10:13] = 5.0
    assert not under(image, (20, 5), (20, 25), FillBrush(4.0, 5.0, 1.0)).any()


@pytest.mark.parametrize(
    ("sensitivity", "expected"), [(0.0, math.inf), (0.2, 12.0), (0.5, 3.0), (0.75, 1.0), (1.0, 0.0)]
)
def test_the_tolerance_falls_from_anything_to_nothing(sensitivity, expected):
    assert tolerance(sensitivity, 3.0) == pytest.approx(expected)


def test_at_no_sensitivity_the_brush_is_the_round_one():
    image = np.random.default_rng(0).normal(0, 1, SHAPE)
    brush = FillBrush(4.5, 0.0, tolerance(0.0, 1.0))
    assert np.array_equal(under(image, (3, 4), (9, 12.5), brush), covered((3, 4), (9, 12.5), 4.5))


def test_pixels_that_are_not_numbers_are_like_none():
    image = np.zeros(SHAPE)
    image[5] = np.nan
    mask = under(image, (7, 8), (7, 8), FillBrush(5.0, 0.0, 1.0))
    assert mask.any()
    assert not mask[:6].any()


@pytest.mark.parametrize(
    ("place", "value"), [((1.4, 2.5), 7), ((-9, -9), 0), ((99, 1.2), 9), ((0.5, 0.49), 4)]
)
def test_the_grey_under_a_place_is_that_of_the_nearest_pixel(place, value):
    assert grey_under(np.arange(12).reshape(3, 4), place) == value
