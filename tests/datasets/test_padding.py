"""What is padding, and what only looks like it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter, rotate

from scseg.datasets.padding import padding_of, specimen_of
from tests.datasets.paddings import KINDS, outside

SHAPE = (200, 240)


def noise(rng, dtype=np.float32, shape=SHAPE, width=9.0):
    values = rng.normal(40.0, width, shape)
    return values.round().astype(dtype) if np.dtype(dtype).kind in "iu" else values.astype(dtype)


@pytest.mark.parametrize("value", [0.0, 40.0, np.nan])
@pytest.mark.parametrize("fraction", [0.05, 0.17, 0.35, 0.6])
@pytest.mark.parametrize("kind", KINDS)
def test_it_is_found_to_the_voxel(rng, kind, fraction, value):
    image, padded = noise(rng), outside(kind, fraction, *SHAPE)
    image[padded] = value
    assert np.array_equal(padding_of(image), padded)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16, np.uint16])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", [0, 40])
def test_in_whole_numbers_what_touches_it_may_have_its_value_too(rng, dtype, kind, value):
    image, padded = noise(rng, dtype), outside(kind, 0.17, *SHAPE)
    image[padded] = value
    assert (image[~padded] == 40).mean() > 0.02
    found = padding_of(image)
    assert found[padded].all()
    assert found[~padded].mean() < 0.005


@pytest.mark.parametrize("shape", [(24, 24), (40, 64), (64, 64), (500, 90), (928, 960)])
@pytest.mark.parametrize("kind", KINDS)
def test_in_slices_of_all_sizes(rng, shape, kind):
    image, padded = noise(rng, shape=shape), outside(kind, 0.25, *shape)
    image[padded] = 0
    assert np.array_equal(padding_of(image), padded)


@pytest.mark.parametrize("angle", [2, 10, 45, 80])
def test_of_a_slice_that_was_rotated(rng, angle):
    image = rotate(noise(rng), angle, reshape=False, order=0, cval=-7.0)
    assert np.array_equal(padding_of(image), image == -7.0)


def test_sides_of_different_values(rng):
    image = noise(rng)
    image[:20], image[-30:] = 0.0, 41.0
    found = padding_of(image)
    assert found[:20].all()
    assert found[-30:].all()
    assert not found[20:-30].any()


def test_a_slice_of_one_value_is_padding_all_over():
    assert padding_of(np.zeros((30, 40), np.float32)).all()
    assert padding_of(np.full((30, 40), np.nan, np.float32)).all()


@pytest.mark.parametrize("hole", [np.s_[50:90, 60:100], np.s_[0:5, 60:65]])
def test_a_hole_in_the_specimen_or_a_notch_in_its_edge_is_none(rng, hole):
    image = noise(rng)
    image[hole] = 0.0
    assert padding_of(image) is None


def test_beside_padding_a_hole_of_its_value_is_none(rng):
    image = noise(rng)
    image[50:90, 60:100] = image[:, :12] = 0.0
    found = padding_of(image)
    assert found[:, :12].all()
    assert not found[:, 12:].any()


@pytest.mark.parametrize("width", [0.3, 0.5, 1.0, 3.0, 20.0])
def test_noise_in_few_steps_has_none(rng, width):
    for _ in range(5):
        assert padding_of(noise(rng, np.int8, width=width)) is None


@pytest.mark.parametrize("sigma", [2, 5, 15])
@pytest.mark.parametrize("steps", [0.7, 2, 6, 20])
def test_a_smooth_slice_in_few_steps_has_none(rng, sigma, steps):
    smooth = gaussian_filter(rng.normal(size=(300, 320)), sigma)
    assert padding_of((steps * smooth / smooth.std()).round().astype(np.int8)) is None


@pytest.mark.parametrize("axis", [0, 1])
def test_a_slice_that_changes_along_one_axis_alone_has_none(axis):
    ramp = np.arange(80, dtype=np.float32)
    assert (
        padding_of(np.ascontiguousarray(np.broadcast_to(ramp, (80, 80)).swapaxes(0, axis))) is None
    )


@pytest.mark.parametrize("clipped", [0.1, 0.5, 0.8, 0.95])
@pytest.mark.parametrize("value", [0, 255])
def test_grey_values_that_were_clipped_at_an_edge_are_none(rng, clipped, value):
    """Carbon or ice at a border, whose noise reaches out of what is black or white."""
    image = rng.integers(1, 255, SHAPE).astype(np.uint8)
    dark = outside("one corner", 0.2, *SHAPE)
    image[dark & (rng.random(SHAPE) < clipped)] = value
    assert padding_of(image) is None


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1), (3, 3), (7, 7)])
def test_tiny_slices(rng, shape):
    assert padding_of(noise(rng, shape=shape)) is None


def test_what_is_left_of_a_mask_is_no_specimen(rng):
    labels = np.zeros(5000, np.float32)
    labels[:900] = rng.integers(1, 5, 900)
    assert specimen_of(labels, labels == 0) is None
    assert specimen_of(labels, np.ones(5000, bool)) is None
    assert specimen_of(labels, None) is None
    values = rng.normal(size=5000).astype(np.float32)
    assert np.array_equal(specimen_of(values, values < 0), values[values >= 0])
