"""How well boxes agree with their labels, against formulas and shapes whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from scseg.base.labels import BACKGROUND, FEATURE, IGNORE
from scseg.models.trust.agreement import (
    agreement,
    dice_of_boxes,
    disagreement,
    surface_dice_of_boxes,
)

BOX = 32


def square(y, x, side=10, value=1.0, elsewhere=0.0):
    box = np.full((1, BOX, BOX), elsewhere, np.float32)
    box[:, y : y + side, x : x + side] = value
    return box


def label(y, x, side=10):
    return square(y, x, side).astype(np.uint8)


def test_dice_is_that_of_the_areas():
    predictions, labels = square(5, 5), label(5, 10)
    assert dice_of_boxes(predictions, labels, 0.5) == pytest.approx([0.5])
    assert dice_of_boxes(predictions, label(5, 5), 0.5) == pytest.approx([1.0])
    assert dice_of_boxes(predictions, label(20, 20), 0.5) == pytest.approx([0.0])


def test_a_pixel_at_the_threshold_is_found():
    predictions = square(5, 5, value=np.float32(0.3))
    assert dice_of_boxes(predictions, label(5, 5), 0.3) == pytest.approx([1.0])
    assert dice_of_boxes(predictions, label(5, 5), 0.31) == pytest.approx([0.0])


def test_nothing_to_find_and_nothing_found_is_no_number():
    nothing = np.zeros((1, BOX, BOX), np.float32)
    no_label = nothing.astype(np.uint8)
    assert np.isnan(dice_of_boxes(nothing, no_label, 0.5)).all()
    assert np.isnan(surface_dice_of_boxes(nothing, no_label, 0.5)).all()
    assert dice_of_boxes(square(5, 5), no_label, 0.5) == pytest.approx([0.0])
    assert surface_dice_of_boxes(square(5, 5), no_label, 0.5) == pytest.approx([0.0])


@pytest.mark.parametrize(("tolerance", "expected"), [(0.5, None), (1.0, 1.0), (2.0, 1.0)])
def test_contours_may_be_as_far_apart_as_is_tolerated(tolerance, expected):
    found = surface_dice_of_boxes(square(5, 5), label(5, 6), 0.5, tolerance)
    if expected is None:
        # Of each contour of 36 pixels those stay that lie on the other: two sides, without their ends.
        assert found == pytest.approx([18 / 36])
    else:
        assert found == pytest.approx([expected])


def test_there_is_no_contour_along_the_edge_of_the_box_or_what_is_ignored():
    labels = np.full((1, BOX, BOX), FEATURE, np.uint8)
    everywhere = np.ones((1, BOX, BOX), np.float32)
    assert np.isnan(surface_dice_of_boxes(everywhere, labels, 0.5)).all()
    labels[:, :, 16:] = IGNORE
    assert np.isnan(surface_dice_of_boxes(everywhere, labels, 0.5)).all()
    labels[:, :, 16:] = BACKGROUND
    found = surface_dice_of_boxes(square(0, 0, 16), labels[:, :, :], 0.5)
    assert 0.0 < found[0] < 1.0


def test_what_is_ignored_counts_nowhere(rng):
    predictions = rng.random((4, BOX, BOX)).astype(np.float32)
    labels = (rng.random((4, BOX, BOX)) < 0.5).astype(np.uint8)
    labels[:, 8:20, 8:20] = IGNORE
    other = predictions.copy()
    other[:, 8:20, 8:20] = 1.0 - other[:, 8:20, 8:20]
    for score in (dice_of_boxes, surface_dice_of_boxes, disagreement):
        np.testing.assert_array_equal(score(predictions, labels, 0.5), score(other, labels, 0.5))


def test_a_sure_model_makes_a_label_more_doubtful_than_an_unsure_one():
    sure, unsure = square(5, 5, value=0.99), square(5, 5, value=0.55)
    empty = np.zeros((1, BOX, BOX), np.uint8)
    assert disagreement(sure, empty, 0.5)[0] > disagreement(unsure, empty, 0.5)[0] > 0.0
    assert abs(disagreement(sure, label(5, 5), 0.5)[0]) < 0.1


def test_labels_that_are_drawn_with_the_predicted_values_do_not_disagree_in_the_mean(rng):
    predictions = rng.random((1, BOX, BOX)).astype(np.float32)
    many = np.repeat(predictions, 400, axis=0)
    labels = (rng.random(many.shape) < many).astype(np.uint8)
    assert abs(disagreement(many, labels, 0.5).mean()) < 0.005


def test_spoilt_labels_come_first(rng):
    """A tenth emptied or moved by half a box: four fifths of these stand in the first 15 % of the list."""
    count = 200
    labels = np.zeros((count, BOX, BOX), np.uint8)
    for box in labels[: count * 2 // 3]:
        y, x = rng.integers(4, BOX - 14, 2)
        box[y : y + 10, x : x + 10] = FEATURE
    # A mediocre model: unsure everywhere, and blind for some.
    strength = rng.uniform(0.3, 0.95, (count, 1, 1))
    noise = rng.normal(0.0, 0.08, labels.shape)
    predictions = np.clip(0.05 + strength * labels + noise, 0.0, 1.0).astype(np.float32)
    spoilt = rng.permutation(count * 2 // 3)[: count // 10]
    labels[spoilt[::2]] = BACKGROUND
    labels[spoilt[1::2]] = np.roll(labels[spoilt[1::2]], BOX // 2, axis=2)
    worst = np.argsort(-disagreement(predictions, labels, 0.5))[: round(0.15 * count)]
    assert np.isin(spoilt, worst).mean() >= 0.8


def test_of_many_boxes_the_same_is_told_as_of_each_by_itself(rng):
    predictions = rng.random((300, 64, 64)).astype(np.float32)
    labels = rng.integers(0, 3, predictions.shape).astype(np.uint8)
    found = agreement(predictions, labels, 0.4, 1.0)
    compare = predictions, labels, 0.4
    np.testing.assert_array_equal(found.dice, dice_of_boxes(*compare))
    np.testing.assert_array_equal(found.surface_dice, surface_dice_of_boxes(*compare, 1.0))
    np.testing.assert_array_equal(found.disagreement, disagreement(*compare))
