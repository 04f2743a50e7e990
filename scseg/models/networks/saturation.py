"""What keeps networks in float16 from infinity, which would become no numbers in the next layer."""

from __future__ import annotations

from typing import Any

import keras

LARGEST = 65504.0
"""The largest value of float16."""


class Saturation(keras.layers.Layer):  # type: ignore[misc] # Keras has no types
    """Holds values beyond the largest of float16 at that."""

    def call(self, inputs: Any) -> Any:  # noqa: ANN401
        return keras.ops.clip(inputs, -LARGEST, LARGEST)
