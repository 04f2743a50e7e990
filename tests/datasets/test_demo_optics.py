"""What the simulated microscope and tilt series pass, against closed formulas and the tilt geometry."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.constants
from scipy.ndimage import map_coordinates

from scseg.datasets.demo.imaging import Imaging, imaged
from scseg.datasets.demo.optics import Microscope, TiltSeries, ctf, fading, sampling, tilt_angles

APIX = 13.92
MICROSCOPE = Microscope()


def wedge_energy(volume, apix=APIX):
    """Return the part of a volume's power that lies steeper than 60 degrees."""
    power = np.abs(np.fft.fftn(volume - volume.mean())) ** 2
    kz, _, kx = np.meshgrid(*(np.fft.fftfreq(n, apix) for n in volume.shape), indexing="ij")
    missing = np.abs(kz) > np.abs(kx) * np.tan(np.radians(60)) * (1 + 1e-6)
    assert missing.mean() > 0.2
    return power[missing].sum() / power.sum()


def test_the_wavelength_is_that_of_relativistic_electrons():
    c = scipy.constants
    energy = 300e3 * c.e
    momentum = np.sqrt(energy**2 + 2 * energy * c.m_e * c.c**2) / c.c
    assert MICROSCOPE.wavelength == pytest.approx(c.h / momentum * 1e10, rel=1e-4)


def test_dense_matter_is_dark_by_amplitude_contrast_at_low_frequency():
    assert ctf(MICROSCOPE, np.zeros(1, np.float32)) == pytest.approx(-MICROSCOPE.amplitude_contrast)


def test_the_first_zero_of_the_contrast_transfer_solves_the_phase_equation():
    """pi l d k^2 - pi/2 Cs l^3 k^4 + asin A = pi, a quadratic equation in k^2."""
    wavelength = MICROSCOPE.wavelength
    roots = np.roots(
        [
            -np.pi / 2 * MICROSCOPE.spherical_aberration * wavelength**3,
            np.pi * wavelength * MICROSCOPE.defocus,
            np.arcsin(MICROSCOPE.amplitude_contrast) - np.pi,
        ]
    )
    zero = roots.real.min()
    around = ctf(MICROSCOPE, zero * np.array([0.1, 0.5, 0.99, 1.01]))
    assert np.sign(around).tolist() == [-1, -1, -1, 1]
    assert 0 < ctf(MICROSCOPE, np.array([zero * 1.0001]))[0] < 1e-3


def test_the_critical_exposure_at_20_angstrom_is_that_of_the_published_curve():
    """0.245 x 20^1.665 + 2.81 = 38.7 electrons per square A (Grant & Grigorieff, 2015)."""
    series = TiltSeries(dose=2 * 38.7, thickness=0.0)
    most_tilted = fading(series, np.array([60.0]), np.array([1 / 400]))
    assert most_tilted == pytest.approx(np.exp(-1), rel=2e-3)


def test_each_tilt_passes_whole_and_the_wedge_nothing():
    series = TiltSeries()
    reach = 0.03
    angles = np.radians(np.arange(-90, 91, 3.0))
    passed = np.array([sampling(series, reach * np.sin(a), reach * np.cos(a)) for a in angles])
    seen = np.abs(np.degrees(angles)) <= 60.001
    assert passed[seen] == pytest.approx(1, abs=1e-6)
    assert not passed[~seen].any()


def test_the_angle_of_a_frequency_is_that_of_the_tilted_projection():
    """A plane wave through a slab, turned by the angle, varies in the projection; else it averages out."""
    angle, period = np.radians(40), 8.0
    z, x = np.meshgrid(np.arange(-64, 64), np.arange(-64, 64), indexing="ij")
    wave = np.cos(2 * np.pi * (z * np.sin(angle) + x * np.cos(angle)) / period)

    def projected(tilt):
        along, across = np.meshgrid(np.arange(-40, 40), np.arange(-32, 32), indexing="ij")
        turned_z = along * np.cos(tilt) + across * np.sin(tilt)
        turned_x = across * np.cos(tilt) - along * np.sin(tilt)
        return map_coordinates(wave, [turned_z + 64, turned_x + 64], order=1).mean(axis=0).std()

    found = np.radians(tilt_angles(np.sin(angle), np.array([np.cos(angle)])))[0]
    assert projected(found) > 0.6
    assert projected(-found) < 0.05


@pytest.mark.parametrize("noise", [0.0, 1.0])
def test_nothing_is_imaged_inside_the_missing_wedge(noise):
    imaging = Imaging(counting=noise, solvent=noise)
    density = np.zeros((48, 64, 64), np.float32)
    density[20:28, 24:40, 24:40] = 1
    volume = imaged(density, APIX, np.random.default_rng(0), imaging=imaging)
    assert volume.std() > 1e-3
    assert wedge_energy(density) > 0.1
    assert wedge_energy(volume) < 1e-6
    assert volume[24, 32, 32] < 0 or noise


def test_a_layer_across_the_beam_vanishes_and_one_along_it_stays():
    still = Imaging(counting=0.0, solvent=0.0)
    flat, upright = np.zeros((2, 48, 48, 48), np.float32)
    flat[22:26] = 1
    upright[:, :, 22:26] = 1
    rng = np.random.default_rng(0)
    assert np.ptp(imaged(flat, APIX, rng, imaging=still)) < 1e-5
    assert np.ptp(imaged(upright, APIX, rng, imaging=still)) > 0.05


def test_misalignment_blurs_the_signal_and_sharpening_raises_the_finest():
    density = np.zeros((16, 48, 48), np.float32)
    density[:, 20:28, 20:28] = 1

    def fine_part(imaging):
        volume = imaged(density, APIX, np.random.default_rng(0), imaging=imaging)
        power = np.abs(np.fft.fft2(volume[8])) ** 2
        return power[12:37, 12:37].sum() / power.sum()

    still = Imaging(counting=0.0, solvent=0.0)
    assert fine_part(replace(still, misalignment=20.0)) < fine_part(still)
    assert fine_part(replace(still, sharpening=3.0)) > fine_part(still)
