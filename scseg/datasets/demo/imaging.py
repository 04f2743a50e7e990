"""From density to tomogram: signal and noise as a tilt series and its reconstruction leave them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy.fft

from scseg.base.progress import Report, silent
from scseg.datasets.demo.optics import Microscope, TiltSeries, ctf, fading, sampling, tilt_angles

if TYPE_CHECKING:
    from scseg.datasets.demo.scene import Floats

COUNTING = 0.25
"""Standard deviation of the counting noise per voxel, before reconstruction, in units of density."""
SOLVENT = 0.3
"""That of the density itself, of what is too small to be modelled, before it is imaged."""

_KNEE = 1 / 150
"""Frequency (1/A) above which iterative reconstruction, stopped early, falls behind."""
_CUTOFF = 0.62
"""Width of the low-pass that comes with binning and interpolation, of the Nyquist frequency."""
_MEAN, _SCALE = 160.0, 12.0
_WORKERS = 2


def imaged(
    density: Floats, apix: float, rng: np.random.Generator, report: Report = silent
) -> Floats:
    """Return what a tomogram shows of a density, in units of that density; dense is dark."""
    solvent = SOLVENT * rng.standard_normal(density.shape, np.float32)
    signal = scipy.fft.rfftn(density + solvent, workers=_WORKERS)
    report(0.2, "noise")
    counting = COUNTING * rng.standard_normal(density.shape, np.float32)
    noise = scipy.fft.rfftn(counting, workers=_WORKERS)
    _, ky, kx = _frequencies(density.shape, apix)
    for index, kz in enumerate(_frequencies(density.shape, apix)[0]):
        report(0.4 + 0.4 * index / len(density), "contrast transfer and missing wedge")
        seen, contrast = _transfer(float(kz), ky, kx, apix)
        signal[index] = (signal[index] * contrast + noise[index]) * seen
    volume: Floats = scipy.fft.irfftn(signal, s=density.shape, workers=_WORKERS, overwrite_x=True)
    return volume


def _transfer(kz: float, ky: Floats, kx: Floats, apix: float) -> tuple[Floats, Floats]:
    """Return, for a plane of frequencies, what reconstruction sees of anything, and of the signal."""
    microscope, series = Microscope(), TiltSeries()
    k_squared = np.float32(kz**2) + ky[:, None] ** 2 + kx**2
    seen = sampling(series, kz, kx) * reconstruction_filter(k_squared, apix)
    contrast = ctf(microscope, k_squared) * fading(series, tilt_angles(kz, kx), k_squared)
    return seen, contrast


def _frequencies(shape: tuple[int, ...], apix: float) -> tuple[Floats, Floats, Floats]:
    """Return the frequencies (1/A) along z, y and, of the half transform, x."""
    depth, height, width = shape
    z, y = (np.fft.fftfreq(n, apix).astype(np.float32) for n in (depth, height))
    return z, y, np.fft.rfftfreq(width, apix).astype(np.float32)


def reconstruction_filter(k_squared: Floats, apix: float) -> Floats:
    """Return the transfer of reconstruction and binning, at most 1, for signal and noise alike."""
    iterative = _KNEE / (_KNEE + np.sqrt(k_squared))
    binned = np.exp(-0.5 * k_squared / (_CUTOFF * 0.5 / apix) ** 2)
    return np.asarray(iterative * binned, np.float32)


def as_grey_values(volume: Floats) -> Floats:
    """Return grey values on the arbitrary scale of a reconstruction, of ice that is thicker on one side."""
    _, height, width = volume.shape
    thicker = np.linspace(-0.5, 0.5, height)[:, None] + np.linspace(-0.3, 0.3, width)
    scaled = (volume - volume.mean()) / volume.std() - 0.5 * thicker
    return np.ascontiguousarray(_MEAN + _SCALE * scaled, dtype=np.float32)
