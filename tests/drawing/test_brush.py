"""The brush, pixel by pixel against the distance to the path in exact arithmetic."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from scipy import ndimage

from scseg.base.rect import Rect
from scseg.drawing.brush import paint, stroke_region, under_path

SHAPE = (12, 14)
CORNERS_TOO = np.ones((3, 3))

eighths = st.integers(-10 * 8, 24 * 8).map(lambda n: n / 8)
exact_points = st.tuples(eighths, eighths)
exact_radii = st.integers(6, 20 * 8).map(lambda n: n / 8)
floats = st.floats(-10, 24)
points = st.tuples(floats, floats)
radii = st.floats(0, 20)


def painted(start, end, radius, shape=SHAPE):
    mask = np.zeros(shape, np.uint8)
    paint(mask, start, end, radius, 1)
    return mask == 1


def squared_distance(pixel, start, end):
    """Return the exact squared distance of a pixel's centre to a line."""
    (y, x), (y0, x0), (y1, x1) = (tuple(map(Fraction, p)) for p in (pixel, start, end))
    length = (y1 - y0) ** 2 + (x1 - x0) ** 2
    t = ((y - y0) * (y1 - y0) + (x - x0) * (x1 - x0)) / length if length else Fraction(0)
    t = min(max(t, Fraction(0)), Fraction(1))
    return (y - y0 - t * (y1 - y0)) ** 2 + (x - x0 - t * (x1 - x0)) ** 2


def squared_distances(start, end, shape=SHAPE):
    values = [squared_distance(pixel, start, end) for pixel in np.ndindex(shape)]
    return np.array(values, object).reshape(shape)


@given(exact_points, exact_points, exact_radii)
@example((0, 0), (0, 0), 5)  # pixels at a distance of exactly 5
@example((5, 5), (9, 8), 5)  # and beside a line that is not level
@example((2, 3), (2, 11), 3)
@example((2, 3), (11, 3), 3)
@example((0, 0), (11, 11), 0.75)
def test_exactly_the_pixels_nearer_than_the_radius(start, end, radius):
    nearer = squared_distances(start, end) < Fraction(radius) ** 2
    assert np.array_equal(painted(start, end, radius), nearer)


@given(points, points, st.floats(0.75, 20))
@example((1.0, 0.0), (1.0 + 1e-7, 13.0), 3.0)
@example((1.3, 0.0), (1.3 + 1e-12, 13.0), 3.7)
@example((0.1, 3.0), (5.3, 3.0 + 1e-13), 1.1)
def test_any_numbers_up_to_rounding(start, end, radius):
    distance = np.sqrt(squared_distances(start, end).astype(float))
    told = np.abs(distance - radius) > 1e-6
    assert np.array_equal(painted(start, end, radius)[told], distance[told] < radius)


@given(exact_points, exact_points, st.integers(0, 5).map(lambda n: n / 8))
def test_a_thin_brush_draws_those_and_the_line_itself(start, end, radius):
    line = under_path(Rect.whole(SHAPE), start, end)
    nearer = squared_distances(start, end) < Fraction(radius) ** 2
    assert np.array_equal(painted(start, end, radius), nearer | line)


@given(points, points, radii)
def test_a_stroke_is_in_one_piece_and_the_pixels_under_its_ends_belong_to_it(start, end, radius):
    mask = painted(np.add(start, 12).tolist(), np.add(end, 12).tolist(), radius, (60, 60))
    assert ndimage.label(mask, CORNERS_TOO)[1] == 1
    for y, x in (start, end):
        assert mask[int(np.floor(y + 12.5)), int(np.floor(x + 12.5))]


@given(points, points, radii, st.sampled_from([0, 1, 2]))
def test_only_the_region_told_changes_and_only_to_the_value(start, end, radius, value):
    before = np.random.default_rng(1).integers(0, 3, SHAPE).astype(np.uint8)
    after = before.copy()
    region = paint(after, start, end, radius, value)
    assert region == stroke_region(SHAPE, start, end, radius)
    assert (after[after != before] == value).all()
    after[region.slices] = before[region.slices]
    assert np.array_equal(after, before)


@given(points, points, radii)
def test_the_region_is_tight_to_a_pixel(start, end, radius):
    assume(radius > 0.75)
    shifted = np.add(start, 40).tolist(), np.add(end, 40).tolist()
    region = stroke_region((120, 120), *shifted, radius)
    ys, xs = np.nonzero(painted(*shifted, radius, (120, 120)))
    assert region.y0 <= ys.min() <= region.y0 + 1
    assert region.x0 <= xs.min() <= region.x0 + 1
    assert ys.max() + 1 <= region.y1 <= ys.max() + 2
    assert xs.max() + 1 <= region.x1 <= xs.max() + 2


@given(points, points, radii)
def test_the_direction_of_a_step_does_not_matter(start, end, radius):
    assume(radius > 0.75)
    assert np.array_equal(painted(start, end, radius), painted(end, start, radius))


@pytest.mark.parametrize(
    "end", [(300.5, 1500.25), (1500.0, 20.5), (20.0, 1500.0), (700.25, 700.75)]
)
def test_a_long_fast_step_too(end):
    start, radius, shape = (20.0, 20.5), 7.5, (1600, 1600)
    y, x = np.indices(shape, dtype=float)
    down, across = np.subtract(end, start)
    t = ((y - start[0]) * down + (x - start[1]) * across) / (down**2 + across**2)
    t = t.clip(0, 1)
    distance = np.hypot(y - start[0] - t * down, x - start[1] - t * across)
    told = np.abs(distance - radius) > 1e-9
    assert np.array_equal(painted(start, end, radius, shape)[told], distance[told] < radius)


@pytest.mark.parametrize("place", [(-50, -50), (5, -9), (99, 5), (1e9, -1e9)])
def test_outside_of_the_slice_nothing_is_painted(place):
    mask = np.zeros(SHAPE, np.uint8)
    assert paint(mask, place, place, 3.0, 1).empty
    assert not mask.any()
