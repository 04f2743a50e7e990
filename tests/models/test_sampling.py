"""What an epoch shows: the counts of the manual, orientations, and the deck of negatives."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scseg.base.errors import ScsegError
from scseg.models.sampling import Counts, describe_epoch, epoch_counts, epochs


def of(positives, negatives):
    return np.array([True] * positives + [False] * negatives)


def test_the_manual_s_example_shows_each_negative_once(rng):
    epoch = next(epochs(of(50, 200), 2, 1.0, rng))
    shown = Counter(epoch.boxes.tolist())
    assert [shown[i] for i in range(50)] == [2] * 50
    assert [shown[i] for i in range(50, 250)] == [1] * 200


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((50, 200, 2, 1.0), Counts(100, 200)),
        ((10, 5, 4, 0.3), Counts(40, 52)),
        ((1, 1, 1, 0.5), Counts(1, 2)),
        ((3, 1, 1, 0.15), Counts(3, 3)),
        ((7, 0, 4, 0.3), Counts(28, 0)),
    ],
)
def test_counts(arguments, expected):
    assert epoch_counts(*arguments) == expected


def test_without_positives_there_is_nothing_to_learn(rng):
    with pytest.raises(ScsegError, match="feature"):
        next(epochs(of(0, 5), 4, 0.3, rng))


@pytest.mark.parametrize(
    ("boxes", "copies", "excess", "words"),
    [
        (Counts(50, 200), 2, 1.0, "300 samples per epoch, 200 of 200 negatives per epoch"),
        (Counts(50, 200), 2, 0.0, "200 samples per epoch, 100 of 200 negatives per epoch"),
        (Counts(10, 5), 4, 0.3, "92 samples per epoch, each of 5 negatives 10.4 times per epoch"),
        (Counts(7, 0), 4, 0.3, "28 samples per epoch, no negatives"),
        (Counts(0, 9), 4, 0.3, "No box contains the feature"),
    ],
)
def test_what_an_epoch_shows_is_told(boxes, copies, excess, words):
    assert describe_epoch(boxes, copies, excess) == words


sizes = st.tuples(st.integers(1, 20), st.integers(0, 30), st.integers(1, 20), st.floats(0, 3))


@given(sizes, st.integers(0, 99))
def test_every_epoch_has_exactly_the_counts(size, seed):
    positives, negatives, copies, excess = size
    dealt = epochs(of(positives, negatives), copies, excess, np.random.default_rng(seed))
    counts = epoch_counts(positives, negatives, copies, excess)
    for epoch in itertools.islice(dealt, 3):
        assert len(epoch.boxes) == len(epoch.orientations) == counts.total
        assert (epoch.boxes < positives).sum() == counts.positives
        assert set(epoch.orientations.tolist()) <= set(range(8))


@given(sizes, st.integers(0, 99))
def test_copies_of_a_box_differ_in_orientation_while_there_are_enough(size, seed):
    positives, negatives, copies, excess = size
    epoch = next(epochs(of(positives, negatives), copies, excess, np.random.default_rng(seed)))
    for box in range(positives):
        turns = epoch.orientations[epoch.boxes == box].tolist()
        assert len(turns) == copies
        assert len(set(turns)) == min(copies, 8)


@given(sizes, st.integers(0, 99))
def test_the_deck_runs_on_across_epochs(size, seed):
    positives, negatives, copies, excess = size
    dealt = epochs(of(positives, negatives), copies, excess, np.random.default_rng(seed))
    shown = Counter(
        int(box) for epoch in itertools.islice(dealt, 4) for box in epoch.boxes if box >= positives
    )
    times = [shown[i] for i in range(positives, positives + negatives)]
    assert not times or max(times) - min(times) <= 1


def test_one_seed_one_deal():
    a, b = (epochs(of(9, 9), 3, 0.3, np.random.default_rng(7)) for _ in range(2))
    for first, second in itertools.islice(zip(a, b, strict=True), 3):
        assert np.array_equal(first.boxes, second.boxes)
        assert np.array_equal(first.orientations, second.orientations)
