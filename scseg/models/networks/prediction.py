"""A trained network as a plain function of tiles, compiled for one batch shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scseg.models.files import open_model, weights_path
from scseg.models.networks.architectures import build
from scseg.models.networks.weights import load_weights

if TYPE_CHECKING:
    from pathlib import Path

    import keras
    from numpy.typing import NDArray

    from scseg.models.description import ModelDescription
    from scseg.models.tiling import Network


def load_network(path: Path) -> tuple[ModelDescription, keras.Model]:
    """Return the network of a model file (.scnm) with its weights.

    Raises:
        ScsegError: a file is missing or damaged, or the weights are not the architecture's.
    """
    description = open_model(path)
    network = build(description.architecture, description.box_size, description.depth)
    load_weights(network, weights_path(path))
    return description, network


def predictor(network: keras.Model) -> Network:
    """Return a function from tiles (n, box, box, D) to predictions (n, box, box).

    It compiles anew for every n that it meets, so callers keep to one.
    """
    # XLA is slower than the plain graph on CPUs.
    network.compile(jit_compile=False)

    def predict(tiles: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(network.predict_on_batch(tiles)[..., 0], np.float32)

    return predict
