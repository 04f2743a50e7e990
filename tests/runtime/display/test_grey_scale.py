"""Grey values of any magnitude: what is uploaded has all their digits, and comes back as it was."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from scseg.runtime.display.grey_scale import AS_THEY_ARE, LARGEST, scale_of
from scseg.runtime.display.histogram import digits, number_format
from scseg.runtime.tomograms.slice_reader import measured
from scseg.state.filters import Filter

ORDINARY = [(0.0, 1.0), (160.0, 12.0), (30_000.0, 100.0), (-1e-3, 1e-4), (0.0, 32768.0)]
ODD = [(0.0, 1e-30), (0.0, 1e30), (1e6, 1.0), (-1e6, 1.0), (1e30, 1e28), (1e-30, 1e-32)]


def noise(rng, offset, width):
    return (offset + width * rng.normal(size=(60, 70))).astype(np.float32)


@pytest.mark.parametrize(("offset", "width"), ORDINARY)
def test_ordinary_grey_values_are_uploaded_as_they_are(rng, offset, width):
    image = measured(None, noise(rng, offset, width))
    assert scale_of(image) == AS_THEY_ARE
    assert AS_THEY_ARE.texels(image.values) is image.values
    assert AS_THEY_ARE.in_grey_values(image) is image


@pytest.mark.parametrize(("offset", "width"), ODD)
def test_others_are_uploaded_around_0_with_all_their_digits(rng, offset, width):
    image = measured(None, noise(rng, offset, width))
    scale = scale_of(image)
    texels = scale.texels(image.values)
    black, white = image.automatic
    expected = (image.values.astype(float) - (black + white) / 2) / (white - black)
    assert texels.dtype == np.float32
    assert texels == pytest.approx(expected, abs=1e-6)
    assert [scale.texel(each) for each in image.automatic] == pytest.approx([-0.5, 0.5])
    back = scale.in_grey_values(measured(None, texels))
    assert back.values == pytest.approx(image.values, rel=1e-6, abs=1e-6 * (white - black))
    assert back.automatic == pytest.approx(image.automatic, abs=1e-5 * (white - black))


def test_no_value_leaves_the_numbers_of_the_graphics_card(rng):
    values = noise(rng, 0.0, 1e-30)
    largest = np.finfo(np.float32).max
    values[0, :2] = largest, -largest
    image = measured(None, values)
    assert image.automatic[1] == pytest.approx(2.6e-30, rel=0.2)
    texels = scale_of(image).texels(values)
    assert texels[0, :2].tolist() == pytest.approx([LARGEST, -LARGEST])
    assert np.abs(texels[1:]).max() < 2
    assert scale_of(image).texel(1e300) == LARGEST


@pytest.mark.parametrize(
    "stack",
    [
        (Filter("gaussian", (2.0,)),),
        (Filter("difference", (1.0, 3.0)),),
        (Filter("difference", (1.0, 3.0), 0.3), Filter("gaussian", (1.0,), 0.5)),
        (Filter("sobel", weight=0.6), Filter("difference", (1.0, 2.0), 0.5)),
        (Filter("sobel", on=False),),
    ],
)
def test_filtered_texels_are_measured_in_grey_values(rng, stack):
    offset = 1e6
    image = measured(None, noise(rng, offset, 1.0))
    scale = scale_of(image)
    seen = scale.filtered(stack).in_grey_values(
        measured(None, through(stack, scale.texels(image.values)).astype(np.float32))
    )
    truth = through(stack, image.values.astype(float))
    assert seen.automatic == pytest.approx(np.percentile(truth, (0.5, 99.5)), abs=1e-3)
    assert seen.values == pytest.approx(truth, abs=0.1)


def through(stack, image):
    image = image.astype(float)
    for one in stack:
        if one.on:
            image = (1 - one.weight) * image + one.weight * filtered(image, one)
    return image


def filtered(image, one):
    if one.kind == "sobel":
        return np.hypot(*(ndimage.sobel(image, axis) for axis in (0, 1)))
    blurred = [ndimage.gaussian_filter(image, sigma) for sigma in one.parameters]
    return blurred[0] if one.kind == "gaussian" else blurred[0] - blurred[1]


@pytest.mark.parametrize(
    ("low", "high", "written"),
    [
        (0.0, 208.0, "%.1f"),
        (-1e-30, 1e-30, "%.4e"),
        (1e6, 1e6 + 1, "%.3f"),
        (-1e30, 1e30, "%.4e"),
        (-32768.0, 32767.0, "%.0f"),
        (1e30, 1e30 * (1 + 1e-6), "%.8e"),
    ],
)
def test_numbers_have_as_many_digits_as_tell_them_apart(low, high, written):
    shown = number_format(low, high)
    assert shown == written
    some = np.linspace(low, high, 101)
    assert len({shown % each for each in some}) > 95
    assert len({f"{each:.{digits(low, high)}g}" for each in some}) > 95
