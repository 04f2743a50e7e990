"""Changing pixel sizes: exact positions, no edge effects, the same for boxes as for slices."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scseg.base.labels import IGNORE
from scseg.datasets.resampling import (
    AREA,
    GREY,
    PREDICTION,
    apix_differs,
    resample,
    resample_slice,
    restore_slice,
    slice_shape,
)
from scseg.datasets.training_sets.labelling import BoxGrid, TrainingBox, box_images
from tests.datasets.makers import one_label

STEPS = st.floats(0.4, 3.0)


@given(st.integers(1, 60), st.integers(1, 60), STEPS)
def test_a_constant_stays_constant(height, width, step):
    image = np.full((height, width), 3.5, np.float32)
    for kernel in (GREY, PREDICTION, AREA):
        np.testing.assert_allclose(resample_slice(image, step, kernel), 3.5, rtol=1e-5)


@example(1.4100250626566417, 20.5, 20.5)
@given(STEPS, st.floats(20, 40), st.floats(20, 40))
def test_a_linear_ramp_is_read_at_the_stated_positions(step, centre_y, centre_x):
    y, x = np.mgrid[0:100, 0:100].astype(np.float32)
    size = 9
    expected_y = centre_y + (np.arange(size) - (size - 1) / 2) * step
    expected_x = centre_x + (np.arange(size) - (size - 1) / 2) * step
    box = resample(2 * y - x, (centre_y, centre_x), (size, size), step)
    # The widened kernel, taken at whole pixels, reads up to 0.03 px beside the position.
    np.testing.assert_allclose(box, 2 * expected_y[:, None] - expected_x, atol=3 * 0.033)


@given(st.integers(40, 90), st.integers(40, 90), STEPS, st.data())
def test_a_box_equals_the_same_box_cut_from_the_resampled_slice(height, width, step, data):
    image = np.random.default_rng(height * width).normal(size=(height, width)).astype(np.float32)
    whole = resample_slice(image, step)
    size = data.draw(st.integers(1, min(whole.shape)))
    top = data.draw(st.integers(0, whole.shape[0] - size))
    left = data.draw(st.integers(0, whole.shape[1] - size))
    # Where the middle of that box lies in the slice's own pixels.
    centre = tuple(
        (length - 1) / 2 + (first + (size - 1) / 2 - (count - 1) / 2) * step
        for length, first, count in zip(image.shape, (top, left), whole.shape, strict=True)
    )
    box = resample(image, centre, (size, size), step)
    np.testing.assert_allclose(box, whole[top : top + size, left : left + size], atol=2e-5)


@given(st.integers(1, 40), st.integers(1, 40), st.data())
def test_without_resampling_a_box_is_the_slice_itself_mirrored_beyond_its_edges(
    height, width, data
):
    image = np.random.default_rng(width).normal(size=(height, width)).astype(np.float32)
    size = data.draw(st.integers(1, 24))
    y, x = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
    padded = np.pad(image, size, mode="reflect")
    top, left = y - size // 2 + size, x - size // 2 + size
    expected = padded[top : top + size, left : left + size]
    (box,) = box_images(image, [TrainingBox(0, y, x)], BoxGrid(size))
    assert np.array_equal(box, expected)


def test_coarser_pixels_are_low_passed():
    y, x = np.mgrid[0:96, 0:96]
    checkerboard = np.where((y + x) % 2, 1.0, -1.0).astype(np.float32)
    assert np.abs(resample_slice(checkerboard, 3.0)).max() < 0.02


def test_a_smooth_image_survives_to_coarser_pixels_and_back():
    y, x = np.mgrid[0:120, 0:100]
    smooth = (0.5 + 0.4 * np.sin(x / 12.0) * np.cos(y / 15.0)).astype(np.float32)
    back = restore_slice(resample_slice(smooth, 1.5), smooth.shape, 1.5)
    assert np.abs(back - smooth)[8:-8, 8:-8].max() < 0.02


@given(st.integers(1, 50), st.integers(1, 50), STEPS)
def test_a_restored_prediction_has_the_slice_shape_and_stays_within_its_range(height, width, step):
    shape = slice_shape((height, width), step)
    prediction = np.random.default_rng(height).integers(0, 2, shape).astype(np.float32)
    back = restore_slice(prediction, (height, width), step)
    assert back.shape == (height, width)
    assert back.min() >= -1e-6
    assert back.max() <= 1 + 1e-6


@pytest.mark.parametrize("step", [2.0, 3.0])
def test_labels_go_by_the_fraction_of_area(step, rng):
    mask = (rng.random((60, 60)) < 0.5).astype(np.uint8)
    n, size = int(step), 8
    # A centre that puts output pixels onto whole blocks of input pixels.
    top = 12
    middle = top + (size * n - 1) / 2
    label = one_label(mask, TrainingBox(0, int(middle), int(middle)), BoxGrid(size, step))
    offset = int(middle) - middle
    assert abs(offset) <= 0.5
    shifted = [(top + offset + i * n, top + offset + (i + 1) * n) for i in range(size)]
    for i, (y0, y1) in enumerate(shifted):
        for j, (x0, x1) in enumerate(shifted):
            area = _covered(mask, y0, y1, x0, x1) / (n * n)
            if abs(area - 0.5) > 1e-4:
                assert label[i, j] == (area >= 0.5)


def _covered(mask, y0, y1, x0, x1):
    """Area of the mask in a rectangle whose edges are at pixel edges' coordinates (index - 0.5)."""
    total = 0.0
    for y in range(int(np.floor(y0)) - 1, int(np.ceil(y1)) + 1):
        for x in range(int(np.floor(x0)) - 1, int(np.ceil(x1)) + 1):
            height = max(0.0, min(y + 0.5, y1 - 0.5) - max(y - 0.5, y0 - 0.5))
            width = max(0.0, min(x + 0.5, x1 - 0.5) - max(x - 0.5, x0 - 0.5))
            total += height * width * mask[y, x]
    return total


def test_outside_the_slice_labels_are_ignored():
    mask = np.ones((20, 30), np.uint8)
    label = one_label(mask, TrainingBox(0, 0, 29), BoxGrid(8))
    assert (label[:4] == IGNORE).all()
    assert (label[:, 5:] == IGNORE).all()
    assert (label[4:, :5] == 1).all()


@pytest.mark.parametrize(
    ("a", "b", "expected"), [(10, 10.09, False), (10, 10.2, True), (10, 5, True)]
)
def test_pixel_sizes_differ_above_one_percent(a, b, expected):
    assert apix_differs(a, b) is expected
    assert apix_differs(b, a) is expected
