"""What a network sees of a tomogram at a slice: that slice and, for deeper models, its neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from scseg.datasets.normalisation import Normalisation
    from scseg.datasets.tomogram import Tomogram


def channels(
    tomogram: Tomogram, z: int, depth: int, normalisation: Normalisation
) -> list[NDArray[np.float32]]:
    """Return `depth` normalised slices (y, x) around slice z; at the ends the last one repeats."""
    last = tomogram.shape[0] - 1
    around = (min(max(z + k - depth // 2, 0), last) for k in range(depth))
    return [normalisation.apply(tomogram.slice(index)) for index in around]
