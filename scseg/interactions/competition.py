"""Competition: where several models predict a pixel, the one with the highest value keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from scseg.interactions.rules import InteractionSettings


def winning_pixels(
    predictions: Mapping[str, NDArray[np.float32]], interactions: Mapping[str, InteractionSettings]
) -> dict[str, NDArray[np.bool_]]:
    """Return for each absorbing model the pixels that no emitting one takes from it, bool (y, x), by id.

    A model keeps a pixel where its value is at least the highest of all emitting models. `predictions` are
    float32 (y, x) of equal shapes. Models without an entry keep all of their pixels.
    """
    emitted = [
        predictions[model] for model, interaction in interactions.items() if interaction.emit
    ]
    if not emitted:
        return {}
    strongest = _maximum(emitted)
    return {
        model: predictions[model] >= strongest
        for model, interaction in interactions.items()
        if interaction.absorb
    }


def _maximum(arrays: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Return the maximum for each pixel; OpenCV shares the work between cores."""
    highest = arrays[0].copy()
    for array in arrays[1:]:
        cv2.max(highest, array, dst=highest)
    return highest
