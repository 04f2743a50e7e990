"""Which engine runs networks: OpenVINO on processors, Keras on graphics cards and where that is absent."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

from scseg.models import backends

if TYPE_CHECKING:
    from scseg.models.trained_network import LoadNetwork


@dataclass(frozen=True)
class Engine:
    """What runs networks.

    Attributes:
        name: with its version, such as `openvino 2026.0.0`, or `tensorflow 2.21.0 GPU`.
        load: makes models ready.
    """

    name: str
    load: LoadNetwork


def chosen_engine() -> Engine:
    """Return the engine that is best on this computer, with its libraries imported.

    The library under Keras, which takes seconds to be imported, is asked for graphics cards only where there
    may be one for it.
    """
    fast = backends.is_installed("openvino")
    if fast and not backends.may_have_card():
        return _openvino()
    from scseg.models.networks import backend, prediction  # noqa: PLC0415 - imports Keras

    backend.prepare()
    if backend.has_gpu():
        return Engine(f"{backend.name()} GPU", prediction.load_trained)
    return _openvino() if fast else Engine(backend.name(), prediction.load_trained)


def _openvino() -> Engine:
    from scseg.models.engines import openvino_engine  # noqa: PLC0415 - may be absent

    return Engine(f"openvino {version('openvino')}", openvino_engine.load_trained)
