"""How much of simulated slices each feature fills: boxes, most of which stand on some feature, hold more."""

from __future__ import annotations

import numpy as np

from scseg.base.labels import FEATURE, IGNORE
from scseg.datasets.simulation.boxes import FEATURES, FROM_EDGE, coded, decoded
from scseg.datasets.simulation.settings import drawn
from scseg.datasets.simulation.simulated import simulated

TOMOGRAMS = 48
"""Some three seconds each."""


def parts_of_slices(tomograms: int = TOMOGRAMS) -> dict[str, float]:
    """Return which part (0..1) of the judged pixels of slices is of each feature, with it or without."""
    found, judged = np.zeros(len(FEATURES)), np.zeros(len(FEATURES))
    for seed in range(tomograms):
        codes = coded(simulated(drawn(seed)))
        for code in codes[FROM_EDGE:-FROM_EDGE]:
            labels = decoded(code)
            found += (labels == FEATURE).sum(axis=(0, 1))
            judged += (labels != IGNORE).sum(axis=(0, 1))
    return dict(zip(FEATURES, (found / judged).tolist(), strict=True))
