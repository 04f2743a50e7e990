"""A network with a head for each feature, and what is left of it for one feature."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import keras
import numpy as np
from keras import ops

from scseg.base.labels import IGNORE
from scseg.models.architectures.layers import Convolution, Enlargement, Layers
from scseg.models.architectures.table import ARCHITECTURES
from scseg.models.networks.architectures import of_layers
from scseg.models.starters.starter import head_path, shipped_weights
from scseg.models.starters.voxel_size import CHANNELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from scseg.models.starters.starter import Starter
    from scseg.models.weights_file import Weights

_SMALLEST = 1e-6


def with_heads(architecture: str, features: int) -> Layers:
    """Return the layers of an architecture, whose last ones answer for several features at once."""
    *trunk, before, last = ARCHITECTURES[architecture].layers
    if isinstance(before, Enlargement):
        # What follows is a factor and a summand: the enlargement itself has them, too.
        return (*trunk, replace(before, filters=features, activation="sigmoid"))
    assert isinstance(last, Convolution)
    return (*trunk, before, replace(last, filters=features))


def network_of(architecture: str, features: int, box: int) -> keras.Model:
    """Return a network that is given boxes (batch, box, box, 2): grey values, and the voxel size."""
    return of_layers(with_heads(architecture, features), (box, box), CHANNELS)


def head_of(
    architecture: str, weights: dict[str, NDArray[np.float32]], number: int
) -> dict[str, NDArray[np.float32]]:
    """Return the weights that the network of an architecture has, and that of all heads has not."""
    before, last = ARCHITECTURES[architecture].layers[-2:]
    if isinstance(before, Enlargement):
        return {
            f"{before.name}/kernel": weights[f"{before.name}/kernel"][:, :, number : number + 1],
            f"{before.name}/bias": weights[f"{before.name}/bias"][number : number + 1],
            f"{last.name}/kernel": np.ones((1, 1, 1, 1), np.float32),
            f"{last.name}/bias": np.zeros(1, np.float32),
        }
    return {
        f"{last.name}/kernel": weights[f"{last.name}/kernel"][..., number : number + 1],
        f"{last.name}/bias": weights[f"{last.name}/bias"][number : number + 1],
    }


def with_all_heads(starter: Starter, features: Sequence[str]) -> Weights:
    """Return the weights of a starter as those of `network_of`, float32; it must know all the features."""
    layers = ARCHITECTURES[starter.architecture].layers
    shipped = {path: each.astype(np.float32) for path, each in shipped_weights(starter).items()}
    weights = {path: each for path, each in shipped.items() if ":" not in path}
    heads = [_head_alone(shipped, feature, layers) for feature in features]
    for path, axis in _joined(layers).items():
        weights[path] = np.concatenate([head[path] for head in heads], axis)
    return weights


def _joined(layers: Layers) -> dict[str, int]:
    """Return the weights of the layer that answers for all features, and the axis of its filters."""
    before, last = layers[-2:]
    if isinstance(before, Enlargement):
        return {f"{before.name}/kernel": 2, f"{before.name}/bias": 0}
    return {f"{last.name}/kernel": 3, f"{last.name}/bias": 0}


def _head_alone(shipped: Weights, feature: str, layers: Layers) -> Weights:
    """Return a head as that of one layer: what follows an enlargement is a factor and a summand."""
    head = {path: shipped[head_path(feature, path)] for path in _joined(layers)}
    before, last = layers[-2:]
    if isinstance(before, Enlargement):
        factor = shipped[head_path(feature, f"{last.name}/kernel")].item()
        summand = shipped[head_path(feature, f"{last.name}/bias")].item()
        head = {path: each * np.float32(factor) for path, each in head.items()}
        head[f"{before.name}/bias"] += np.float32(summand)
    return head


def loss_of_heads(labels: object, predictions: object) -> object:
    """Return cross-entropy plus soft Dice loss, each the mean over the features, without ignored pixels.

    Both (batch, y, x, feature).
    """
    judged = ops.cast(ops.not_equal(labels, IGNORE), predictions.dtype)
    truth = labels * judged
    p = ops.clip(predictions, _SMALLEST, 1.0 - _SMALLEST)
    entropy = -(truth * ops.log(p) + (1.0 - truth) * ops.log(1.0 - p)) * judged
    cross_entropy = ops.sum(entropy) / ops.maximum(ops.sum(judged), 1.0)
    axes = (0, 1, 2)
    shared = ops.sum(truth * predictions, axis=axes)
    total = ops.sum(truth, axis=axes) + ops.sum(predictions * judged, axis=axes)
    return cross_entropy + 1.0 - ops.mean((2.0 * shared + 1.0) / (total + 1.0))
