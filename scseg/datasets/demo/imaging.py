"""From density to tomogram: signal and noise as a tilt series and its reconstruction leave them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import scipy.fft

from scseg.base.progress import Report, silent
from scseg.datasets.demo.optics import Microscope, TiltSeries, ctf, fading, sampling, tilt_angles

if TYPE_CHECKING:
    from scseg.datasets.demo.scene import Floats

_MEAN, _SCALE = 160.0, 12.0
_WORKERS = 2


@dataclass(frozen=True)
class Imaging:
    """How a specimen becomes a tomogram.

    `counting` is the standard deviation of the counting noise per voxel, before reconstruction, in units of
    density, and `solvent` that of the density itself, of what is too small to be modelled. `knee` is the
    frequency (1/A) above which iterative reconstruction, stopped early, falls behind; `cutoff` the width of
    the low-pass that comes with binning and interpolation, of the Nyquist frequency. `misalignment` (A)
    blurs the signal alone, `sharpening` is by how much the highest frequencies are raised in the end.
    """

    microscope: Microscope = field(default_factory=Microscope)
    series: TiltSeries = field(default_factory=TiltSeries)
    counting: float = 0.25
    solvent: float = 0.3
    knee: float = 1 / 150
    cutoff: float = 0.62
    misalignment: float = 0.0
    sharpening: float = 0.0


USUAL = Imaging()


def imaged(
    density: Floats,
    apix: float,
    rng: np.random.Generator,
    report: Report = silent,
    imaging: Imaging = USUAL,
) -> Floats:
    """Return what a tomogram shows of a density, in units of that density; dense is dark."""
    solvent = imaging.solvent * rng.standard_normal(density.shape, np.float32)
    signal = scipy.fft.rfftn(density + solvent, workers=_WORKERS)
    report(0.2, "noise")
    counting = imaging.counting * rng.standard_normal(density.shape, np.float32)
    noise = scipy.fft.rfftn(counting, workers=_WORKERS)
    _, ky, kx = _frequencies(density.shape, apix)
    for index, kz in enumerate(_frequencies(density.shape, apix)[0]):
        report(0.4 + 0.4 * index / len(density), "contrast transfer and missing wedge")
        seen, contrast = _transfer(imaging, (float(kz), ky, kx), apix)
        signal[index] = (signal[index] * contrast + noise[index]) * seen
    volume: Floats = scipy.fft.irfftn(signal, s=density.shape, workers=_WORKERS, overwrite_x=True)
    return volume


def _transfer(
    imaging: Imaging, frequencies: tuple[float, Floats, Floats], apix: float
) -> tuple[Floats, Floats]:
    """Return, for a plane of frequencies, what reconstruction sees of anything, and of the signal."""
    series, (kz, ky, kx) = imaging.series, frequencies
    k_squared = np.float32(kz**2) + ky[:, None] ** 2 + kx**2
    seen = sampling(series, kz, kx) * reconstruction_filter(k_squared, apix, imaging)
    contrast = ctf(imaging.microscope, k_squared)
    contrast = contrast * fading(series, tilt_angles(kz, kx), k_squared)
    if imaging.misalignment:
        contrast *= np.exp(np.float32(-2 * (np.pi * imaging.misalignment) ** 2) * k_squared)
    return seen, contrast


def _frequencies(shape: tuple[int, ...], apix: float) -> tuple[Floats, Floats, Floats]:
    """Return the frequencies (1/A) along z, y and, of the half transform, x."""
    depth, height, width = shape
    z, y = (np.fft.fftfreq(n, apix).astype(np.float32) for n in (depth, height))
    return z, y, np.fft.rfftfreq(width, apix).astype(np.float32)


def reconstruction_filter(k_squared: Floats, apix: float, imaging: Imaging = USUAL) -> Floats:
    """Return the transfer of reconstruction and binning, for signal and noise alike.

    It is at most 1 unless something is sharpened.
    """
    iterative = imaging.knee / (imaging.knee + np.sqrt(k_squared))
    binned = np.exp(-0.5 * k_squared / (imaging.cutoff * 0.5 / apix) ** 2)
    if imaging.sharpening:
        binned *= 1 + imaging.sharpening * k_squared * (2 * apix) ** 2
    return np.asarray(iterative * binned, np.float32)


def as_grey_values(volume: Floats) -> Floats:
    """Return grey values on the arbitrary scale of a reconstruction, of ice that is thicker on one side."""
    _, height, width = volume.shape
    thicker = np.linspace(-0.5, 0.5, height)[:, None] + np.linspace(-0.3, 0.3, width)
    scaled = (volume - volume.mean()) / volume.std() - 0.5 * thicker
    return np.ascontiguousarray(_MEAN + _SCALE * scaled, dtype=np.float32)
