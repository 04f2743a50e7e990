"""Boxes held out: whole slices or one side, and nothing of them left to learn from."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scseg.models.holdout import BoxPlaces, split_boxes, without_held_out
from scseg.models.sampling import Counts

SIZE = 8


def places_of(positions, origins=None, step=1.0):
    count = len(positions)
    origins = np.zeros(count, np.int64) if origins is None else np.array(origins)
    return BoxPlaces(np.array(positions, np.int64).reshape(-1, 3), origins, np.full(count, step))


def labels_of(positives, negatives):
    labels = np.zeros((positives + negatives, SIZE, SIZE), np.uint8)
    labels[:positives, 2:5, 2:5] = 1
    return labels


def spread(slices, per_slice, gap=10):
    """Return positions of boxes that do not touch, on slices that are far apart."""
    places = [
        (z * gap, 20 * (i // 8), 20 * (i % 8)) for z in range(slices) for i in range(per_slice)
    ]
    return places_of(places)


def pixel_middles(centre, step):
    """Return where the pixels of a box are read along one axis, as the design tells it."""
    if step == 1.0:
        return centre - SIZE // 2 + np.arange(SIZE)
    return centre + (np.arange(SIZE) - (SIZE - 1) / 2) * step


@st.composite
def crowds(draw):
    """Return places where boxes of two tomograms overlap, and which of them are held out."""
    count = draw(st.integers(2, 12))
    position = st.tuples(st.integers(0, 6), st.integers(0, 25), st.integers(0, 25))
    positions = draw(st.lists(position, min_size=count, max_size=count))
    origins = draw(st.lists(st.integers(0, 1), min_size=count, max_size=count))
    steps = draw(st.tuples(*[st.sampled_from([0.37, 0.5, 1.0, 1.3, 2.0, 3.1])] * 2))
    held = draw(st.lists(st.booleans(), min_size=count, max_size=count))
    places = BoxPlaces(
        np.array(positions, np.int64), np.array(origins), np.array([steps[o] for o in origins])
    )
    return places, np.array(held)


@given(crowds())
def test_pixels_inside_a_held_out_box_up_to_two_slices_away_are_ignored(crowd):
    places, held = crowd
    labels = (np.arange(len(held) * SIZE * SIZE) % 2).astype(np.uint8).reshape(-1, SIZE, SIZE)
    learnt, held_out = np.flatnonzero(~held), np.flatnonzero(held)
    left = without_held_out(labels, places, learnt, held_out)
    for row, box in enumerate(learnt):
        expected = labels[box].copy()
        middles = [pixel_middles(c, places.steps[box]) for c in places.positions[box, 1:]]
        for other in held_out:
            if places.origins[other] != places.origins[box]:
                continue
            if abs(places.positions[other, 0] - places.positions[box, 0]) > 2:
                continue
            step = places.steps[other]
            inside = []
            for middle, centre in zip(middles, places.positions[other, 1:], strict=True):
                covered = pixel_middles(centre, step)
                low, high = covered[0] - step / 2, covered[-1] + step / 2
                inside.append((middle >= low - 1e-9) & (middle <= high + 1e-9))
            expected[np.ix_(*map(np.flatnonzero, inside))] = 2
        assert np.array_equal(left[row], expected)


@given(crowds(), st.sampled_from([0.1, 0.2, 0.5]), st.integers(0, 9))
def test_no_box_is_both_learnt_and_judged_by_and_counts_are_those_after_hold_out(crowd, part, seed):
    places, _ = crowd
    random = np.random.default_rng(seed)
    labels = (random.random((len(places.origins), SIZE, SIZE)) < 0.01).astype(np.uint8)
    division = split_boxes(labels, places, part)
    assert not set(division.learnt.tolist()) & set(division.held_out.tolist())
    assert (len(division.held_out) > 0) != bool(division.why_not)
    with_feature = (division.labels == 1).any(axis=(1, 2))
    assert division.boxes == Counts(int(with_feature.sum()), int((~with_feature).sum()))
    judged = (labels[division.held_out] == 1).any(axis=(1, 2))
    assert division.held == Counts(int(judged.sum()), int((~judged).sum()))
    assert not (division.labels == 2).all(axis=(1, 2)).any()


def test_where_three_slices_have_boxes_whole_slices_are_held_out():
    places = spread(slices=5, per_slice=20)
    labels = labels_of(100, 0)
    division = split_boxes(labels, places, 0.2)
    z = places.positions[:, 0]
    assert len(set(z[division.held_out])) == 1
    assert not set(z[division.held_out]) & set(z[division.learnt])
    assert (division.boxes, division.held) == (Counts(80, 0), Counts(20, 0))


def test_the_same_slice_of_two_tomograms_is_two_slices():
    positions = [(5, 20 * i, 0) for i in range(3)]
    division = split_boxes(labels_of(3, 0), places_of(positions, origins=[0, 1, 2]), 0.3)
    assert len(division.held_out) == 1
    assert not (division.labels == 2).any()


def test_on_two_slices_one_side_of_the_tomogram_is_held_out():
    places = spread(slices=2, per_slice=32)
    division = split_boxes(labels_of(64, 0), places, 0.25)
    held, learnt = places.positions[division.held_out], places.positions[division.learnt]
    assert len(held) == 16
    assert len(set(held[:, 0])) == 2
    sides = [
        held[:, axis].min() > learnt[:, axis].max() or held[:, axis].max() < learnt[:, axis].min()
        for axis in (1, 2)
    ]
    assert any(sides)


def test_positives_and_negatives_are_both_held_out():
    random = np.random.default_rng(0)
    places = spread(slices=10, per_slice=20)
    labels = labels_of(60, 140)
    order = random.permutation(len(labels))
    division = split_boxes(labels[order], places, 0.2)
    assert 8 <= division.held.positives <= 16
    assert 20 <= division.held.negatives <= 36


def test_neighbouring_slices_with_the_same_boxes_are_divided_by_side():
    """Of three slices in a row, one held out would leave nothing of the other two."""
    positions = [(z, 20 * i, 0) for z in (50, 51, 52) for i in range(10)]
    division = split_boxes(labels_of(30, 0), places_of(positions), 0.2)
    assert division.boxes.positives == 24
    assert not (division.labels == 2).any()


def test_a_set_with_few_boxes_is_learnt_whole_and_says_why():
    division = split_boxes(labels_of(60, 30), spread(3, 30), None)
    assert len(division.learnt) == 90
    assert "all 90 boxes, 60 with the feature" in division.why_not
    assert split_boxes(labels_of(19, 200), spread(3, 73), None).held == Counts(0, 0)


def test_a_set_with_many_boxes_spares_a_fifth_unasked():
    division = split_boxes(labels_of(100, 0), spread(5, 20), None)
    assert division.held.total == 20


def test_nothing_is_held_out_if_that_is_asked_for():
    labels = labels_of(100, 100)
    division = split_boxes(labels, spread(5, 40), 0)
    assert division.boxes == Counts(100, 100)
    assert division.labels is labels
    assert division.why_not == ""


@pytest.mark.parametrize("positives", [0, 1])
def test_what_cannot_be_divided_is_told(positives):
    division = split_boxes(labels_of(positives, 5 - positives), spread(5, 1), 0.2)
    assert division.held == Counts(0, 0)
    assert "held out" in division.why_not
