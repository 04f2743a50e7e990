"""Filters as data: kernels as SciPy has them, and edits of a stack."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from scseg.base.resources import resource_path
from scseg.state import filters
from scseg.state.filters import KINDS, Filter

stacks = st.lists(
    st.builds(Filter, st.just("box"), st.tuples(st.integers(2, 64)), st.sampled_from([0.0, 0.5]))
).map(tuple)


def correlated(image, one):
    """Do what the shader does, with SciPy's correlation."""
    kernels = filters.kernels(one)
    results = []
    for column in range(2):
        along_x, along_y = kernels.along_x[:, column], kernels.along_y[:, column]
        half = ndimage.correlate1d(image, along_x, 1, mode="nearest")
        results.append(ndimage.correlate1d(half, along_y, 0, mode="nearest"))
    return np.hypot(*results) if kernels.magnitude else results[0] + results[1]


@given(st.floats(0.1, 20.0))
def test_a_gaussian_has_the_taps_of_scipy(sigma):
    impulse = np.zeros(201)
    impulse[100] = 1.0
    taps = ndimage.gaussian_filter1d(impulse, sigma)
    ours = filters.gaussian(sigma)
    radius = len(ours) // 2
    np.testing.assert_allclose(ours, taps[100 - radius : 101 + radius], atol=1e-15)
    assert not taps[: 100 - radius].any()


@pytest.mark.parametrize("shape", [(20, 31), (1, 9), (7, 1), (33, 32)])
def test_kernels_filter_as_scipy_does(rng, shape):
    image = rng.normal(100, 5, shape)
    near = {"mode": "nearest"}
    narrow, wide = (ndimage.gaussian_filter(image, sigma, **near) for sigma in (1.3, 0.6))
    expected = {
        Filter("gaussian", (1.3,)): narrow,
        Filter("difference", (1.3, 0.6)): narrow - wide,
        Filter("box", (5,)): ndimage.uniform_filter(image, 5, **near),
        Filter("box", (4,)): ndimage.uniform_filter(image, 4, **near),
        Filter("sobel"): np.hypot(
            ndimage.sobel(image, 0, mode="nearest"), ndimage.sobel(image, 1, mode="nearest")
        ),
    }
    for one, truth in expected.items():
        np.testing.assert_allclose(correlated(image, one), truth, atol=1e-10, err_msg=str(one))


@pytest.mark.parametrize("kind", KINDS)
def test_no_kernel_is_longer_than_the_shader_takes(kind):
    code = resource_path("shaders/filter.frag").read_text("utf-8")
    (room,) = re.findall(r"const int MOST_TAPS = (\d+);", code)
    assert int(room) == filters.MOST_TAPS
    widest = Filter(kind, tuple(parameter.highest for parameter in KINDS[kind].parameters))
    kernels = filters.kernels(widest)
    assert max(len(kernels.along_x), len(kernels.along_y)) <= filters.MOST_TAPS


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_filter_is_legal_and_on_with_full_weight(kind):
    one = filters.usual(kind)
    assert one == filters.legal(one)
    assert (one.weight, one.on) == (1.0, True)
    assert filters.effective((one,)) == (one,)


def test_numbers_out_of_range_come_to_its_ends():
    assert filters.legal(Filter("gaussian", (-3.0,), 7.0)) == Filter("gaussian", (0.1,), 1.0)
    assert filters.legal(Filter("gaussian", (99.0,), -1.0)) == Filter("gaussian", (20.0,), 0.0)
    assert filters.legal(Filter("box", (4.6,))) == Filter("box", (5,))


def test_parameters_of_another_kind_are_refused():
    with pytest.raises(ValueError, match="parameters of its kind"):
        filters.kernels(Filter("sobel", (1.0,)))


@given(stacks, st.data())
def test_a_moved_filter_comes_to_its_place_and_the_rest_keeps_its_order(stack, data):
    stack = filters.added(stack, "sobel")
    index = data.draw(st.integers(0, len(stack) - 1))
    by = data.draw(st.integers(-9, 9))
    moved = filters.moved(stack, index, by)
    place = min(max(index + by, 0), len(stack) - 1)
    assert moved[place] is stack[index]
    assert filters.removed(moved, place) == filters.removed(stack, index)


@given(stacks, st.data())
def test_replacing_touches_one_filter_alone(stack, data):
    stack = filters.added(stack, "sobel")
    index = data.draw(st.integers(0, len(stack) - 1))
    new = filters.replaced(stack, index, Filter("gaussian", (99.0,)))
    assert new[index] == Filter("gaussian", (20.0,))
    assert filters.removed(new, index) == filters.removed(stack, index)


def test_what_is_off_or_weighs_nothing_has_no_effect():
    on, off = Filter("sobel"), Filter("sobel", on=False)
    weightless = Filter("box", (3,), weight=0.0)
    assert filters.effective((off, on, weightless)) == (on,)
    assert filters.keeps_range((off, Filter("gaussian", (1.0,)), weightless))
    assert not filters.keeps_range((on,))
