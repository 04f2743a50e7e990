"""What a network sees of a tomogram at a slice: that slice and, for deeper models, its neighbours."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from scseg.datasets.normalisation import Normalisation
    from scseg.datasets.tomogram import Tomogram


def read_channels(
    tomogram: Tomogram, z: int, depth: int, normalisation: Normalisation
) -> list[NDArray[np.float32]]:
    """Return `depth` normalised slices (y, x) around slice z; at the ends the last one repeats.

    Padding that the normalisation leaves out has the centre.

    Raises:
        ScsegError: there is no slice z, or the file is gone.
    """
    around = _slices_around(z, depth, tomogram.shape[0])
    return [normalisation.apply(_seen(tomogram, index, normalisation)) for index in around]


def map_channels(
    tomogram: Tomogram, z: int, depth: int, normalisation: Normalisation
) -> list[MappedSlice]:
    """Return the slices of `read_channels`, of which boxes can be read; as yet nothing is.

    Raises:
        ScsegError: there is no slice z, or the file is gone.
    """
    around = _slices_around(z, depth, tomogram.shape[0])
    return [MappedSlice(tomogram, index, normalisation) for index in around]


class MappedSlice:
    """A slice of which no more is read than is asked for, unless its tomogram is padded."""

    def __init__(self, tomogram: Tomogram, z: int, normalisation: Normalisation) -> None:
        self._tomogram = tomogram
        self._z = z
        self._normalisation = normalisation
        self._values = (
            _seen(tomogram, z, normalisation) if normalisation.padded else tomogram.mapped_slice(z)
        )

    def read(self, reading: Callable[[NDArray[Any]], NDArray[Any]]) -> NDArray[np.float32]:
        """Return what `reading` takes from the slice (y, x), finite and normalised as in `read_channels`."""
        with np.errstate(over="ignore", invalid="ignore"):
            values = np.asarray(reading(self._values), np.float32)
        if not np.isfinite(values).all():
            values = np.asarray(reading(self._whole), np.float32)
        return self._normalisation.apply(values)

    @cached_property
    def _whole(self) -> NDArray[np.float32]:
        return self._tomogram.slice(self._z)


def _seen(tomogram: Tomogram, z: int, normalisation: Normalisation) -> NDArray[np.float32]:
    if not normalisation.padded:
        return tomogram.slice(z)
    values, padding = tomogram.slice_with_padding(z)
    if padding is not None:
        values[padding] = normalisation.centre
    return values


def _slices_around(z: int, depth: int, count: int) -> list[int]:
    offsets = range(-(depth // 2), depth - depth // 2)
    # Only neighbours are kept inside: a slice that does not exist is an error.
    return [z + k if k == 0 else min(max(z + k, 0), count - 1) for k in offsets]
