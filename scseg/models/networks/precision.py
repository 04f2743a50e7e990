"""The precision in which networks multiply while they are trained."""

from __future__ import annotations

from pathlib import Path

import keras

FULL = "float32"
FAST = "mixed_bfloat16"
"""Keras' name for products of bfloat16, while weights, their updates and the loss stay float32."""

_CPU_INFO = Path("/proc/cpuinfo")
_PRODUCTS_OF_BFLOAT16 = {"avx512_bf16", "amx_bf16"}


def of_training() -> str:
    """Return FAST where it was found to be faster: on processors that multiply bfloat16 by themselves.

    All others imitate it, and are slower than in FULL. Where that cannot be told, or where there is a
    graphics card, FULL.
    """
    if keras.backend.backend() != "tensorflow" or keras.distribution.list_devices("gpu"):
        return FULL
    return FAST if _PRODUCTS_OF_BFLOAT16 & _processor_features() else FULL


def _processor_features() -> set[str]:
    try:
        return set(_CPU_INFO.read_text(encoding="ascii", errors="replace").split())
    except OSError:  # not Linux
        return set()
