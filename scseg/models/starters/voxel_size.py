"""How a starter knows the voxel size: as a second channel of its input, the same at every pixel.

A dark blob of eight pixels is a ribosome at 30 A and something else at 8 A. Of that channel each filter of
the first layer sees one pixel. So for one voxel size all of it is a summand, and a network without that
channel is left.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from scseg.models.architectures.layers import IMAGE, Convolution, Normalisation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scseg.models.architectures.layers import Layers
    from scseg.models.weights_file import Weights

CHANNELS = 2
"""Of what a starter is given: grey values, and the voxel size."""
_MIDDLE = 14.0
_CENTRE = 1
"""Of a kernel of 3 x 3 pixels."""


def as_seen(apix: float) -> float:
    """Return what a voxel size (A) is as a grey value: 0 in the middle of those that starters know."""
    return math.log2(apix / _MIDDLE)


def first_layer(layers: Layers) -> Convolution:
    """Return the layer that sees the image."""
    return next(each for each in layers if IMAGE in each.inputs and isinstance(each, Convolution))


def for_voxel_size(weights: Mapping[str, np.ndarray], layers: Layers, apix: float) -> Weights:
    """Return a starter's weights as those of a network for one voxel size (A), float32."""
    changed = {path: np.asarray(each, np.float32) for path, each in weights.items()}
    first = first_layer(layers)
    kernel = changed[f"{first.name}/kernel"]
    changed[f"{first.name}/kernel"] = kernel[:, :, :1]
    summand = np.float32(as_seen(apix)) * kernel[_CENTRE, _CENTRE, 1]
    if first.bias:
        changed[f"{first.name}/bias"] = changed[f"{first.name}/bias"] + summand
    else:
        mean = f"{_normalisation_after(first, layers).name}/moving_mean"
        changed[mean] = changed[mean] - summand
    return changed


def sees_one_pixel(kernel: np.ndarray) -> np.ndarray:
    """Return a first layer's kernel (3, 3, 2, filters) that sees one pixel of the voxel size."""
    kept = np.zeros_like(kernel)
    kept[:, :, 0] = kernel[:, :, 0]
    kept[_CENTRE, _CENTRE, 1] = kernel[_CENTRE, _CENTRE, 1]
    return kept


def _normalisation_after(layer: Convolution, layers: Layers) -> Normalisation:
    return next(
        each for each in layers if isinstance(each, Normalisation) and each.inputs == (layer.name,)
    )
