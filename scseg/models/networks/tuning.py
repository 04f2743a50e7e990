"""How a network that knows something learns more, and loses little of what it knows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from keras import ops

from scseg.models.networks.augmentation import varied
from scseg.models.tiling.orientations import orient

if TYPE_CHECKING:
    from scseg.models.networks.augmentation import Variation
    from scseg.models.networks.batches import Batch
    from scseg.models.samples import Samples


@dataclass(frozen=True, eq=False)
class Tuning:
    """With how much care.

    `rate` is a factor to the learning rate, `early` a further one for the first layer, which rises evenly (in
    its logarithm) to 1 at the last. After each step the weights go back by a part `hold` of the way to where
    they began (Li et al., L2-SP, ICML 2018, with the decay apart from Adam's steps). Of `known`, boxes that
    it has learnt from before, each batch gets a share of its own size more, `mixed`.
    """

    rate: float = 1.0
    early: float = 1.0
    hold: float = 0.0
    mixed: float = 0.0
    known: Samples | None = None


TUNING = Tuning(rate=0.5, early=0.1)
"""Of networks that begin from a starter which knows their feature.

One that is new to it is learnt in full steps: with these, it came more slowly than from scratch (one run).
"""


class TunedAdam(keras.optimizers.Adam):  # type: ignore[misc] # Keras has no types
    """Adam whose steps differ from layer to layer, and that holds weights near where they began."""

    def __init__(self, rate: Any, model: keras.Model, tuning: Tuning) -> None:  # noqa: ANN401
        super().__init__(rate)
        layers = [layer for layer in model.layers if layer.trainable_variables]
        last = max(1, len(layers) - 1)
        # In the order of the model's variables, which is that of its layers.
        self._factors = [
            tuning.early ** (1.0 - number / last)
            for number, layer in enumerate(layers)
            for _ in layer.trainable_variables
        ]
        self._hold = tuning.hold
        self._begun = [
            ops.convert_to_numpy(variable)
            for layer in layers
            for variable in layer.trainable_variables
        ]

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:  # noqa: ANN401
        number = self._get_variable_index(variable)
        super().update_step(gradient, variable, learning_rate * self._factors[number])
        if self._hold:
            begun = ops.cast(self._begun[number], variable.dtype)
            self.assign_sub(variable, self._hold * (variable - begun))


class Beside:
    """Boxes that the network knows already, mixed into each batch of those that are new to it."""

    def __init__(self, tuning: Tuning, variation: Variation, seed: int) -> None:
        self._known, self._share = tuning.known, tuning.mixed
        self._variation = variation
        self._random = np.random.default_rng([seed, 2])

    def know(self, known: Samples) -> None:
        """Mix in others from here on."""
        self._known = known

    def added(self, batch: Batch) -> Batch:
        """Return a batch with boxes that are known before its own."""
        count = round(self._share * len(batch.images)) if self._known is not None else 0
        if not count or self._known is None:
            return batch
        pairs = []
        for box in self._random.integers(len(self._known.images), size=count):
            turn = int(self._random.integers(8))
            image, label = (
                orient(each[box], turn) for each in (self._known.images, self._known.labels)
            )
            pairs.append(varied(image, label, self._variation, self._random))
        images, labels = (np.stack(each) for each in zip(*pairs, strict=True))
        return replace(
            batch,
            count=batch.count + count,
            images=np.concatenate([np.moveaxis(images, 1, -1), batch.images]),
            labels=np.concatenate([labels[..., None].astype(np.float32), batch.labels]),
        )
