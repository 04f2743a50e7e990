"""Boxes with more noise, and of other colours, than the simulator gives them: a feature may be faint."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scseg.models.networks.spectra import changed_in_part

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SPREAD = 0.6
"""How strong noise is: a standard deviation over boxes, in units of the tomogram's own spread of greys."""
_STEEPEST = 1.0
"""Amplitudes fall with a power of frequency from 0, as noise of all frequencies, to this one."""
_CUTOFFS = (0.15, 0.6)
"""Cycles per pixel beyond which there is little noise, as in a tomogram that was low-passed."""


def with_more_noise(
    images: NDArray[np.float32], part: float, random: np.random.Generator
) -> NDArray[np.float32]:
    """Return images (n, box, box, 1), a part of them noisier, and normalised again as tomograms are."""
    box = images.shape[1]

    def change(image: NDArray[np.float32]) -> NDArray[np.float64]:
        noise = _coloured(box, random)[..., None]
        strength = abs(random.normal(0.0, _SPREAD))
        noisier = image + strength * noise / noise.std()
        return np.asarray(noisier / np.hypot(1.0, strength))

    return changed_in_part(images, part, random, change)


def _coloured(box: int, random: np.random.Generator) -> NDArray[np.float64]:
    """Return noise (box, box) of a colour of its own."""
    radius = np.hypot(np.fft.fftfreq(box)[:, None], np.fft.rfftfreq(box)[None])
    power, cutoff = random.uniform(0.0, _STEEPEST), random.uniform(*_CUTOFFS)
    amplitudes = np.maximum(radius, 0.5 / box) ** -power * np.exp(-((radius / cutoff) ** 4))
    white = np.fft.rfft2(random.standard_normal((box, box)))
    return np.asarray(np.fft.irfft2(white * amplitudes, (box, box)))
