"""Grey values as networks see them: one centre and one scale for a whole tomogram.

Measured on the tomogram and never on a tile, box or crop, so that a pixel means the same wherever the
window around it happens to lie.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from scseg.datasets.padding import specimen_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.datasets.tomogram import Tomogram

WITH_PADDING = "tomogram quantiles 1"
"""Name of the definition that takes padding for specimen: models that were trained by it keep it."""

DEFINITION = "tomogram quantiles 2"
"""Name of this definition in training sets and model files.

Whoever changes what `measure_normalisation` returns must change it.
"""

DEFINITIONS = (WITH_PADDING, DEFINITION)

_SLICES = 16
_PIXELS_PER_SLICE = 1 << 16


@dataclass(frozen=True)
class Normalisation:
    """Grey values become (value - centre) / scale. If a tomogram is `padded`, its padding is left out."""

    centre: float
    scale: float
    padded: bool = False

    def apply(self, values: NDArray[Any]) -> NDArray[np.float32]:
        """Return the values normalised, as float32, in a new array."""
        return (np.asarray(values, np.float32) - np.float32(self.centre)) / np.float32(self.scale)


def measure_normalisation(tomogram: Tomogram, definition: str = DEFINITION) -> Normalisation:
    """Return the median and the half-width of the central 68.27 % of a fixed sample of voxels.

    The half-width equals the standard deviation for normally distributed values and, unlike it, does not
    mind gold beads. At most 16 slices are read, and each is thinned to about 65,000 pixels. Padding is left
    out, unless the definition takes it for specimen.
    """
    chosen, step = sampled_slices(tomogram.shape)
    if definition == WITH_PADDING:
        return normalisation_of(
            np.concatenate([tomogram.slice(z)[::step, ::step].ravel() for z in chosen])
        )
    sample, padding = _sampled(tomogram, chosen, step)
    specimen = specimen_of(sample, padding)
    return normalisation_of(sample) if specimen is None else normalisation_of(specimen, padded=True)


def sampled_slices(shape: tuple[int, int, int]) -> tuple[list[int], int]:
    """Return the slices of a tomogram that are measured, and the step from voxel to voxel along y and x."""
    depth, height, width = shape
    chosen = np.unique(np.linspace(0, depth - 1, _SLICES).round().astype(int)).tolist()
    return chosen, max(1, int(np.sqrt(height * width / _PIXELS_PER_SLICE)))


def normalisation_of(sample: NDArray[np.float32], *, padded: bool = False) -> Normalisation:
    """Return what `measure_normalisation` makes of a sample of voxels (n,)."""
    low, centre, high = np.quantile(sample, [0.158655, 0.5, 0.841345])
    # Coarsely quantised data can have all of its central values in one step.
    scale = (high - low) / 2 or sample.std(dtype=np.float64) or 1.0
    return Normalisation(float(centre), float(scale), padded)


def _sampled(
    tomogram: Tomogram, chosen: list[int], step: int
) -> tuple[NDArray[np.float32], NDArray[np.bool_] | None]:
    """Return values of slices (n,), and which of them are padding (n,); None: none is."""
    thinned = [tomogram.slice_with_padding(z, step) for z in chosen]
    values = np.concatenate([image.ravel() for image, _ in thinned])
    if all(padding is None for _, padding in thinned):
        return values, None
    padded = [np.zeros(image.shape, bool) if pad is None else pad for image, pad in thinned]
    return values, np.concatenate([each.ravel() for each in padded])
