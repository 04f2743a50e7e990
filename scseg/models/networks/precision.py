"""The precision in which networks multiply while they are trained."""

from __future__ import annotations

import keras

from scseg.models.precision import multiplies_bfloat16

FULL = "float32"
FAST = "mixed_bfloat16"
"""Keras' name for products of bfloat16, while weights, their updates and the loss stay float32."""


def of_training() -> str:
    """Return FAST on processors that multiply bfloat16 by themselves, where it was found to be faster.

    Where there is a graphics card, or where it is not known, FULL.
    """
    if keras.backend.backend() != "tensorflow" or keras.distribution.list_devices("gpu"):
        return FULL
    return FAST if multiplies_bfloat16() else FULL
