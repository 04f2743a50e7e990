"""Boxes as other microscopes and reconstructions would show them: with other Fourier amplitudes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from scseg.models.networks.batches import Batch

_KNOTS, _SPREAD = 6, 0.3
"""From frequency zero to the highest, the logarithm of amplitudes' factor runs through so many values."""
_WIDEST, _WEAKENED = np.pi / 6, 0.3
"""Half the angle of the widest wedge that is weakened, as if it had been missing, and by which factor."""
_NEVER_WEAKENED = 0.05
"""Cycles per pixel."""


def in_other_spectra(
    batches: Iterator[Batch], part: float, random: np.random.Generator
) -> Iterator[Batch]:
    """Yield batches, a part of whose boxes have other amplitudes."""
    for batch in batches:
        yield replace(batch, images=with_other_spectra(batch.images, part, random))


def with_other_spectra(
    images: NDArray[np.float32], part: float, random: np.random.Generator
) -> NDArray[np.float32]:
    """Return images (n, box, box, D), a part of them with other amplitudes, a wedge of which is weaker."""
    box = images.shape[1]

    def change(image: NDArray[np.float32]) -> NDArray[np.float64]:
        spectrum = np.fft.rfft2(image, axes=(0, 1)) * _factors(box, random)[..., None]
        return np.asarray(np.fft.irfft2(spectrum, (box, box), axes=(0, 1)))

    return changed_in_part(images, part, random, change)


def changed_in_part(
    images: NDArray[np.float32],
    part: float,
    random: np.random.Generator,
    change: Callable[[NDArray[np.float32]], NDArray[np.float64]],
) -> NDArray[np.float32]:
    """Return images (n, box, box, D), a part of them, drawn at random, changed one by one."""
    changed = images.copy()
    for number in np.flatnonzero(random.random(len(images)) < part):
        changed[number] = change(images[number])
    return changed


def _factors(box: int, random: np.random.Generator) -> NDArray[np.float64]:
    """Return by what amplitudes are multiplied, (box, box // 2 + 1) as `rfft2` has them."""
    y, x = np.fft.fftfreq(box)[:, None], np.fft.rfftfreq(box)[None]
    radius, angle = np.hypot(y, x), np.arctan2(y, x)
    logarithm = np.interp(
        radius, np.linspace(0, np.sqrt(0.5), _KNOTS), random.normal(0, _SPREAD, _KNOTS)
    )
    direction, half = random.uniform(0, np.pi), random.uniform(0, _WIDEST)
    away = np.abs((angle - direction + np.pi / 2) % np.pi - np.pi / 2)
    wedge = (away < half) & (radius > _NEVER_WEAKENED)
    factors = np.exp(logarithm) * np.where(wedge, _WEAKENED, 1.0)
    return np.asarray(factors, np.float64)
