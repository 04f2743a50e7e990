"""Noise that boxes of starters get: as strong as told, of many colours, as numpy's transform tells."""

from __future__ import annotations

import numpy as np
import pytest

from tools.starter.noise import with_more_noise

BOX = 32


def noise_alone(rng, boxes):
    """Return boxes without anything but noise, whose spread is s / hypot(1, s) where its strength is s."""
    return with_more_noise(np.zeros((boxes, BOX, BOX, 1), np.float32), 1.0, rng)[..., 0]


def test_boxes_keep_the_spread_of_their_tomogram(rng):
    images = rng.normal(size=(300, BOX, BOX, 1)).astype(np.float32)
    noisier = with_more_noise(images, 1.0, rng)
    assert noisier.dtype == np.float32
    spreads = noisier.std(axis=(1, 2, 3))
    assert spreads.mean() == pytest.approx(1.0, abs=0.02)
    # Where much noise was added, less is left of what was there.
    left = (noisier * images).mean(axis=(1, 2, 3))
    strength = noise_alone(rng, 300).std(axis=(1, 2))
    assert left.mean() == pytest.approx(np.sqrt(1 - strength**2).mean(), abs=0.03)


def test_noise_is_as_strong_as_half_of_a_normal_distribution(rng):
    told = noise_alone(rng, 1000).std(axis=(1, 2))
    strength = told / np.sqrt(1 - told**2)
    assert strength.mean() == pytest.approx(0.6 * np.sqrt(2 / np.pi), rel=0.1)
    assert np.sqrt((strength**2).mean()) == pytest.approx(0.6, rel=0.1)


def test_noise_is_of_many_colours_and_of_no_direction(rng):
    spectra = np.abs(np.fft.fft2(noise_alone(rng, 400))) ** 2
    y, x = np.meshgrid(np.fft.fftfreq(BOX), np.fft.fftfreq(BOX), indexing="ij")
    radius = np.hypot(y, x)
    low, high = (spectra[:, ring].mean(axis=1) for ring in (radius < 0.1, radius > 0.4))
    ratio = np.log10(high / low)
    assert ratio.max() > -1  # almost white
    assert ratio.min() < -6  # low-passed
    wide = (np.abs(x) > np.abs(y)) & (radius < 0.2)
    tall = (np.abs(y) > np.abs(x)) & (radius < 0.2)
    of_each = spectra / spectra.sum(axis=(1, 2), keepdims=True)
    assert of_each[:, wide].sum() == pytest.approx(of_each[:, tall].sum(), rel=0.1)


def test_only_a_part_of_the_boxes_is_noisier(rng):
    images = rng.normal(size=(400, 8, 8, 1)).astype(np.float32)
    alike = (with_more_noise(images, 0.25, rng) == images).all(axis=(1, 2, 3))
    assert 0.65 < alike.mean() < 0.85
    assert np.array_equal(with_more_noise(images, 0.0, rng), images)
