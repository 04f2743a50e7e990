"""How a network that knows something learns more: in steps that are the smaller, the earlier the layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras


@dataclass(frozen=True)
class Tuning:
    """How much smaller steps are.

    `rate` is a factor to the learning rate, `early` a further one for the first layer, which rises evenly (in
    its logarithm) to 1 at the last.
    """

    rate: float = 1.0
    early: float = 1.0


TUNING = Tuning(rate=0.5, early=0.1)
"""Of networks that begin from a starter which knows their feature.

One that is new to it is learnt in full steps: with these, it came more slowly than from scratch (one run).
"""


class TunedAdam(keras.optimizers.Adam):  # type: ignore[misc] # Keras has no types
    """Adam whose steps differ from layer to layer."""

    def __init__(self, rate: Any, model: keras.Model, early: float) -> None:  # noqa: ANN401
        super().__init__(rate)
        layers = [layer for layer in model.layers if layer.trainable_variables]
        last = max(1, len(layers) - 1)
        # In the order of the model's variables, which is that of its layers.
        self._factors = [
            early ** (1.0 - number / last)
            for number, layer in enumerate(layers)
            for _ in layer.trainable_variables
        ]

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:  # noqa: ANN401
        factor = self._factors[self._get_variable_index(variable)]
        super().update_step(gradient, variable, learning_rate * factor)
