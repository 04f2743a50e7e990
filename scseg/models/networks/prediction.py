"""Networks run by Keras, on graphics cards and where OpenVINO is absent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import keras
import numpy as np

from scseg.models.networks import backend
from scseg.models.networks.architectures import build
from scseg.models.networks.measuring import tiles_at_once
from scseg.models.networks.parts import Parts, in_parts
from scseg.models.networks.precision import FAST, FULL, HALF
from scseg.models.networks.weights import set_weights
from scseg.models.trained_network import TrainedNetwork, read_trained, ready

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from scseg.models.precision import Precision
    from scseg.models.tiling.blending import Network

_SHAPES_KEPT = 4
"""Slices of one size take two, where orientations are averaged; one more are the tiles."""


_PRECISIONS = {"float32": FULL, "bfloat16": FAST, "float16": HALF}


def load_trained(path: Path, precision: Precision) -> TrainedNetwork:
    """Return a model ready to predict in a precision.

    Raises:
        ScsegError: see `read_trained`.
    """
    description, weights = read_trained(path)
    network = build(
        description.architecture, description.box_size, description.depth, _PRECISIONS[precision]
    )
    set_weights(network, weights)
    predict = predictor(network)
    parts = Parts()
    trained = ready(description, in_parts(predict, parts), parts.take_notice)
    if not backend.has_gpu():
        return trained
    tiles = tiles_at_once(predict, description.box_size, description.depth)
    return replace(trained, tiles_at_once=tiles)


def predictor(network: keras.Model) -> Network:
    """Return a function from images (n, y, x, D) to predictions (n, y, x).

    It compiles for each (y, x) that it meets, and again for every n, so callers keep to few.
    """
    compiled: dict[tuple[int, ...], Callable[[NDArray[np.float32]], NDArray[np.float32]]] = {}

    def predict(images: NDArray[np.float32]) -> NDArray[np.float32]:
        size = images.shape[1:3]
        if size not in compiled:
            if len(compiled) == _SHAPES_KEPT:
                compiled.pop(next(iter(compiled)))
            compiled[size] = _compiled(network, size)
        return np.asarray(compiled[size](images)[..., 0], np.float32)

    return predict


def _compiled(
    network: keras.Model, size: tuple[int, ...]
) -> Callable[[NDArray[np.float32]], NDArray[np.float32]]:
    """Return the prediction step for images of a size (y, x)."""
    sized = network
    if network.input_shape[1:3] != size:
        inputs = keras.Input((*size, network.input_shape[-1]))
        sized = keras.models.clone_model(network, input_tensors=inputs)
        sized.set_weights(network.get_weights())
    sized.compile(jit_compile=backend.compiles())
    predict: Callable[[NDArray[np.float32]], NDArray[np.float32]] = sized.predict_on_batch
    return predict
