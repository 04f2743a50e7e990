"""Rules between the predictions of models, on arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scseg.base.errors import ScsegError
from scseg.interactions.rules import InteractionSettings, without_resting_rules
from scseg.interactions.volume_interactions import VoxelSize, slices_after_rules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Volumes = Mapping[str, NDArray[np.float32]]

_PLAIN = InteractionSettings()


def apply_rules(
    predictions: Volumes,
    interactions: Mapping[str, InteractionSettings],
    apix: float,
    apix_z: float | None = None,
) -> dict[str, NDArray[np.float32]]:
    """Let models compete, avoid and colocalise, exactly as the window and exports do.

    The cost is a distance map for each partner, threshold and slice: some 12 ms a megapixel.

    Args:
        predictions: what each model says, by its name, float32 (z, y, x), 0 to 1, all of one shape.
        interactions: how a model acts on others, by its name; one that is missing does nothing to them, and
            rules whose partner is missing rest.
        apix: the pixel size in A.
        apix_z: how far slices are apart in A: rules act in three dimensions then, else within slices.

    Returns:
        The values after competition and rules, float32 (z, y, x), by name; those given are unchanged.

    Raises:
        ScsegError: the predictions are not of one shape (z, y, x), or interactions name another model.
    """
    shapes = {values.shape for values in predictions.values()}
    if len(shapes) != 1 or len(shape := shapes.pop()) != 3:
        raise ScsegError("Rules need predictions of one shape (z, y, x): cut or stack them so.")
    if unknown := interactions.keys() - predictions.keys():
        raise ScsegError(
            f"There is no prediction called {min(unknown)}: give one, or leave it out."
        )
    acting = without_resting_rules({name: interactions.get(name, _PLAIN) for name in predictions})
    slices = (
        {name: np.asarray(values[z], np.float32) for name, values in predictions.items()}
        for z in range(shape[0])
    )
    result = {name: np.empty(shape, np.float32) for name in predictions}
    ruled = slices_after_rules(slices, acting, VoxelSize(apix, apix_z), shape[0])
    for z, values in enumerate(ruled):
        for name, volume in result.items():
            volume[z] = values[name]
    return result
