"""How a training went, as curves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.state.models import Model


@dataclass(frozen=True, eq=False)
class Curves:
    """The `losses` of `epochs`, counted from 1; of those `judged`, loss and Dice on the boxes held out.

    The curves reach to `end` along x.
    """

    epochs: NDArray[np.float64]
    losses: NDArray[np.float64]
    judged: NDArray[np.float64]
    held_out: NDArray[np.float64]
    dice: NDArray[np.float64]
    end: float

    @property
    def highest(self) -> float:
        """The largest loss."""
        return float(max([*self.losses, *self.held_out]))


def curves_of(model: Model) -> Curves:
    """Return the curves of the latest training, which must have an epoch."""
    judged = [(each.epoch + 1, each.validation) for each in model.epochs if each.validation]
    # What is planned for the next training says nothing about one that has ended.
    epochs = model.epochs[-1].epoch + 1 if model.run is None else model.plan.parameters.epochs
    return Curves(
        epochs=np.array([each.epoch + 1 for each in model.epochs], np.float64),
        losses=np.array([each.loss for each in model.epochs], np.float64),
        judged=np.array([number for number, _ in judged], np.float64),
        held_out=np.array([found.loss for _, found in judged], np.float64),
        dice=np.array([found.dice for _, found in judged], np.float64),
        end=max(2.0, epochs),
    )
