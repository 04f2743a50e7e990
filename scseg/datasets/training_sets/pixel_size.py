"""The pixel size of a training set, and what that means for the tomograms that it is made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scseg.base.errors import ScsegError
from scseg.datasets.resampling import apix_concern, apix_differs
from scseg.datasets.tomogram import require_apix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scseg.datasets.tomogram import Tomogram

_LARGEST_STEP = 20.0
"""Pixels so many times larger or smaller than the tomogram's show nothing of it."""


def training_set_apix(tomograms: Sequence[Tomogram], wanted: float | None) -> float:
    """Return the pixel size (A) of a set: the wanted one, unless all tomograms agree on one within 1 %.

    Raises:
        ScsegError: a tomogram does not tell its own, they differ and none is wanted, or it is of no use.
    """
    natives = [require_apix(tomogram) for tomogram in tomograms]
    if wanted is None:
        return _common(tomograms, natives)
    for tomogram, native in zip(tomograms, natives, strict=True):
        if not 1 / _LARGEST_STEP <= wanted / native <= _LARGEST_STEP:
            raise ScsegError(
                f"At {wanted:g} A per pixel nothing is left of {tomogram.path}, which has {native:g}: "
                "choose a pixel size closer to that."
            )
    if len(set(natives)) == 1 and not apix_differs(wanted, natives[0]):
        return natives[0]
    return wanted


def pixel_size_notices(tomograms: Sequence[Tomogram], apix: float) -> tuple[str, ...]:
    """Return what the user should know of a set at another pixel size (A) than its tomograms'."""
    return tuple(
        f"{trouble}: boxes of {apix:.2f} A per pixel are resampled from {tomogram.path.name}, "
        f"which has {require_apix(tomogram):.2f}."
        for tomogram in tomograms
        if (trouble := apix_concern(require_apix(tomogram), apix))
    )


def _common(tomograms: Sequence[Tomogram], natives: Sequence[float]) -> float:
    for tomogram, native in zip(tomograms, natives, strict=True):
        if apix_differs(native, natives[0]):
            raise ScsegError(
                f"{tomograms[0].path.name} has {natives[0]:.2f} A per pixel and {tomogram.path.name} "
                f"{native:.2f}: choose the pixel size of the training set (--apix)."
            )
    return natives[0]
