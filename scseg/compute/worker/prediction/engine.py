"""Which engine runs networks: OpenVINO on processors, Keras on graphics cards and where that is absent."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from scseg.base import machine
from scseg.base.errors import ScsegError
from scseg.models import backends

if TYPE_CHECKING:
    from scseg.models.backends import Backend
    from scseg.models.trained_network import LoadNetwork


def chosen_engine() -> LoadNetwork:
    """Return the engine that is best on this computer, with its libraries imported.

    The library under Keras, which takes seconds to be imported, is asked for graphics cards only where there
    may be one for it.
    """
    fast = backends.is_installed("openvino")
    if fast and not _may_have_card():
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


def _may_have_card() -> bool:
    """Tell whether there may be a graphics card that the backend can use."""
    try:
        backend: Backend = backends.resolved()
    except ScsegError:  # there is none to use it
        return False
    return machine.has_graphics_driver() or (backend == "torch" and not machine.is_linux())


def _openvino() -> LoadNetwork:
    from scseg.models.engines import openvino_engine  # noqa: PLC0415 - may be absent

    return openvino_engine.load_trained
