"""A picture of predictions over slices, for people without a window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from scseg.base.files.writing import atomic_write

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Colour = tuple[float, float, float]

_ALPHA = 0.6


def save_overlay(
    path: Path,
    images: Sequence[NDArray[np.float32]],
    rows: Sequence[tuple[Colour, Sequence[NDArray[np.bool_]]]],
) -> None:
    """Save a PNG: the slices (y, x) side by side, then once more for each row of coloured masks.

    Row 0 of a slice is drawn at the bottom.

    Raises:
        ScsegError: the file cannot be written.
    """
    greys = [_grey(image) for image in images]
    bands = [np.hstack(greys)]
    for colour, masks in rows:
        bands.append(np.hstack([_tinted(g, m, colour) for g, m in zip(greys, masks, strict=True)]))
    # OpenCV's own writing tells of no failure, and of no full disk.
    _, content = cv2.imencode(".png", np.vstack(bands))
    atomic_write(path, content.tobytes())


def _grey(image: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return a slice as BGR bytes between its 0.5 % and 99.5 % values, upside up."""
    low, high = np.quantile(image, [0.005, 0.995])
    scaled = np.clip((image - low) / max(high - low, 1e-12), 0, 1) * 255
    return np.repeat(scaled.astype(np.uint8)[::-1, :, None], 3, axis=2)


def _tinted(grey: NDArray[np.uint8], mask: NDArray[np.bool_], colour: Colour) -> NDArray[np.uint8]:
    bgr = np.array(colour[::-1]) * 255
    tinted = grey.copy()
    where = mask[::-1]
    tinted[where] = (1 - _ALPHA) * grey[where] + _ALPHA * bgr
    return tinted
