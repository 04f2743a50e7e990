"""Other Fourier amplitudes, within bounds; phases stay, as numpy's transform tells."""

from __future__ import annotations

import numpy as np
import pytest

from scseg.models.networks.spectra import with_other_spectra


@pytest.mark.parametrize("box", [16, 33])
def test_amplitudes_change_within_bounds_and_phases_stay(rng, box):
    images = rng.normal(size=(40, box, box, 2)).astype(np.float32)
    changed = with_other_spectra(images, 1.0, rng)
    assert changed.dtype == np.float32
    before, after = (np.fft.rfft2(each, axes=(1, 2)) for each in (images, changed))
    assert np.abs(np.angle(after * before.conj())).max() < 1e-2
    factors = np.abs(after) / np.abs(before)
    # Five spreads of the logarithm, and a wedge of 0.3 of it.
    assert factors.min() > 0.3 * np.exp(-5 * 0.3) * 0.99
    assert factors.max() < np.exp(5 * 0.3) * 1.01
    # All slices of a box are changed alike.
    assert np.allclose(factors[..., 0], factors[..., 1], rtol=1e-2)
    assert 0.2 < np.log(factors[:, :, 1:]).std() < 0.6


def test_only_a_part_of_the_boxes_is_changed(rng):
    images = rng.normal(size=(400, 8, 8, 1)).astype(np.float32)
    changed = with_other_spectra(images, 0.25, rng)
    alike = (changed == images).all(axis=(1, 2, 3))
    assert 0.65 < alike.mean() < 0.85
    assert np.array_equal(with_other_spectra(images, 0.0, rng), images)


def test_a_wedge_is_weakened(rng):
    images = rng.normal(size=(200, 32, 32, 1)).astype(np.float32)
    changed = with_other_spectra(images, 1.0, rng)
    before, after = (np.abs(np.fft.rfft2(each[..., 0])) for each in (images, changed))
    y, x = np.fft.fftfreq(32)[:, None], np.fft.rfftfreq(32)[None]
    ring = (np.hypot(y, x) > 0.24) & (np.hypot(y, x) < 0.26)
    # On a ring the factor is that of the curve, but in the wedge, where it is 0.3 of that.
    on_ring = (after / before)[:, ring]
    spread = on_ring.max(axis=1) / on_ring.min(axis=1)
    assert np.median(spread) == pytest.approx(1 / 0.3, rel=0.15)
