"""How likely a feature is in boxes: people put them where it is, so it is rarer in slices.

A network that is told so need not learn it (Menon et al., Long-tail learning via logit adjustment,
ICLR 2021).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scseg.base.labels import FEATURE, IGNORE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.models.samples import KnownBoxes, Samples
    from scseg.models.sampling import Counts


@dataclass(frozen=True)
class Odds:
    """How much likelier a feature is in boxes than in slices, as differences of log odds.

    In the user's `own` boxes, and in `known` ones of simulated tomograms.
    """

    own: float = 0.0
    known: float = 0.0


def odds_of(samples: Samples, dealt: Counts, known: KnownBoxes) -> Odds:
    """Return the odds of samples that are dealt among known boxes, if slices hold as much as simulated ones.

    Those of the samples are 0 where they hold less than that: slices of the same tomogram do not hold more.
    """
    in_slices = math.log(known.in_slices / (1 - known.in_slices))
    own = log_odds(samples, dealt) - in_slices
    return Odds(max(0.0, own), log_odds(known.samples) - in_slices)


def log_odds(samples: Samples, dealt: Counts | None = None) -> float:
    """Return how likely the feature is in a pixel that is judged: the logarithm of yes to no.

    In boxes as they are, or as an epoch deals them: so many with the feature, and so many without.
    """
    found, judged = (
        is_so.sum(axis=(1, 2)) for is_so in (samples.labels == FEATURE, samples.labels != IGNORE)
    )
    often = np.ones(len(judged)) if dealt is None else _how_often(samples, dealt)
    yes, all_judged = float(often @ found), float(often @ judged)
    return math.log((yes + 1) / (all_judged - yes + 1))


def _how_often(samples: Samples, dealt: Counts) -> NDArray[np.float64]:
    """Return how often each box is dealt, to the mean of all of them."""
    boxes = samples.counts
    positive = dealt.positives / max(1, boxes.positives)
    negative = dealt.negatives / max(1, boxes.negatives)
    often = np.where(samples.positive, positive, negative)
    relative: NDArray[np.float64] = often / often.mean()
    return relative


def with_odds(labels: NDArray[np.float32], odds: float) -> NDArray[np.float32]:
    """Return labels (..., 1) as (..., 2), as the loss takes them; those that have odds keep them."""
    if labels.shape[-1] > 1:
        return labels
    return np.concatenate([labels, np.full_like(labels, odds)], axis=-1)
