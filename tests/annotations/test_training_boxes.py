"""What is sampled, against labels written out pixel by pixel."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scseg.annotations.contents import Contents
from scseg.annotations.feature import COLOURS, Feature
from scseg.annotations.packed_masks import pack
from scseg.annotations.training_boxes import (
    count_samples,
    drawn_labels,
    merged_feature_names,
    samples_on_slice,
    training_boxes,
)
from scseg.base.labels import BACKGROUND, FEATURE, IGNORE
from scseg.datasets.training_sets.labelling import BoxGrid
from scseg.models.sampling import Counts
from tests.datasets.makers import one_label

SHAPE = (3, 24, 28)
NAMES = ("Membrane", "Carbon", "Background", "Ribosome")


def annotated(masks, boxes, sizes=None):
    """Return an annotation: masks (y, x) by name and slice, boxes (y, x) by name and slice."""
    names = dict.fromkeys(name for name, _ in [*masks, *boxes])
    contents = Contents.empty(SHAPE)
    contents.features = tuple(
        Feature(name, COLOURS[0], id=f"id of {name}", box_size=(sizes or {}).get(name, 8))
        for name in names
    )
    for (name, z), values in masks.items():
        if (packed := pack(values)) is not None:
            contents.masks[f"id of {name}", z] = packed
    for (name, z), points in boxes.items():
        if points:
            contents.boxes[f"id of {name}", z] = frozenset(points)
    return contents


@st.composite
def annotations(draw):
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    places = [(name, z) for name in NAMES for z in range(SHAPE[0])]
    density = draw(st.sampled_from([0.0, 0.003, 0.3]))
    masks = {
        place: random.choice(3, SHAPE[1:], p=[1 - density, density / 2, density / 2]).astype("u1")
        for place in places
        if random.random() < 0.7
    }
    boxes = {
        place: [(int(random.integers(SHAPE[1])), int(random.integers(SHAPE[2]))) for _ in range(3)]
        for place in places
    }
    sizes = {name: draw(st.integers(1, 12)) for name in NAMES}
    return masks, boxes, sizes


CHOICES = st.fixed_dictionaries({name: st.sampled_from([-1, 0, 1]) for name in NAMES})


def expected_label(masks, choices, place, centre, sizes):
    """The label of one box without resampling, as the rules say it, one pixel after the other."""
    (name, z), (size, annotated_size) = place, sizes
    positives = [masks[n, z] for n in NAMES if choices[n] > 0 and (n, z) in masks]
    label = np.zeros((size, size), int)
    for i, j in np.ndindex(size, size):
        y, x = centre[0] - size // 2 + i, centre[1] - size // 2 + j
        first = [c - annotated_size // 2 for c in centre]
        in_box = all(f <= p < f + annotated_size for f, p in zip(first, (y, x), strict=True))
        if not (0 <= y < SHAPE[1] and 0 <= x < SHAPE[2]) or not in_box:
            label[i, j] = IGNORE
        elif choices[name] < 0:
            label[i, j] = BACKGROUND
        elif any(mask[y, x] == IGNORE for mask in positives):
            label[i, j] = IGNORE
        elif any(mask[y, x] == FEATURE for mask in positives):
            label[i, j] = FEATURE
    return label


@given(annotations(), CHOICES, st.integers(1, 14))
def test_labels_and_counts_are_those_of_the_rules(annotation, choices, size):
    masks, boxes, sizes = annotation
    contents = annotated(masks, boxes, sizes)
    truth = {
        (place[1], *centre, choices[place[0]] < 0, sizes[place[0]]): expected_label(
            masks, choices, place, centre, (size, sizes[place[0]])
        )
        for place, centres in boxes.items()
        if choices[place[0]]
        for centre in set(centres)
    }
    found = training_boxes(contents, choices)
    for box in found:
        label = one_label(drawn_labels(contents, choices, box.z), box, BoxGrid(size))
        expected = truth[box.z, box.y, box.x, box.background, box.annotated]
        np.testing.assert_array_equal(label, expected)
    counts = count_samples(contents, choices, BoxGrid(size))
    # Two features of one size may have a box on the same voxel: both are sampled.
    wanted = sum(len(set(points)) for (name, _), points in boxes.items() if choices[name])
    assert len(found) == counts.positives + counts.negatives == wanted
    positives = sum(
        FEATURE in truth[box.z, box.y, box.x, box.background, box.annotated] for box in found
    )
    assert counts.positives == positives


@given(annotations(), CHOICES, st.integers(2, 10), st.floats(0.5, 2.5))
def test_counts_at_another_pixel_size_are_those_of_the_labels(annotation, choices, size, step):
    contents = annotated(*annotation)
    grid = BoxGrid(size, step)
    labels = [
        one_label(drawn_labels(contents, choices, box.z), box, grid)
        for box in training_boxes(contents, choices)
    ]
    positives = sum(FEATURE in label for label in labels)
    assert count_samples(contents, choices, grid) == Counts(positives, len(labels) - positives)


def test_counts_follow_every_change():
    mask = np.zeros(SHAPE[1:], np.uint8)
    contents = annotated({}, {("Membrane", 1): [(10, 10)], ("Background", 1): [(4, 4)]})
    choices = {"Membrane": 1, "Background": -1}
    assert count_samples(contents, choices, BoxGrid(8)) == Counts(0, 2)
    mask[10, 10] = FEATURE
    contents.masks["id of Membrane", 1] = pack(mask)
    assert count_samples(contents, choices, BoxGrid(8)) == Counts(1, 1)
    contents.boxes["id of Membrane", 2] = frozenset({(5, 5)})
    assert count_samples(contents, choices, BoxGrid(8)) == Counts(1, 2)
    del contents.boxes["id of Membrane", 1]
    assert count_samples(contents, choices, BoxGrid(8)) == Counts(0, 2)
    assert count_samples(contents, {"Background": -1}, BoxGrid(8)) == Counts(0, 1)
    assert count_samples(contents, {}, BoxGrid(8)) == Counts(0, 0)


def test_the_size_of_the_box_decides_what_it_is():
    mask = np.zeros(SHAPE[1:], np.uint8)
    mask[12, 16] = FEATURE
    contents = annotated({("Membrane", 0): mask}, {("Membrane", 0): [(12, 12)]}, {"Membrane": 10})
    for size, positive in ((8, False), (10, True), (20, True)):
        (sample,) = samples_on_slice(contents, {"Membrane": 1}, BoxGrid(size), 0)
        assert sample.positive is positive
    contents = annotated({("Membrane", 0): mask}, {("Membrane", 0): [(12, 12)]}, {"Membrane": 6})
    (sample,) = samples_on_slice(contents, {"Membrane": 1}, BoxGrid(20), 0)
    assert not sample.positive, "what is drawn beyond the annotated box is not known to be all"


def test_boxes_of_a_slice_tell_where_they_stand():
    boxes = {
        ("Membrane", 1): [(9, 3), (2, 8)],
        ("Background", 1): [(6, 6)],
        ("Carbon", 1): [(1, 1)],
    }
    contents = annotated({}, boxes)
    found = samples_on_slice(contents, {"Membrane": 1, "Background": -1}, BoxGrid(8), 1)
    assert [(each.box.y, each.box.x, each.box.background) for each in found] == [
        (2, 8, False),
        (9, 3, False),
        (6, 6, True),
    ]
    assert samples_on_slice(contents, {"Membrane": 1}, BoxGrid(8), 0) == ()


def test_names_merge_over_tomograms_and_within_one():
    first = annotated({}, {("Membrane", 0): [], ("Carbon", 0): []})
    second = annotated({}, {("Ribosome", 0): [], ("Membrane", 1): []})
    assert merged_feature_names([first, second]) == ("Membrane", "Carbon", "Ribosome")
    assert merged_feature_names([]) == ()


def test_two_features_of_one_name_in_one_tomogram_are_chosen_by_the_names_that_they_go_by():
    mask = np.zeros(SHAPE[1:], np.uint8)
    mask[5, 5] = FEATURE
    contents = annotated({("Membrane", 0): mask}, {("Membrane", 0): [(5, 5)]})
    twin = Feature("Membrane", COLOURS[1], id="twin", box_size=8)
    contents.features += (twin,)
    contents.boxes["twin", 0] = frozenset({(6, 6)})
    assert merged_feature_names([contents]) == ("Membrane", "Membrane (2)")
    assert count_samples(contents, {"Membrane": 1}, BoxGrid(4)) == Counts(1, 0)
    assert count_samples(contents, {"Membrane (2)": 1}, BoxGrid(4)) == Counts(0, 1)
    assert count_samples(contents, {"Membrane": 1, "Membrane (2)": 1}, BoxGrid(4)) == Counts(2, 0)


@pytest.mark.parametrize(
    ("size", "step", "edges"),
    [(64, 1.0, (67.5, 131.5)), (63, 1.0, (68.5, 131.5)), (32, 2.0, (68.0, 132.0))],
)
def test_the_frame_of_a_box_lies_half_a_pixel_beyond_its_outermost_ones(size, step, edges):
    assert BoxGrid(size, step).edges(100) == edges
