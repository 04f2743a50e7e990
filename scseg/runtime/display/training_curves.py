"""How a training went, as curves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scseg.models.training_curve import Epoch

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.compute.messages import EpochDone
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


def curves_of(model: Model) -> Curves | None:
    """Return the curves of the latest training; None where nothing is known of any epoch."""
    known = _epochs(model)
    if not known:
        return None
    judged = [
        (each.number + 1, each.held_out, each.dice) for each in known if each.dice is not None
    ]
    # Of a training that waits or begins nothing is known yet; what is shown has ended then.
    planned = model.run.epochs if model.run is not None and model.epochs else 0
    # ImPlot takes no views.
    numbers, held_out, dice = np.ascontiguousarray(np.array(judged, np.float64).reshape(-1, 3).T)
    return Curves(
        epochs=np.array([each.number + 1 for each in known], np.float64),
        losses=np.array([each.loss for each in known], np.float64),
        judged=numbers,
        held_out=held_out,
        dice=dice,
        end=max(2.0, known[-1].number + 1, planned),
    )


def _epochs(model: Model) -> tuple[Epoch, ...]:
    """Return the epochs of the training that goes on or, of one before, as the model's file tells them."""
    if model.epochs or (model.run is not None and model.run.parameters > 0):
        return tuple(map(_told, model.epochs))
    weights = model.last or model.weights
    return () if weights is None else weights.description.curve


def _told(done: EpochDone) -> Epoch:
    judged = done.validation
    if judged is None:
        return Epoch(done.epoch, done.loss)
    return Epoch(done.epoch, done.loss, judged.loss, judged.dice)
