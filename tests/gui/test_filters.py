"""Filters on the graphics card give what SciPy gives."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from scseg.gui.gl.filters import FilteredSlice
from scseg.gui.gl.texture import ArrayTexture
from scseg.state.filters import Filter

pytestmark = pytest.mark.gui

SHAPES = [(1, 1), (1, 17), (23, 1), (2, 3), (64, 64), (97, 41), (30, 255)]
FILTERS = [
    Filter("gaussian", (0.1,)),
    Filter("gaussian", (1.1,)),
    Filter("gaussian", (20.0,)),
    Filter("difference", (1.0, 3.0)),
    Filter("difference", (6.5, 0.7)),
    Filter("box", (2,)),
    Filter("box", (3,)),
    Filter("box", (64,)),
    Filter("sobel"),
]


def scipy_filtered(image, one):
    match one.kind, one.parameters:
        case "gaussian", (sigma,):
            return ndimage.gaussian_filter(image, sigma, mode="nearest")
        case "difference", (fine, coarse):
            return ndimage.gaussian_filter(image, fine, mode="nearest") - ndimage.gaussian_filter(
                image, coarse, mode="nearest"
            )
        case "box", (size,):
            return ndimage.uniform_filter(image, size, mode="nearest")
        case "sobel", ():
            rows, columns = (ndimage.sobel(image, axis, mode="nearest") for axis in (0, 1))
            return np.hypot(rows, columns)


def truth(image, stack):
    result = image.astype(np.float64)
    for one in stack:
        if one.on:
            result = (1 - one.weight) * result + one.weight * scipy_filtered(result, one)
    return result


@pytest.fixture
def filtered(_graphics):
    """Return a function that filters an image on the graphics card."""
    texture, card = ArrayTexture(), FilteredSlice()
    revisions = iter(range(10**6))

    def run(image, stack):
        texture.put(image)
        card.update(texture, next(revisions), stack)
        return card.read_back()

    run.texture, run.card = texture, card
    yield run
    card.delete()
    texture.delete()


def assert_equal(found, image, stack, tolerance=1e-5):
    scale = float(np.ptp(image) or np.abs(image).max())
    error = np.abs(found - truth(image, stack)).max() / scale
    assert error < tolerance, f"{stack} errs by {error:.2g} of the range, image of {image.shape}"


@pytest.mark.parametrize("one", FILTERS, ids=str)
def test_each_filter_is_scipys_whatever_the_size(filtered, rng, one):
    for shape in SHAPES:
        image = rng.normal(0, 50, shape).astype(np.float32)
        assert_equal(filtered(image, (one,)), image, (one,))


@pytest.mark.parametrize("one", FILTERS, ids=str)
def test_grey_values_far_from_zero_keep_their_contrast(filtered, rng, one):
    image = rng.uniform(30_000, 30_100, (50, 61)).astype(np.float32)
    # 30,000 itself is stored as one of 512 numbers within 1.
    assert_equal(filtered(image, (one,)), image, (one,), tolerance=2e-4)


def test_weights_mix_and_filters_apply_in_order(filtered, rng):
    image = rng.uniform(0, 255, (48, 77)).astype(np.float32)
    stack = (
        Filter("box", (6,), 0.5),
        Filter("sobel", weight=0.3),
        Filter("gaussian", (2.0,), on=False),
        Filter("difference", (1.0, 4.0), 0.8),
        Filter("gaussian", (0.8,)),
    )
    for chosen in (stack, stack[:2], stack[::-1], stack[:1]):
        assert_equal(filtered(image, chosen), image, chosen)
    assert np.abs(truth(image, stack) - truth(image, stack[::-1])).max() > 1


def test_an_image_of_one_value_stays_or_vanishes(filtered):
    image = np.full((9, 14), 12345.0, np.float32)
    for one in FILTERS:
        expected = 12345.0 if one.kind in ("gaussian", "box") else 0.0
        np.testing.assert_allclose(filtered(image, (one,)), expected, atol=2e-3)


def test_without_an_effective_filter_there_is_nothing(filtered, rng):
    image = rng.normal(size=(5, 6)).astype(np.float32)
    assert filtered(image, ()) is None
    assert filtered(image, (Filter("sobel", on=False), Filter("box", (3,), 0.0))) is None
    assert filtered(image, (Filter("sobel"),)) is not None
    assert filtered(image, ()) is None


def test_equal_stacks_on_the_same_slice_are_not_filtered_again(filtered):
    texture, card = filtered.texture, filtered.card
    first, second = np.zeros((4, 4), np.float32), np.ones((4, 4), np.float32)
    texture.put(first)
    card.update(texture, "a", (Filter("box", (3,)),))
    texture.put(second)
    card.update(texture, "a", (Filter("box", (3,)), Filter("sobel", on=False)))
    assert not card.read_back().any()
    card.update(texture, "b", (Filter("box", (3,)),))
    assert card.read_back() == pytest.approx(second)
    texture.put(first)
    card.update(texture, "b", (Filter("box", (4,)),))
    assert not card.read_back().any()
