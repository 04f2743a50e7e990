"""Grey values as networks see them: one centre and one scale for a whole tomogram.

Measured on the tomogram and never on a tile, box or crop, so that a pixel means the same wherever the
window around it happens to lie.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.datasets.tomogram import Tomogram

DEFINITION = "tomogram quantiles 1"
"""Name of this definition in training sets and model files.

Whoever changes what `measure_normalisation` returns must change it.
"""

_SLICES = 16
_PIXELS_PER_SLICE = 1 << 16


@dataclass(frozen=True)
class Normalisation:
    """Grey values become (value - centre) / scale."""

    centre: float
    scale: float

    def apply(self, values: NDArray[Any]) -> NDArray[np.float32]:
        """Return the values normalised, as float32, in a new array."""
        return (np.asarray(values, np.float32) - np.float32(self.centre)) / np.float32(self.scale)


def measure_normalisation(tomogram: Tomogram) -> Normalisation:
    """Return the median and the half-width of the central 68.27 % of a fixed sample of voxels.

    The half-width equals the standard deviation for normally distributed values and, unlike it, does not
    mind gold beads. At most 16 slices are read, and each is thinned to about 65,000 pixels.
    """
    depth = tomogram.shape[0]
    chosen = np.unique(np.linspace(0, depth - 1, _SLICES).round().astype(int))
    sample = np.concatenate([_thinned(tomogram.slice(int(z))) for z in chosen])
    low, centre, high = np.quantile(sample, [0.158655, 0.5, 0.841345])
    # Coarsely quantised data can have all of its central values in one step.
    scale = (high - low) / 2 or sample.std(dtype=np.float64) or 1.0
    return Normalisation(float(centre), float(scale))


def _thinned(image: NDArray[np.float32]) -> NDArray[np.float32]:
    step = max(1, int(np.sqrt(image.size / _PIXELS_PER_SLICE)))
    return image[::step, ::step].ravel()
