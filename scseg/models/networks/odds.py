"""How likely a feature is in boxes: people put them where it is, so it is rarer in slices.

A network that is told so need not learn it (Menon et al., Long-tail learning via logit adjustment,
ICLR 2021).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from scseg.base.labels import FEATURE, IGNORE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.models.samples import Samples


def log_odds(samples: Samples) -> float:
    """Return how likely the feature is in a pixel that is judged: the logarithm of yes to no."""
    found = int((samples.labels == FEATURE).sum())
    judged = int((samples.labels != IGNORE).sum())
    return math.log((found + 1) / (judged - found + 1))


def with_odds(labels: NDArray[np.float32], odds: float) -> NDArray[np.float32]:
    """Return labels (..., 1) as (..., 2), as the loss takes them; those that have odds keep them."""
    if labels.shape[-1] > 1:
        return labels
    return np.concatenate([labels, np.full_like(labels, odds)], axis=-1)
