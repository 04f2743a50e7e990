"""The annotation in the window: strokes, what is drawn of them, and undo of everything."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scseg.annotations import steps
from scseg.annotations.annotation import Annotation
from scseg.annotations.contents import Contents
from scseg.annotations.crop import Crop
from scseg.annotations.feature import COLOURS, Feature, next_colour
from scseg.annotations.storage.opening import open_annotation
from scseg.annotations.storage.reading import read_database
from scseg.base.errors import ScsegError
from scseg.base.history import History
from scseg.base.rect import Rect
from tests.annotations.actions import act

SHAPE = (6, 20, 25)


@pytest.fixture
def annotation():
    annotation = Annotation(Contents.empty(SHAPE))
    for name in ("membrane", "ribosome"):
        annotation.apply(steps.add_feature(annotation.contents, Feature(name, COLOURS[0], id=name)))
    return annotation


def draw(annotation, feature, z, region, value=1):
    stroke = annotation.begin_stroke(feature, z)
    stroke.values[region.slices] = value
    stroke.touch(region)
    return stroke.finish()


def test_a_stroke_shows_while_it_is_drawn_and_is_a_step_when_it_ends(annotation):
    stroke = annotation.begin_stroke("membrane", 3)
    mask = annotation.mask("membrane", 3)
    before = mask.revision
    mask.values[2:5, 3:9] = 1
    stroke.touch(Rect(2, 3, 5, 9))
    assert mask.changed_since(before) == Rect(2, 3, 5, 9)
    assert annotation.slices("membrane") == ()
    step = stroke.finish()
    assert step.z == 3
    assert annotation.slices("membrane") == (3,)
    expected = np.zeros(SHAPE[1:], np.uint8)
    expected[2:5, 3:9] = 1
    np.testing.assert_array_equal(annotation.contents.mask("membrane", 3), expected)
    assert annotation.mask("membrane", 3) is mask
    assert mask.changed_since(mask.revision).empty
    assert not mask.values.flags.writeable


def test_a_stroke_that_changes_nothing_is_no_step(annotation):
    draw(annotation, "membrane", 3, Rect(0, 0, 5, 5))
    assert draw(annotation, "membrane", 3, Rect(1, 1, 3, 3)) is None
    assert draw(annotation, "ribosome", 3, Rect(1, 1, 3, 3), value=0) is None


def test_an_aborted_stroke_leaves_no_trace(annotation):
    draw(annotation, "membrane", 3, Rect(0, 0, 5, 5))
    shown = annotation.mask("membrane", 3)
    before, uploaded = shown.values.copy(), shown.revision
    stroke = annotation.begin_stroke("membrane", 3)
    stroke.values[:] = 2
    stroke.touch(Rect(0, 0, 20, 25))
    stroke.abort()
    np.testing.assert_array_equal(annotation.mask("membrane", 3).values, before)
    assert annotation.mask("membrane", 3).changed_since(uploaded) == Rect(0, 0, 20, 25)
    annotation.begin_stroke("ribosome", 0).abort()
    assert annotation.mask("ribosome", 0) is None


def test_erasing_everything_leaves_nothing(annotation):
    draw(annotation, "membrane", 3, Rect(0, 0, 5, 5))
    draw(annotation, "membrane", 3, Rect(0, 0, 9, 9), value=0)
    assert annotation.mask("membrane", 3) is None
    assert annotation.slices("membrane") == ()
    assert annotation.contents.masks == {}


def test_a_stroke_goes_on_while_another_slice_is_on_screen(annotation):
    stroke = annotation.begin_stroke("membrane", 3)
    stroke.values[0, 0] = 1
    assert annotation.mask("membrane", 4) is None
    assert annotation.mask("membrane", 3) is stroke.mask
    stroke.values[0, 1] = 1
    stroke.finish()
    assert annotation.contents.mask("membrane", 3).sum() == 2


def test_nothing_else_happens_during_a_stroke(annotation):
    step = steps.add_feature(annotation.contents, Feature("new", COLOURS[1]))
    stroke = annotation.begin_stroke("membrane", 3)
    with pytest.raises(RuntimeError):
        annotation.apply(step)
    with pytest.raises(RuntimeError):
        annotation.begin_stroke("ribosome", 3)
    stroke.abort()
    annotation.apply(step)


def test_only_the_masks_of_one_slice_are_unpacked(annotation):
    for z in range(6):
        draw(annotation, "membrane", z, Rect(0, 0, 5, 5))
        draw(annotation, "ribosome", z, Rect(0, 0, 5, 5))
    first = annotation.mask("membrane", 0)
    assert annotation.mask("membrane", 0) is first
    for z in range(6):
        annotation.mask("membrane", z)
        annotation.mask("ribosome", z)
        assert len(annotation._visible) == 2
    annotation.release()
    assert not annotation._visible
    assert annotation.mask("membrane", 0).changed_since(first.revision) == Rect(0, 0, 20, 25)


@given(st.lists(st.tuples(st.integers(0, 19), st.integers(0, 24), st.booleans()), max_size=150))
def test_a_texture_that_uploads_what_changed_shows_the_mask(touches):
    annotation = Annotation(Contents.empty(SHAPE))
    stroke = annotation.begin_stroke("membrane", 0)
    texture, uploaded = np.full(SHAPE[1:], 7, np.uint8), 0
    for number, (y, x, frame) in enumerate(touches):
        region = Rect(y, x, y + 3, x + 4).clipped(SHAPE[1:])
        stroke.values[region.slices] = number % 3
        stroke.touch(region)
        if frame:
            changed = stroke.mask.changed_since(uploaded)
            texture[changed.slices] = stroke.values[changed.slices]
            uploaded = stroke.mask.revision
            np.testing.assert_array_equal(texture, stroke.values)


def test_a_step_made_of_what_is_no_longer_there_changes_nothing(annotation):
    stale = steps.change_masks(
        annotation.contents, "membrane", {z: np.ones(SHAPE[1:], np.uint8) for z in (1, 2)}, "import"
    )
    draw(annotation, "membrane", 2, Rect(0, 0, 5, 5))
    before = annotation.contents.snapshot()
    with pytest.raises(ScsegError, match=r"has changed since this was begun \(import\)"):
        annotation.apply(stale)
    assert annotation.contents == before


def test_features_keep_their_masks_through_new_names_and_places(annotation):
    draw(annotation, "membrane", 1, Rect(0, 0, 5, 5))
    renamed = Feature("double membrane", COLOURS[2], id="membrane")
    annotation.apply(steps.change_feature(annotation.contents, renamed))
    annotation.apply(steps.move_feature(annotation.contents, "membrane", 1))
    assert [feature.name for feature in annotation.contents.features] == [
        "ribosome",
        "double membrane",
    ]
    assert annotation.slices("membrane") == (1,)
    assert steps.move_feature(annotation.contents, "membrane", 9) is None


def test_boxes_are_listed_in_order_and_stand_once(annotation):
    placed = [(3, 5, 6), (1, 2, 3), (3, 5, 6), (3, 4, 9)]
    annotation.apply(steps.change_boxes(annotation.contents, "membrane", add=placed))
    assert annotation.boxes("membrane") == ((1, 2, 3), (3, 4, 9), (3, 5, 6))
    assert annotation.boxes("ribosome") == ()
    assert steps.change_boxes(annotation.contents, "membrane", add=placed) is None
    step = steps.change_boxes(annotation.contents, "membrane", remove=[(3, 5, 6), (0, 0, 0)])
    annotation.apply(step)
    assert step.z == 3
    assert annotation.boxes("membrane") == ((1, 2, 3), (3, 4, 9))


@pytest.mark.parametrize(
    ("given_crop", "crop"),
    [
        (Crop(0, 6, 0, 20, 0, 25), Crop(0, 6, 0, 20, 0, 25)),
        (Crop(4, 2, 9, 3, 99, -5), Crop(2, 4, 3, 9, 0, 25)),
        (Crop(9, 9, -3, -3, 30, 40), Crop(5, 6, 0, 1, 24, 25)),
    ],
)
def test_a_crop_is_put_in_order(given_crop, crop):
    assert given_crop.clipped(SHAPE) == crop


def test_a_crop_holds_the_pixels_between_its_ends():
    crop = Crop(1, 3, 4, 6, 7, 9)
    held = [
        (z, y, x) for z in range(6) for y in range(9) for x in range(12) if crop.contains(z, y, x)
    ]
    assert held == [(z, y, x) for z in (1, 2) for y in (4, 5) for x in (7, 8)]


def test_a_new_feature_gets_the_colour_that_is_used_least():
    features = []
    for _ in range(2 * len(COLOURS)):
        features.append(Feature("f", next_colour(features)))
    assert sorted(feature.colour for feature in features) == sorted(2 * COLOURS)


def shown(annotation):
    """What a user would see: every mask as it is drawn."""
    return {
        (feature.id, z): mask.values.tobytes()
        for z in range(SHAPE[0])
        for feature in annotation.contents.features
        if (mask := annotation.mask(feature.id, z)) is not None
    }


def packed_shown(contents):
    listed = {feature.id for feature in contents.features}
    return {
        key: mask.values().tobytes() for key, mask in contents.masks.items() if key[0] in listed
    }


@given(seed=st.integers(0, 2**32 - 1), count=st.integers(0, 25), back=st.integers(0, 25))
def test_any_actions_undone_and_redone_give_equal_states(seed, count, back):
    rng = np.random.default_rng(seed)
    annotation = Annotation(Contents.empty(SHAPE))
    history = History()
    states = [annotation.contents.snapshot()]
    for _ in range(count):
        step = act(annotation, rng)
        if step is not None:
            history.push(annotation, step)
            states.append(annotation.contents.snapshot())
            assert states[-1] != states[-2]
    number = len(states) - 1
    for direction, steps_ in (("undo", back), ("redo", back // 2), ("undo", 99), ("redo", 99)):
        for _ in range(steps_):
            entry = getattr(history, direction)()
            if entry is None:
                break
            entry.owner.apply(entry.step)
            number += 1 if direction == "redo" else -1
            assert annotation.contents == states[number]
            assert shown(annotation) == packed_shown(states[number])
    assert number == len(states) - 1


@settings(max_examples=15)
@given(seed=st.integers(0, 2**32 - 1), back=st.integers(0, 15))
def test_the_file_follows_undo_and_redo(tmp_path_factory, seed, back):
    rng = np.random.default_rng(seed)
    tomogram = tmp_path_factory.mktemp("undo") / "t.mrc"
    opened = open_annotation(tomogram, SHAPE)
    history = History()
    start = opened.annotation.contents.snapshot()
    for _ in range(15):
        step = act(opened.annotation, rng)
        if step is not None:
            opened.keep(step)
            history.push(opened, step)
    end = opened.annotation.contents.snapshot()
    for direction, count in (("undo", back), ("redo", 99), ("undo", 99)):
        for _ in range(count):
            entry = getattr(history, direction)()
            if entry is None:
                break
            entry.owner.apply(entry.step)
        if direction == "redo" and history.undoable:
            assert opened.flush(30)
            assert read_database(opened.path, SHAPE)[0] == opened.annotation.contents == end
    assert opened.close(30)
    assert opened.annotation.contents == start
    if opened.path.exists():
        assert read_database(opened.path, SHAPE)[0] == start
