"""Which engine runs networks: OpenVINO on processors, Keras on graphics cards and where that is absent."""

from __future__ import annotations

from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scseg.models.trained_network import LoadNetwork

_DRIVERS = (Path("/proc/driver/nvidia/version"), Path("/dev/kfd"), Path("/dev/dxg"))
"""What there is on Linux with a driver of NVIDIA's or AMD's cards, and where Windows lends its own."""


def chosen_engine() -> LoadNetwork:
    """Return the engine that is best on this computer, with its libraries imported.

    TensorFlow, which takes seconds to be imported, is asked for graphics cards only where there is a driver.
    """
    fast = find_spec("openvino") is not None
    if fast and not any(path.exists() for path in _DRIVERS):
        return _openvino()
    from scseg.models.networks import backend, prediction  # noqa: PLC0415 - imports Keras

    backend.prepare()
    return prediction.load_trained if backend.has_gpu() or not fast else _openvino()


def engine_name(load: LoadNetwork) -> str:
    """Return what a loader runs networks with, such as `openvino 2026.0.0`, or `tensorflow 2.21.0 GPU`."""
    if load.__module__.startswith("scseg.models.engines"):
        return f"openvino {version('openvino')}"
    from scseg.models.networks import backend  # noqa: PLC0415 - imports Keras

    return f"{backend.name()}{' GPU' if backend.has_gpu() else ''}"


def _openvino() -> LoadNetwork:
    from scseg.models.engines import openvino_engine  # noqa: PLC0415 - may be absent

    return openvino_engine.load_trained
