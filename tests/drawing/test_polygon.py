"""The lasso against a crossing count for every pixel, in exact arithmetic."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scseg.drawing.polygon import polygon_interior

SHAPE = (9, 11)
halves = st.integers(-6, 28).map(lambda n: n / 2)
corners = st.lists(st.tuples(halves, halves), max_size=9)
inside_corners = st.tuples(st.floats(0, 8), st.floats(0, 10))


def within(polygon, shape=SHAPE):
    mask = np.zeros(shape, np.uint8)
    polygon_interior(shape, polygon).paint(mask, 1)
    return mask == 1


def crossings_to_the_left(pixel, polygon):
    """Count the sides that a ray from a pixel's centre, or at it, crosses towards lower x."""
    y, x = map(Fraction, pixel)
    count = 0
    for here, there in zip(polygon, [*polygon[1:], *polygon[:1]], strict=True):
        (y0, x0), (y1, x1) = sorted([tuple(map(Fraction, here)), tuple(map(Fraction, there))])
        if y0 <= y < y1:
            count += x0 + (y - y0) * (x1 - x0) / (y1 - y0) <= x
    return count


@given(corners)
def test_even_odd_for_every_pixel(polygon):
    odd = [crossings_to_the_left(pixel, polygon) % 2 == 1 for pixel in np.ndindex(SHAPE)]
    expected = np.array(odd).reshape(SHAPE) & (len(polygon) > 2)
    assert np.array_equal(within(polygon), expected)


@given(st.lists(inside_corners, min_size=3, max_size=8), st.integers(0, 8))
def test_neither_start_nor_direction_matters(polygon, first):
    turned = polygon[first:] + polygon[:first]
    assert np.array_equal(within(polygon), within(turned))
    assert np.array_equal(within(polygon), within(polygon[::-1]))


@given(st.floats(0, 7), st.floats(0, 9), inside_corners)
def test_polygons_with_common_sides_neither_overlap_nor_leave_gaps(y, x, meeting):
    frame = [(y - 9.0, x - 11.0), (y - 9.0, x + 13.0), (y + 10.0, x + 13.0), (y + 10.0, x - 11.0)]
    parts = [within([frame[i - 1], frame[i], meeting]) for i in range(4)]
    assert np.array_equal(sum(part.astype(int) for part in parts), np.ones(SHAPE, int))


def test_what_is_enclosed_twice_is_outside():
    pentagram = [(50 - 40 * np.cos(a), 50 + 40 * np.sin(a)) for a in np.arange(5) * 0.8 * np.pi]
    mask = within(pentagram, (100, 100))
    assert not mask[50, 50]
    assert mask[20, 50]


def test_a_circle_of_many_corners_has_the_area_of_a_circle():
    angles = np.linspace(0, 2 * np.pi, 1000)
    circle = [(200.3 + 150 * np.sin(a), 199.6 + 150 * np.cos(a)) for a in angles]
    assert within(circle, (400, 400)).sum() == pytest.approx(np.pi * 150**2, rel=1e-3)


@pytest.mark.parametrize("polygon", [[], [(1, 1)], [(1, 1), (5, 5)], [(3, 3)] * 5, [(99, 99)] * 3])
def test_without_an_interior_there_is_nothing(polygon):
    assert not within(polygon).any()


def test_decimal_corners_of_a_common_side_round_alike(rng):
    shape = (40, 50)
    for _ in range(2000):
        a, b, c, d = (tuple(corner) for corner in rng.uniform(1, 38, (4, 2)).round(1).tolist())
        masks = []
        for corners in ((a, b, c, d), (a, b, c), (a, c, d)):
            mask = np.zeros(shape, np.uint8)
            polygon_interior(shape, corners).paint(mask, 1)
            masks.append(mask)
        assert np.array_equal(masks[0], masks[1] ^ masks[2])
