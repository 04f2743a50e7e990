"""What padding there is in a whole tomogram, for the user to know what is left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scseg.datasets.normalisation import sampled_slices
from scseg.datasets.padding import padding_of, specimen_of

if TYPE_CHECKING:
    from scseg.datasets.tomogram import Tomogram


@dataclass(frozen=True)
class PaddingFound:
    """The `part` of the voxels that is padding, 0 to 1, and the `values` that it has; None: no numbers."""

    part: float
    values: tuple[float | None, ...]


def padding_in(tomogram: Tomogram) -> PaddingFound | None:
    """Return the padding in the slices that normalisation is measured on; None where it leaves nothing out.

    Raises:
        ScsegError: as `Tomogram.slice`.
    """
    chosen, step = sampled_slices(tomogram.shape)
    voxels, padded = [], []
    for z in chosen:
        raw = tomogram.stored.slice(z)[::step, ::step]
        padding = padding_of(raw)
        voxels.append(raw.ravel())
        padded.append(np.zeros(raw.size, bool) if padding is None else padding.ravel())
    sample, where = np.concatenate(voxels), np.concatenate(padded)
    if not where.any() or specimen_of(sample, where) is None:
        return None
    values = sample[where].astype(np.float64)
    numbers = np.isfinite(values)
    found = np.unique(values[numbers]).tolist()
    return PaddingFound(float(where.mean()), (*found, *(() if numbers.all() else (None,))))
