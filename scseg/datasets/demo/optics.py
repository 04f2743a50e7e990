"""What microscope and tilt series leave of a specimen: contrast transfer, dose, and the missing wedge.

Everything is a factor to a volume's Fourier transform, for one plane of constant kz. Frequencies are in 1/A.
The beam runs along z, the tilt axis is y.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scseg.datasets.demo.scene import Floats


@dataclass(frozen=True)
class Microscope:
    """Voltage in V, spherical aberration and defocus in A; positive defocus is underfocus."""

    voltage: float = 300e3
    spherical_aberration: float = 2.7e7
    defocus: float = 5.0e4
    amplitude_contrast: float = 0.07

    @property
    def wavelength(self) -> float:
        """Of the electrons, relativistic, in A."""
        return float(12.2643 / np.sqrt(self.voltage * (1 + 0.978466e-6 * self.voltage)))


@dataclass(frozen=True)
class TiltSeries:
    """A dose-symmetric series around y.

    Angles in degrees, dose in electrons per square A, thickness of the ice and the electrons' mean free
    path in it in A.
    """

    largest: float = 60.0
    step: float = 3.0
    dose: float = 120.0
    thickness: float = 1400.0
    mean_free_path: float = 3000.0


def ctf(microscope: Microscope, k_squared: Floats) -> Floats:
    """Return the contrast transfer function, negative at low frequency: dense matter is dark."""
    wavelength = microscope.wavelength
    phase = np.pi * wavelength * microscope.defocus * k_squared
    phase -= np.pi / 2 * microscope.spherical_aberration * wavelength**3 * k_squared**2
    contrast: Floats = -np.sin(phase + np.arcsin(microscope.amplitude_contrast), dtype=np.float32)
    return contrast


def tilt_angles(kz: float, kx: Floats) -> Floats:
    """Return at which tilt (degrees) each (kz, kx) was seen: the central slice that holds it."""
    return np.degrees(np.arctan2(kz * np.where(kx < 0, -1, 1), np.abs(kx)))


def sampling(series: TiltSeries, kz: float, kx: Floats) -> Floats:
    """Return how well the tilts sampled each (kz, kx), 0 to 1; exactly 0 in the missing wedge.

    A slab of thickness D spreads each central slice by a sinc of width 1/D; between slices that are
    further apart than that, at high frequency, there is nothing.
    """
    angle = tilt_angles(kz, kx)
    nearest = np.clip(np.round(angle / series.step) * series.step, -series.largest, series.largest)
    beside = np.hypot(kz, kx) * np.sin(np.radians(angle - nearest))
    seen = np.maximum(np.sinc(beside * series.thickness), 0)
    return np.where(np.abs(angle) <= series.largest, seen, 0).astype(np.float32)


def fading(series: TiltSeries, angle: Floats, k_squared: Floats) -> Floats:
    """Return what radiation damage and the longer way through tilted ice leave of the signal.

    Damage by the critical exposure of Grant & Grigorieff (2015); the dose grows with |angle|.
    """
    accumulated = series.dose * np.abs(angle) / series.largest
    critical = 0.245 * np.maximum(k_squared, 1e-8) ** (-1.665 / 2) + 2.81
    damage = np.exp(-accumulated / (2 * critical))
    longer = 1 / np.cos(np.radians(np.minimum(np.abs(angle), series.largest))) - 1
    loss = np.exp(-series.thickness / series.mean_free_path * longer)
    return (damage * loss).astype(np.float32)
