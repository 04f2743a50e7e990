"""The mean of weights: the first is all of it, later it covers a tenth of the run, at most some 50."""

from __future__ import annotations

import numpy as np
import pytest

from scseg.models.networks.averaging import Span, WeightAverage


class Network:
    def __init__(self, value=0.0):
        self.value = value

    def get_weights(self):
        return [np.array([self.value], np.float32)]


def mean_of_a_ramp(batches, **span):
    """Return the mean after weights of 1, 2, 3, …"""
    network = Network()
    average = WeightAverage(network, Span(**span))
    for batch in range(1, batches + 1):
        network.value = batch
        average.add()
    return average.mean()[0].item()


def test_the_first_weights_are_all_of_it():
    assert mean_of_a_ramp(0) == 0
    assert mean_of_a_ramp(1) == 1


def test_constant_weights_are_their_own_mean():
    average = WeightAverage(Network(7.0))
    for _ in range(30):
        average.add()
    assert average.mean()[0].item() == pytest.approx(7.0)


@pytest.mark.parametrize("batches", [50, 200, 400])
def test_it_lags_behind_by_a_part_of_the_run(batches):
    # A share of 10 / n for the n-th weights lets the mean of a ramp lag by n / 11.
    assert mean_of_a_ramp(batches) == pytest.approx(batches * 10 / 11, abs=4)


@pytest.mark.parametrize("part", [0.25, 0.5])
def test_it_lags_behind_by_more_where_it_covers_more_of_the_run(part):
    # Likewise, a share of 1 / (part n) for the n-th weights lets it lag by n part / (1 + part).
    assert mean_of_a_ramp(400, part=part, most=1000) == pytest.approx(400 / (1 + part), abs=4)


def test_it_never_covers_more_than_some_50_batches():
    # An exponential mean with a share of s lags by (1 - s) / s, here within the stride.
    assert mean_of_a_ramp(3000) == pytest.approx(3000 - 49, abs=4)


def test_it_covers_no_more_batches_than_it_is_told():
    assert mean_of_a_ramp(3000, most=200) == pytest.approx(3000 - 199, abs=4)
