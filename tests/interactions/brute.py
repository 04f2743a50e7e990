"""Competition and rules by the book: every pixel against every partner pixel, in plain loops of NumPy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from scseg.interactions.rules import InteractionSettings

    Volume = Mapping[str, NDArray[np.float32]]


def after_competition(
    volumes: Volume, interactions: Mapping[str, InteractionSettings]
) -> dict[str, NDArray[np.float32]]:
    emitting = [volumes[model] for model, interaction in interactions.items() if interaction.emit]
    result = {}
    for model, interaction in interactions.items():
        values = volumes[model].copy()
        if interaction.absorb:
            for other in emitting:
                values[volumes[model] < other] = 0.0
        result[model] = values
    return result


def near(
    found: NDArray[np.bool_], radius: float, voxel: tuple[float, float, float]
) -> NDArray[np.bool_]:
    """Return where a voxel of `found` (z, y, x) lies within `radius`, inclusive; `voxel` is its size."""
    result = np.zeros(found.shape, bool)
    places = np.argwhere(found)
    for index in np.ndindex(found.shape):
        apart = (places - np.array(index)) * np.array(voxel)
        squares = (apart**2).sum(axis=1)
        result[index] = bool((squares <= radius**2 * (1 + 1e-6)).any())
    return result


def ruled(
    volumes: Volume,
    interactions: Mapping[str, InteractionSettings],
    voxel: tuple[float, float, float],
) -> dict[str, NDArray[np.float32]]:
    """Return all models after competition and rules. `voxel` (z, y, x) in nm."""
    after = after_competition(volumes, interactions)
    result = {}
    for model, interaction in interactions.items():
        values = after[model].copy()
        for rule in interaction.rules:
            close = near(after[rule.partner] >= np.float32(rule.threshold), rule.radius, voxel)
            values[close if rule.kind == "avoid" else ~close] = 0.0
        result[model] = values
    return result
