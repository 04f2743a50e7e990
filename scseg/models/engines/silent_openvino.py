"""OpenVINO, which reports nothing to its makers."""

from __future__ import annotations

import sys

# It reports through this package where that can be imported, and to nobody where it cannot.
sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]

import openvino  # noqa: E402 - after that
from openvino import opset13 as ops  # noqa: E402 - as above

__all__ = ["openvino", "ops"]
