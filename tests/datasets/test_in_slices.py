"""How much of simulated slices each feature fills, as the recipe of starters tells it."""

from __future__ import annotations

import numpy as np

from scseg.datasets.simulation.boxes import FEATURES
from scseg.datasets.simulation.settings import drawn
from scseg.datasets.simulation.simulated import simulated
from tools.starter.in_slices import parts_of_slices


def test_a_part_is_that_of_the_pixels_that_are_judged_away_from_the_surfaces():
    parts = parts_of_slices(2)
    found, judged = np.zeros(4), np.zeros(4)
    for seed in (0, 1):
        made = simulated(drawn(seed))
        inner = slice(4, -4)
        there = np.broadcast_to(~made.padding, made.unsure.shape)[inner]
        for number, feature in enumerate(FEATURES):
            counts = there & ~made.unsure[inner] if feature == "Membrane" else there
            found[number] += made.labels[feature][inner][counts].sum()
            judged[number] += counts.sum()
    np.testing.assert_allclose([parts[each] for each in FEATURES], found / judged)
    assert max(parts.values()) > 0
