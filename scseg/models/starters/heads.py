"""Which layers of a network answer for one feature, and how weights of one slice do for several."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scseg.models.architectures.layers import IMAGE, Convolution, Enlargement

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scseg.models.architectures.layers import Layers
    from scseg.models.weights_file import Weights


def head_layers(layers: Layers) -> tuple[str, ...]:
    """Return the names of the layers that end a network in one answer for each pixel."""
    before, last = layers[-2:]
    if isinstance(before, Enlargement):
        return before.name, last.name
    return (last.name,)


def is_head(path: str, layers: Layers) -> bool:
    """Tell whether a weight, by its path such as `up0a/kernel`, is one of the head's."""
    return path.split("/", maxsplit=1)[0] in head_layers(layers)


def deepened(weights: Mapping[str, np.ndarray], layers: Layers, depth: int) -> Weights:
    """Return weights of boxes of one slice as those of `depth` slices, float32.

    The network then sees the middle slice and computes what it did; to use the others is for it to learn.
    """
    changed = {path: np.asarray(each, np.float32) for path, each in weights.items()}
    for layer in layers:
        if isinstance(layer, Convolution) and layer.inputs == (IMAGE,):
            kernel = changed[f"{layer.name}/kernel"]
            deep = np.zeros((*kernel.shape[:2], depth, kernel.shape[3]), np.float32)
            deep[:, :, depth // 2] = kernel[:, :, 0]
            changed[f"{layer.name}/kernel"] = deep
    return changed
