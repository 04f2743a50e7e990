"""Interpolation: shapes whose intermediate is known, and what must hold for any."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

from scseg.drawing.interpolation import interpolate_masks

Y, X = np.indices((120, 130))
masks = arrays(np.uint8, (12, 11), elements=st.sampled_from([0, 0, 1, 2]))
discs = st.tuples(st.integers(20, 100), st.integers(20, 110), st.floats(2, 18))


def disc(y, x, radius):
    return ((Y - y) ** 2 + (X - x) ** 2 < radius**2).astype(np.uint8)


def ring(radius, half_width):
    return disc(60, 65, radius + half_width) - disc(60, 65, radius - half_width)


def membrane(x):
    """A curved membrane, 5 pixels thick, that crosses the row 60 at x."""
    return (np.abs(X - x - 8 * np.sin((Y - 60) / 15)) < 2.5).astype(np.uint8)


def mean_of_signed_distances(a, b, t):
    def signed(pixels):
        padded = np.pad(pixels, 20)
        to_inside = ndimage.distance_transform_edt(~padded)
        to_outside = ndimage.distance_transform_edt(padded)
        return np.where(padded, 0.5 - to_outside, to_inside - 0.5)[20:-20, 20:-20]

    return (1 - t) * signed(a) + t * signed(b) < 0


@pytest.mark.parametrize(("small", "large"), [(5, 25), (10, 50), (20, 22), (8, 8)])
@pytest.mark.parametrize("count", [1, 4, 9])
def test_between_circles_the_radius_is_linear(small, large, count):
    for i, mask in enumerate(interpolate_masks(disc(60, 65, small), disc(60, 65, large), count), 1):
        radius = small + (large - small) * i / (count + 1)
        assert (disc(60, 65, radius - 1) <= mask).all()
        assert (mask <= disc(60, 65, radius + 1)).all()


def test_between_the_walls_of_a_growing_vesicle_lies_a_wall_as_thick():
    for i, mask in enumerate(interpolate_masks(ring(25, 3), ring(40, 3), 4), 1):
        radius = 25 + 3 * i
        assert (ring(radius, 2) <= mask).all()
        assert (mask <= ring(radius, 4)).all()


@pytest.mark.parametrize("moved", [3, 8, 20])
def test_a_membrane_that_moves_by_more_than_its_thickness_is_followed(moved):
    first, last = membrane(45), membrane(45 + moved)
    rows = slice(20, 100)
    for i, mask in enumerate(interpolate_masks(first, last, 4), 1):
        expected = membrane(45 + moved * i / 5)
        near = ndimage.binary_dilation(expected, iterations=2)
        assert not (mask.astype(bool) & ~near)[rows].any()
        assert ndimage.binary_dilation(mask, iterations=2)[rows][expected[rows] == 1].all()
        assert int(mask[rows].sum()) == pytest.approx(int(expected[rows].sum()), rel=0.15)


@given(discs, st.floats(0, 2 * np.pi), st.floats(0.1, 1), st.floats(0, 1))
def test_between_nested_discs_it_is_nested(outer, angle, share, aside):
    y, x, radius = outer
    off = radius * (1 - share) * aside
    small, large = (
        disc(y + off * np.sin(angle), x + off * np.cos(angle), share * radius),
        disc(*outer),
    )
    masks = [small, *interpolate_masks(small, large, 3), large]
    for inner, outer_mask in itertools.pairwise(masks):
        assert (small <= inner).all()
        assert (inner <= ndimage.binary_dilation(outer_mask)).all()
        assert inner.sum() <= outer_mask.sum() + 4


@given(masks, masks, st.integers(1, 5))
def test_what_both_slices_have_stays_and_the_signed_distances_agree(first, last, count):
    for i, mask in enumerate(interpolate_masks(first, last, count), 1):
        assert (mask[(first == 1) & (last == 1)] == 1).all()
        assert mask[(first == 2) & (last == 2)].all()
        if (first == 1).any() and (last == 1).any():
            at_least = mean_of_signed_distances(first == 1, last == 1, i / (count + 1))
            assert (mask[at_least] == 1).all()


@given(masks, masks, st.integers(1, 4))
def test_backwards_it_is_the_same(first, last, count):
    there = list(interpolate_masks(first, last, count))
    back = list(interpolate_masks(last, first, count))
    assert len(there) == count
    for a, b in zip(there, reversed(back), strict=True):
        assert (a != b).mean() <= 0.05  # t and 1 - t round differently


@given(masks, st.integers(1, 4))
def test_between_equal_slices_nothing_changes_but_gaps_of_a_pixel(mask, count):
    for between in interpolate_masks(mask, mask, count):
        assert (between[mask == 1] == 1).all()
        assert (between[mask == 2] > 0).all()


@given(masks, st.sampled_from([1, 2]))
def test_of_a_label_on_one_slice_only_nothing_is_between(mask, label):
    other = np.where(mask == label, 0, mask).astype(np.uint8)
    for a, b in ((mask, other), (other, mask)):
        assert all((between != label).all() for between in interpolate_masks(a, b, 3))


def test_inputs_are_left_alone_and_the_ends_are_neared():
    first, last = disc(60, 50, 20), disc(62, 58, 24)
    copies = first.copy(), last.copy()
    found = list(interpolate_masks(first, last, 39))
    assert np.array_equal(first, copies[0])
    assert np.array_equal(last, copies[1])
    assert (found[0] != first).sum() < 0.03 * first.sum()
    assert (found[-1] != last).sum() < 0.03 * last.sum()


def test_another_thing_far_away_does_not_fly_across():
    first, last = disc(20, 20, 8), disc(20, 20, 8) | disc(95, 100, 8)
    for mask in interpolate_masks(first, last, 3):
        assert np.array_equal(mask, first)
