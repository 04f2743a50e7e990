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
    """Return `depth` normalised slices (y, x) around slice z; at the ends the last one repeats.

    Raises:
        ScsegError: there is no slice z, or the file is gone.
    """
    last = tomogram.shape[0] - 1
    offsets = range(-(depth // 2), depth - depth // 2)
    # Only neighbours are kept inside: a slice that does not exist is an error.
    around = [z + k if k == 0 else min(max(z + k, 0), last) for k in offsets]
    return [normalisation.apply(tomogram.slice(index)) for index in around]
