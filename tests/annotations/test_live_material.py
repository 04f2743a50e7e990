"""What is learnt while one draws, against what each pixel of a box was said to be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scseg.annotations.contents import Contents
from scseg.annotations.feature import COLOURS, LONGEST_NAME, Feature
from scseg.annotations.live_material import (
    has_material,
    live_material,
    stroke_labels,
    wrong_name,
)
from scseg.annotations.packed_masks import pack
from scseg.base.labels import BACKGROUND, FEATURE, IGNORE
from scseg.datasets.tomogram import open_tomogram
from scseg.datasets.training_sets.extraction import SetParameters, extract
from tests.fakes.gradient import write_volume

SHAPE = (3, 60, 70)
SIZE = 16


def drawn(masks, boxes=()):
    """Return an annotation: masks (y, x) by name and slice; boxes as name, z, y, x."""
    contents = Contents.empty(SHAPE)
    names = dict.fromkeys([*(name for name, _ in masks), *(box[0] for box in boxes)])
    contents.features = tuple(Feature(name, COLOURS[0], id=name, box_size=SIZE) for name in names)
    for (name, z), mask in masks.items():
        packed = pack(np.asarray(mask, np.uint8))
        if packed is not None:
            contents.masks[name, z] = packed
    for name, z, y, x in boxes:
        there = contents.boxes.get((name, z), frozenset())
        contents.boxes[name, z] = there | {(y, x)}
    return contents


def disk(y, x, radius):
    rows, columns = np.ogrid[: SHAPE[1], : SHAPE[2]]
    return (rows - y) ** 2 + (columns - x) ** 2 < radius**2


@pytest.fixture
def tomogram(tmp_path):
    values = np.random.default_rng(0).normal(size=SHAPE).astype(np.float32)
    return open_tomogram(write_volume(tmp_path / "t.mrc", values))


def test_strokes_say_what_is_near_them_and_no_more():
    stroke = disk(30, 35, 4)
    labels = stroke_labels(drawn({("M", 1): stroke}), "M", 1, rim=2)
    assert np.array_equal(labels == FEATURE, stroke)
    away = np.hypot(*np.meshgrid(np.arange(60) - 30, np.arange(70) - 35, indexing="ij"))
    assert (labels[away >= 7] == IGNORE).all()
    assert (labels[(away >= 4) & (away < 5)] == BACKGROUND).all()


def test_what_was_said_to_be_wrong_is_background_and_has_no_rim():
    wrong = disk(20, 20, 5)
    labels = stroke_labels(drawn({("not M", 0): wrong}), "M", 0, rim=3)
    assert np.array_equal(labels == BACKGROUND, wrong)
    assert (labels[~wrong] == IGNORE).all()


def test_what_is_drawn_counts_where_both_were_said():
    both = disk(20, 20, 5)
    labels = stroke_labels(drawn({("M", 0): both, ("not M", 0): both}), "M", 0, rim=3)
    assert (labels[both] == FEATURE).all()


def test_what_is_ignored_stays_so():
    labels = stroke_labels(drawn({("M", 0): 2 * disk(20, 20, 5)}), "M", 0, rim=3)
    assert (labels == IGNORE).all()


@given(st.integers(0, 2**32))
def test_every_pixel_that_was_drawn_or_erased_is_in_a_box(seed):
    random = np.random.default_rng(seed)
    masks = {
        (name, z): disk(random.integers(60), random.integers(70), random.integers(1, 20))
        for name in ("M", "not M")
        for z in range(SHAPE[0])
    }
    boxes = [("M", 1, int(random.integers(60)), int(random.integers(70)))]
    placed, strokes = live_material(None, drawn(masks, boxes), "M", SIZE)
    assert [(box.z, box.y, box.x) for box in placed.boxes] == [boxes[0][1:]]
    for (name, z), mask in masks.items():
        seen = np.zeros(SHAPE[1:], np.bool_)
        for box in (*placed.boxes, *strokes.boxes):
            if box.z == z and (box in strokes.boxes or name == "M"):
                y, x = max(box.y - SIZE // 2, 0), max(box.x - SIZE // 2, 0)
                seen[y : box.y + SIZE // 2, x : box.x + SIZE // 2] = True
        assert seen[mask].all()


def test_in_boxes_of_the_user_what_is_not_drawn_is_background(tomogram):
    contents = drawn({("M", 1): disk(30, 35, 4)}, [("M", 1, 30, 35), ("not M", 1, 12, 12)])
    parts = live_material(tomogram, contents, "M", SIZE)
    made = extract(parts, SetParameters(SIZE, None, ("M",), ("not M",)))
    assert len(parts) == 1, "the stroke lies in a box already"
    assert [set(np.unique(label)) for label in made.labels] == [{0, 1}, {0}]


def test_a_stroke_is_enough(tomogram):
    contents = drawn({("M", 1): disk(30, 35, 4), ("not M", 2): disk(40, 20, 3)})
    made = extract(live_material(tomogram, contents, "M", SIZE), SetParameters(SIZE, None, ("M",)))
    assert made.positive.tolist() == [True, False]
    assert (made.labels[0] == FEATURE).sum() == disk(30, 35, 4).sum()
    assert (made.labels[1] == BACKGROUND).sum() == disk(40, 20, 3).sum()


def test_there_is_something_to_learn_once_the_feature_is_drawn():
    assert not has_material(drawn({}), "M")
    assert not has_material(drawn({("not M", 0): disk(9, 9, 3)}), "M")
    assert not has_material(drawn({("Other", 0): disk(9, 9, 3)}), "M")
    assert has_material(drawn({("M", 2): disk(9, 9, 3)}), "M")


def test_a_name_stays_one_that_features_can_have():
    Feature(wrong_name("M" * LONGEST_NAME), COLOURS[0])
