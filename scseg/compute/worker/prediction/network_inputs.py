"""What networks are given: slices of tomograms, normalised and in the pixels that a model was trained on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from scseg.base.errors import ScsegError
from scseg.base.lru_cache import LruCache
from scseg.datasets import resampling
from scseg.datasets.channels import read_channels
from scseg.datasets.normalisation import DEFINITIONS, Normalisation, measure_normalisation
from scseg.datasets.tomogram import Tomogram, open_tomogram, require_apix
from scseg.models.compatibility import check_slice

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.compute.messages import SliceRequest, TomogramRef
    from scseg.models.description import ModelDescription

_TOMOGRAMS_KEPT = 4
_IMAGE_BYTES = 128 << 20
"""Enough for the slice in view and its neighbours; of the largest, for that in view."""

_NONSENSE = 20.0
"""Resampling by more would also take memory without end."""


@dataclass(frozen=True, eq=False)
class NetworkInput:
    """A slice as a network sees it: `image` float32 (D, y, x).

    `shape` is the tomogram's (y, x), and `padding` where it is no specimen, bool (y, x); None: nowhere. If
    its pixels were resampled, the image's are `step` times as large; else `step` is None.
    """

    shape: tuple[int, int]
    image: NDArray[np.float32]
    padding: NDArray[np.bool_] | None
    step: float | None
    notices: tuple[str, ...]


_Seen = tuple["NDArray[np.float32]", "NDArray[np.bool_] | None"]
"""The image and the padding of a `NetworkInput`."""


class NetworkInputs:
    """Opens tomograms and keeps the latest of them, and the latest slices."""

    def __init__(self) -> None:
        self._tomograms: LruCache[tuple[TomogramRef, str], tuple[Tomogram, Normalisation]] = (
            LruCache(_TOMOGRAMS_KEPT, lambda _: 1)
        )
        self._seen: LruCache[tuple[TomogramRef, int, int, float | None, str], _Seen] = LruCache(
            _IMAGE_BYTES, lambda seen: seen[0].nbytes
        )

    def get(self, request: SliceRequest, model: ModelDescription) -> NetworkInput:
        """Return what a model sees of the slice of a request.

        Raises:
            ScsegError: the tomogram cannot be read, or it is not for this model.
        """
        _check_definition(model)
        tomogram, normalisation = self._opened(request.tomogram, model.normalisation)
        native = require_apix(tomogram)
        _check_apix(model, tomogram)
        step = model.apix / native if resampling.apix_differs(model.apix, native) else None
        check_slice(model, tomogram.shape[1:], step or 1.0, request.mode)
        key = (request.tomogram, request.z, model.depth, step, model.normalisation)
        seen = self._seen.get(key)
        if seen is None:
            seen = _seen(tomogram, normalisation, request.z, model.depth, step)
            self._seen.put(key, seen)
        height, width = tomogram.shape[1:]
        return NetworkInput((height, width), *seen, step, _notices(tomogram, model))

    def _opened(self, ref: TomogramRef, definition: str) -> tuple[Tomogram, Normalisation]:
        found = self._tomograms.get((ref, definition))
        if found is None:
            tomogram = open_tomogram(Path(ref.path), apix=ref.apix, signed=ref.signed)
            found = tomogram, measure_normalisation(tomogram, definition)
            self._tomograms.put((ref, definition), found)
        return found


def _seen(
    tomogram: Tomogram, normalisation: Normalisation, z: int, depth: int, step: float | None
) -> _Seen:
    layers = read_channels(tomogram, z, depth, normalisation)
    if step is not None:
        layers = [resampling.resample_slice(layer, step) for layer in layers]
    padding = tomogram.slice_with_padding(z)[1] if normalisation.padded else None
    return np.stack(layers), padding


def _check_definition(model: ModelDescription) -> None:
    if model.normalisation not in DEFINITIONS:
        raise ScsegError(
            f"The model {model.name} was trained on grey values of another definition "
            f"({model.normalisation!r}, here {' or '.join(map(repr, DEFINITIONS))}): train it anew."
        )


def _check_apix(model: ModelDescription, tomogram: Tomogram) -> None:
    native = require_apix(tomogram)
    if not 1 / _NONSENSE <= model.apix / native <= _NONSENSE:
        raise ScsegError(
            f"{model.name} was trained at {model.apix:g} A per pixel and cannot see anything in "
            f"{tomogram.path.name} with {native:g}: check the pixel size, or train for it."
        )


def _notices(tomogram: Tomogram, model: ModelDescription) -> tuple[str, ...]:
    """Return what the user should know of pixel sizes that do not fit."""
    native, trained = require_apix(tomogram), model.apix
    concern = resampling.apix_concern(native, trained)
    if not concern:
        return ()
    return (
        f"{concern}: {model.name} was trained at {trained:.2f} A per pixel, "
        f"{tomogram.path.name} has {native:.2f}; slices are resampled for it.",
    )
