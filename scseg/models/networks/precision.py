"""How Keras calls the precisions in which networks multiply, and which is that of training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras

from scseg.models.networks import backend
from scseg.models.networks.measuring import is_faster
from scseg.models.precision import multiplies_bfloat16

if TYPE_CHECKING:
    from collections.abc import Callable

FULL = "float32"
FAST = "mixed_bfloat16"
"""Keras' name for products of bfloat16, while weights, their updates and the loss stay float32."""

HALF = "mixed_float16"
"""Keras' name for products of float16, likewise; networks in it only predict."""


def of_training(seconds: Callable[[str], float] | None = None) -> str:
    """Return FAST on processors that multiply bfloat16 by themselves, where it was found to be faster.

    On a graphics card, `seconds` tells how long a step takes in a precision. Where nothing tells, FULL.
    """
    if backend.has_gpu():
        return FAST if seconds and is_faster(seconds(FAST), seconds(FULL)) else FULL
    return FAST if keras.backend.backend() == "tensorflow" and multiplies_bfloat16() else FULL
