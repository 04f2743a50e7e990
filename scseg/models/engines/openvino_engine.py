"""Networks run by OpenVINO: ready in a fraction of the time that TensorFlow takes to be imported.

Built from the same layers and weights as Keras builds them from, and compiled for each shape of images.
"""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np

from scseg.base.cores import usable_cores
from scseg.base.lru_cache import LruCache
from scseg.models.architectures.table import ARCHITECTURES
from scseg.models.engines.openvino_graph import graph
from scseg.models.engines.silent_openvino import openvino
from scseg.models.trained_network import TrainedNetwork, read_trained, ready

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from scseg.models.precision import Precision
    from scseg.models.tiling.blending import Network

    Shape = tuple[int, ...]
    Compile = Callable[[Shape], Network]

_SHAPES_KEPT = 4
"""Slices of one size take two, where orientations are averaged; one more are the tiles."""

_PRECISIONS = {"float32": "f32", "bfloat16": "bf16"}


def load_trained(path: Path, precision: Precision) -> TrainedNetwork:
    """Return a model ready to predict in a precision.

    Raises:
        ScsegError: see `read_trained`.
    """
    description, weights = read_trained(path)
    layers = ARCHITECTURES[description.architecture].layers
    model = partial(graph, layers, weights)
    return ready(description, predictor(lambda shape: compiled(model(shape), precision)))


def predictor(compile_for: Compile) -> Network:
    """Return a function from images (n, y, x, D) to predictions (n, y, x), compiled for each shape."""
    kept: LruCache[Shape, Network] = LruCache(_SHAPES_KEPT, lambda _: 1)

    def predict(images: NDArray[np.float32]) -> NDArray[np.float32]:
        network = kept.get(images.shape)
        if network is None:
            network = compile_for(images.shape)
            kept.put(images.shape, network)
        return network(images)

    return predict


@cache
def _core() -> openvino.Core:
    return openvino.Core()


def compiled(model: openvino.Model, precision: Precision) -> Network:
    """Return a graph as a function, on all cores that this program may use."""
    settings = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": _PRECISIONS[precision],
        # Explicit, because OpenVINO would leave the second thread of each core idle.
        "INFERENCE_NUM_THREADS": usable_cores(),
        # Else each process binds its threads to the first cores, and several would share these.
        "ENABLE_CPU_PINNING": False,
    }
    request = _core().compile_model(model, "CPU", settings).create_infer_request()

    def predict(images: NDArray[np.float32]) -> NDArray[np.float32]:
        request.infer({0: np.ascontiguousarray(images)}, share_inputs=True)
        return np.array(request.get_output_tensor(0).data[:, 0], np.float32)

    return predict
