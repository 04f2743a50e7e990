"""The fill brush against scipy's connected components."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import ndimage

from scseg.drawing.brush import paint
from scseg.drawing.fill_brush import FillBrush, alike_greys, alike_under_path, tolerance

SHAPE = (15, 17)
points = st.tuples(st.floats(-4, 19), st.floats(-4, 21))


def under(image, start, end, brush):
    mask = np.zeros(image.shape, np.uint8)
    alike_under_path(image, start, end, brush).paint(mask, 1)
    return mask == 1


def around(radius, grey, wide):
    return FillBrush(radius, grey - wide, grey + wide)


def grey_under(image, position):
    row, column = (
        min(max(math.floor(p + 0.5), 0), n - 1) for p, n in zip(position, image.shape, strict=True)
    )
    return float(image[row, column])


def without_pinholes(painted):
    """Fill the enclosed parts, side by side, of up to four pixels."""
    labels, count = ndimage.label(ndimage.binary_fill_holes(painted) & ~painted)
    small = [n for n in range(1, count + 1) if (labels == n).sum() <= 4]
    return painted | np.isin(labels, small)


def covered(start, end, radius):
    mask = np.zeros(SHAPE, np.uint8)
    paint(mask, start, end, radius, 1)
    return mask == 1


@given(points, st.floats(0, 9), st.floats(0, 2), st.integers(0, 99))
def test_a_click_paints_the_component_under_the_pointer(place, radius, wide, seed):
    image = np.random.default_rng(seed).normal(0, 1, SHAPE).astype(np.float32)
    grey = grey_under(image, place)
    brush = around(radius, grey, wide)
    alike = covered(place, place, radius) & (image >= grey - wide) & (image <= grey + wide)
    row, column = (math.floor(p + 0.5) for p in place)
    expected = np.zeros(SHAPE, np.bool_)
    if 0 <= row < SHAPE[0] and 0 <= column < SHAPE[1]:
        labels, _ = ndimage.label(alike)
        expected = labels == labels[row, column]
    assert np.array_equal(under(image, place, place, brush), without_pinholes(expected))


@given(points, points, st.floats(1, 6), st.integers(0, 99))
def test_each_painted_component_meets_the_path(start, end, radius, seed):
    image = np.random.default_rng(seed).normal(0, 1, SHAPE)
    brush = around(radius, 0.0, 0.8)
    labels, count = ndimage.label(covered(start, end, radius) & (np.abs(image) <= 0.8))
    path = covered(start, end, 0.0)
    met = [n for n in range(1, count + 1) if (path & (labels == n)).any()]
    expected = without_pinholes(np.isin(labels, met))
    assert np.array_equal(under(image, start, end, brush), expected)


@given(st.floats(-1e3, 1e3), st.integers(0, 20))
@example(0.0, 0)
def test_only_differences_count_not_where_zero_lies(shift, seed):
    image = np.random.default_rng(seed).integers(-40, 40, SHAPE).astype(np.float64)
    brush = around(6.0, image[7, 8], 20.0)
    moved = around(6.0, image[7, 8] + round(shift), 20.0)
    here = under(image, (7, 8), (7, 8), brush)
    assert np.array_equal(here, under(image + round(shift), (7, 8), (7, 8), moved))
    assert here[7, 8]


def test_a_dark_line_is_painted_and_its_surroundings_and_another_line_are_not():
    image = np.full((30, 30), 100, np.uint8)
    image[10:13], image[16:19] = 20, 20
    expected = np.zeros(image.shape, np.bool_)
    for column in range(30):
        expected[10:13, column] = [math.hypot(row - 11, column - 15) < 8 for row in (10, 11, 12)]
    brush = around(8.0, grey_under(image, (11, 15)), 10.0)
    assert np.array_equal(under(image, (11, 15), (11, 15), brush), expected)


def test_where_the_hand_leaves_the_line_nothing_is_spilt():
    image = np.zeros((30, 30))
    image[10:13] = 5.0
    assert not under(image, (20, 5), (20, 25), around(4.0, 5.0, 1.0)).any()


@pytest.mark.parametrize(
    ("sensitivity", "expected"), [(0.0, math.inf), (0.2, 12.0), (0.5, 3.0), (0.75, 1.0), (1.0, 0.0)]
)
def test_the_tolerance_falls_from_anything_to_nothing(sensitivity, expected):
    assert tolerance(sensitivity, 3.0) == pytest.approx(expected)


def test_at_no_sensitivity_the_brush_is_the_round_one():
    image = np.random.default_rng(0).normal(0, 1, SHAPE)
    brush = around(4.5, 0.0, tolerance(0.0, 1.0))
    assert np.array_equal(under(image, (3, 4), (9, 12.5), brush), covered((3, 4), (9, 12.5), 4.5))


def test_pixels_that_are_not_numbers_are_like_none():
    image = np.zeros(SHAPE)
    image[5] = np.nan
    mask = under(image, (7, 8), (7, 8), around(5.0, 0.0, 1.0))
    assert mask.any()
    assert not mask[:6].any()


@given(st.floats(-1e3, 1e3), st.floats(-3, 3), st.floats(0.05, 0.95))
def test_what_stands_out_more_is_alike_farther(zero, standing_out, sensitivity):
    """Limits of an image whose standard deviation is 2, and a target so many of those from its middle."""
    grey = zero + 2 * standing_out
    darkest, brightest = alike_greys(grey, (zero - 5.15, zero + 5.15), sensitivity)
    towards, away = brightest - grey, grey - darkest
    if standing_out > 0:
        towards, away = away, towards
    assert towards == pytest.approx(tolerance(sensitivity, 2.0), abs=1e-9)
    assert away == pytest.approx(towards * (1 + 3 * min(abs(standing_out), 1)), abs=1e-9)


@pytest.mark.parametrize("sensitivity", [0.0, 0.5, 1.0])
def test_on_an_image_of_one_grey_all_is_alike(sensitivity):
    darkest, brightest = alike_greys(7.0, (7.0, 7.0), sensitivity)
    assert darkest <= 7.0 <= brightest


def test_a_dark_membrane_in_noise_is_painted_without_pinholes_and_its_surroundings_are_not():
    rng = np.random.default_rng(5)
    noise = ndimage.gaussian_filter(rng.normal(0, 4.0, (60, 120)), 1)
    image = noise - 8.0 * np.exp(-(((np.arange(60) - 30) / 1.5) ** 2))[:, None]
    greys = alike_greys(-4.5, tuple(np.percentile(image, (0.5, 99.5))), 0.4)
    mask = np.zeros(image.shape, np.uint8)
    for x in range(10, 110):
        alike_under_path(image, (30, x), (30, x + 1), FillBrush(6.0, *greys)).paint(mask, 1)
    painted = mask == 1
    assert painted[29:32, 10:110].mean() > 0.97
    assert np.array_equal(without_pinholes(painted), painted)
    assert painted[[25, 26, 34, 35], 20:100].mean() < 0.4
