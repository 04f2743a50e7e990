"""Which engine runs networks: OpenVINO on processors, Keras on graphics cards and where that is absent."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

from scseg.models import backends
from scseg.models.precision import of_processor, resolved

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scseg.models.precision import Precision, PrecisionChoice
    from scseg.models.trained_network import TrainedNetwork


@dataclass(frozen=True)
class Engine:
    """What runs networks.

    Attributes:
        name: with its version, such as `openvino 2026.0.0`, or `tensorflow 2.21.0 GPU`.
        fast: the precision in which it is fastest, from the features of its device alone.
        load_in: makes a model's file (.scnm) ready to predict in a precision.
    """

    name: str
    fast: Precision
    load_in: Callable[[Path, Precision], TrainedNetwork]

    def load(self, path: Path, choice: PrecisionChoice) -> TrainedNetwork:
        """Return a model ready to predict, in the precision that a choice means here.

        Raises:
            ScsegError: see `read_trained`.
        """
        return self.load_in(path, resolved(choice, self.fast))


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
        of_card: Precision = "float16" if backend.multiplies_float16() else "float32"
        return Engine(f"{backend.name()} GPU", of_card, prediction.load_trained)
    return _openvino() if fast else Engine(backend.name(), of_processor(), prediction.load_trained)


def _openvino() -> Engine:
    from scseg.models.engines import openvino_engine  # noqa: PLC0415 - may be absent

    return Engine(f"openvino {version('openvino')}", of_processor(), openvino_engine.load_trained)
