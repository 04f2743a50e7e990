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
from scseg.datasets.normalisation import DEFINITION, Normalisation, measure_normalisation
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

    `shape` is the tomogram's (y, x). If its pixels were resampled, the image's are `step` times as large;
    else `step` is None.
    """

    shape: tuple[int, int]
    image: NDArray[np.float32]
    step: float | None
    notices: tuple[str, ...]


class NetworkInputs:
    """Opens tomograms and keeps the latest of them, and the latest slices."""

    def __init__(self) -> None:
        self._tomograms: LruCache[TomogramRef, tuple[Tomogram, Normalisation]] = LruCache(
            _TOMOGRAMS_KEPT, lambda _: 1
        )
        self._images: LruCache[tuple[TomogramRef, int, int, float | None], NDArray[np.float32]] = (
            LruCache(_IMAGE_BYTES, lambda image: image.nbytes)
        )

    def get(self, request: SliceRequest, model: ModelDescription) -> NetworkInput:
        """Return what a model sees of the slice of a request.

        Raises:
            ScsegError: the tomogram cannot be read, or it is not for this model.
        """
        tomogram, normalisation = self._opened(request.tomogram)
        native = require_apix(tomogram)
        _check(model, tomogram)
        step = model.apix / native if resampling.apix_differs(model.apix, native) else None
        check_slice(model, tomogram.shape[1:], step or 1.0, request.mode)
        key = (request.tomogram, request.z, model.depth, step)
        image = self._images.get(key)
        if image is None:
            layers = read_channels(tomogram, request.z, model.depth, normalisation)
            if step is not None:
                layers = [resampling.resample_slice(layer, step) for layer in layers]
            image = np.stack(layers)
            self._images.put(key, image)
        height, width = tomogram.shape[1:]
        return NetworkInput((height, width), image, step, _notices(tomogram, model))

    def _opened(self, ref: TomogramRef) -> tuple[Tomogram, Normalisation]:
        found = self._tomograms.get(ref)
        if found is None:
            tomogram = open_tomogram(Path(ref.path), apix=ref.apix, signed=ref.signed)
            found = tomogram, measure_normalisation(tomogram)
            self._tomograms.put(ref, found)
        return found


def _check(model: ModelDescription, tomogram: Tomogram) -> None:
    if model.normalisation != DEFINITION:
        raise ScsegError(
            f"The model {model.name} was trained on grey values of another definition "
            f"({model.normalisation!r}, here {DEFINITION!r}): train it anew."
        )
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
