"""What users do to annotations, in any order, undone and redone: the state is the same as if nothing was."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scseg.actions import undo
from scseg.actions.annotation import areas, boxes, changes, contrast, cropping, strokes
from scseg.actions.annotation import features as annotation_features
from scseg.actions.tomograms import tomogram_list
from scseg.actions.view import browsing
from scseg.annotations import steps
from scseg.annotations.feature import Feature
from scseg.annotations.storage.opening import open_annotation
from scseg.annotations.storage.reading import read_database
from scseg.base.rect import Rect
from scseg.compute.messages import TomogramRef
from scseg.state.session import Session
from scseg.state.tomograms import Contrast
from tests.fakes.workflows import run_all

SHAPE = (5, 24, 30)


@dataclass(frozen=True, eq=False)
class Volume:
    path: Path
    shape: tuple[int, int, int] = SHAPE
    apix: float | None = 10.0
    warnings: tuple[str, ...] = ()

    @property
    def voxels(self):
        return np.zeros(self.shape, np.int8)


@pytest.fixture
def session(tmp_path):
    session, opened = begun(tmp_path)
    yield session
    opened.annotated.close()


def begun(folder):
    session = Session()
    path = Path(folder) / "t.mrc"
    opened = tomogram_list.add(session, Volume(path), TomogramRef(str(path), None, None, 0))
    changes.attach(session, opened, open_annotation(path, SHAPE))
    return session, opened


def stroke(session, start, end, label):
    strokes.begin(session, start, label)
    strokes.extend(session, end)
    strokes.end(session)


def on_feature(run):
    """Return an action on the chosen feature that waits for one."""

    def act(session, *values):
        found = changes.current(session)
        if found is not None:
            run(session, found[0], found[2], *values)

    return act


def change_in_thread(session):
    areas.interpolate(session)
    run_all(session)


def edited(session, opened, feature, size):
    annotation_features.edit(session, opened, replace(feature, box_size=size, name=f"F{size}"))


def looked(session, opened, feature, alpha):
    annotation_features.edit(session, opened, replace(feature, alpha=alpha, show=alpha > 0.5))


def cropped(session, y, x):
    opened = session.active
    crop = replace(opened.crop, enabled=True, y0=y, x1=x)
    cropping.edit(session, opened, crop)
    cropping.commit(session, opened)


rows, columns = st.integers(-3, SHAPE[1] + 3), st.integers(-3, SHAPE[2] + 3)
points = st.tuples(rows, columns)
labels = st.integers(0, 2)
ACTIONS = st.one_of(
    st.tuples(st.just(annotation_features.add)),
    st.tuples(st.just(stroke), points, points, labels),
    st.tuples(st.just(boxes.place), points),
    st.tuples(st.just(boxes.remove_nearest), points),
    st.tuples(st.just(areas.fill_polygon), st.lists(points, max_size=5), labels),
    st.tuples(st.just(areas.fill_bucket), points, labels),
    st.tuples(st.just(areas.copy_to), st.sampled_from((-1, 1))),
    st.tuples(st.just(change_in_thread)),
    st.tuples(st.just(browsing.set_slice), st.integers(0, SHAPE[0] - 1)),
    st.tuples(st.just(annotation_features.step_feature), st.sampled_from((-1, 1))),
    st.tuples(st.just(on_feature(annotation_features.remove))),
    st.tuples(st.just(on_feature(annotation_features.move)), st.sampled_from((-1, 1))),
    st.tuples(st.just(on_feature(edited)), st.integers(4, 12)),
    st.tuples(st.just(on_feature(looked)), st.floats(0.0, 1.0)),
    st.tuples(
        st.just(on_feature(lambda s, o, f, z: areas.clear(s, o, f, [z]))),
        st.integers(0, SHAPE[0] - 1),
    ),
    st.tuples(st.just(on_feature(boxes.place_along)), st.floats(2.0, 9.0)),
    st.tuples(
        st.just(on_feature(boxes.place_negatives)),
        st.integers(1, 3),
        st.just(Rect.whole(SHAPE[1:])),
    ),
    st.tuples(st.just(cropping.toggle)),
    st.tuples(st.just(cropped), rows, columns),
    st.tuples(st.just(undo.undo)),
    st.tuples(st.just(undo.redo)),
)


def state(contents):
    return contents.features, contents.masks, contents.boxes, contents.crop


def annotated(contents):
    """The state without the look of features, which is not undone."""
    plain = Feature("plain", (0, 0, 0))
    features = tuple(feature.with_look_of(plain) for feature in contents.features)
    return features, *state(contents)[1:]


@given(st.lists(ACTIONS, max_size=20))
def test_any_actions_undone_and_redone_leave_equal_states(actions):
    with tempfile.TemporaryDirectory() as folder:
        session, opened = begun(folder)
        try:
            contents = opened.annotation.contents
            for run, *values in actions:
                run(session, *values)
            annotation_features.commit_all(session, rested=False)
            after = annotated(contents.snapshot())
            taken = 0
            while undo.can_undo(session):
                undo.undo(session)
                taken += 1
            nothing = ((), {}, {}, state(type(contents).empty(SHAPE))[3])
            assert state(contents) == nothing
            for _ in range(taken):
                undo.redo(session)
            if taken:
                assert annotated(contents)[0] == after[0]
                assert annotated(contents) == after
            assert opened.annotated.flush(10)
            if opened.annotated.path.exists():
                assert state(read_database(opened.annotated.path, SHAPE)[0]) == state(contents)
        finally:
            opened.annotated.close()


def test_two_hundred_strokes_can_be_undone(session):
    annotation_features.add(session)
    for number in range(200):
        stroke(session, (5, 5), (12, 20), 1 - number % 2)
    steps = 0
    while undo.can_undo(session):
        undo.undo(session)
        steps += 1
    assert steps == 201
    assert not session.active.annotation.contents.masks


def test_a_draft_is_one_step_when_it_rests(session):
    annotation_features.add(session)
    opened = session.active
    for size in range(10, 40):
        annotation_features.edit(session, opened, replace(opened.features[0], box_size=size))
        annotation_features.commit_all(session, rested=True)
    assert opened.annotation.contents.features[0].box_size == 64
    opened.drafted -= 10
    annotation_features.commit_all(session, rested=True)
    assert opened.annotation.contents.features[0].box_size == 39
    undo.undo(session)
    assert opened.features[0].box_size == 64


def test_nothing_else_happens_while_something_is_drawn(session):
    annotation_features.add(session)
    strokes.begin(session, (5, 5), 1)
    assert not undo.can_undo(session)
    assert not changes.is_annotated(session)
    strokes.abort(session)
    assert not session.active.annotation.contents.masks


SHOWN = Contrast(1.5, 7.0, auto=False, inverted=True)


def test_how_slices_are_shown_comes_back_with_the_annotation(session, tmp_path):
    opened = session.active
    annotation_features.add(session)
    opened.contrast = SHOWN
    undoable = session.history.undoable
    contrast.commit_all(session)
    assert session.history.undoable is undoable
    assert opened.annotated.close()
    _, again = begun(tmp_path)
    assert again.contrast == SHOWN
    assert again.annotated.close()


def test_looking_at_a_tomogram_in_another_contrast_leaves_no_file(session, tmp_path):
    session.active.contrast = SHOWN
    contrast.commit_all(session)
    assert session.active.annotated.flush(10)
    assert not list(tmp_path.glob("*.scna"))


@pytest.mark.parametrize("record", [{"minimum": "x"}, {"auto": 3}, {"other": 1}, {"maximum": None}])
def test_a_contrast_that_makes_no_sense_is_passed_over(session, tmp_path, record):
    opened = session.active
    annotation_features.add(session)
    opened.annotated.apply(steps.change_contrast(opened.annotation.contents, record))
    assert opened.annotated.close()
    _, again = begun(tmp_path)
    assert again.contrast == Contrast()
    assert again.annotated.close()


def test_a_removed_feature_is_told_with_the_way_back_unless_it_could_not_be_removed(session):
    annotation_features.add(session)
    opened = session.active
    feature = opened.features[0]
    opened.trouble = "The disk is full."
    annotation_features.remove(session, opened, feature)
    assert opened.features == (feature,)
    assert session.feedback is None
    opened.trouble = ""
    annotation_features.remove(session, opened, feature)
    assert opened.features == ()
    assert session.feedback.sentence == f"Removed {feature.name}; Ctrl+Z brings it back"
    undo.undo(session)
    assert opened.features == (feature,)


def test_how_a_feature_looks_stays_when_strokes_are_undone_and_redone(session):
    annotation_features.add(session)
    opened = session.active
    stroke(session, (5, 5), (12, 20), 1)
    feature = opened.features[0]
    annotation_features.edit(session, opened, replace(feature, brush_px=3.0, box_size=12))
    undo.undo(session)
    assert session.feedback.sentence == f"Undone: box size of {feature.name}"
    assert (opened.features[0].brush_px, opened.features[0].box_size) == (3.0, feature.box_size)
    annotation_features.edit(session, opened, replace(opened.features[0], show=False, alpha=0.1))
    undo.undo(session)
    assert session.feedback.sentence == f"Undone: draw {feature.name}"
    assert not opened.annotation.contents.masks
    undo.redo(session)
    assert session.feedback.sentence == f"Redone: draw {feature.name}"
    undo.redo(session)
    shown = opened.features[0]
    assert (shown.brush_px, shown.box_size, shown.show, shown.alpha) == (3.0, 12, False, 0.1)


def test_what_is_still_being_changed_is_undone_first(session):
    annotation_features.add(session)
    opened = session.active
    annotation_features.edit(session, opened, replace(opened.features[0], box_size=12))
    undo.undo(session)
    assert opened.features[0].box_size == 64
    assert opened.draft is None


def test_the_switch_of_the_crop_and_its_moves_are_steps_of_their_own(session):
    opened = session.active
    cropping.toggle(session)
    cropped(session, 3, 9)
    undo.undo(session)
    assert opened.crop.enabled
    assert (opened.crop.y0, opened.crop.x1) == (0, SHAPE[2])
    undo.undo(session)
    assert not opened.crop.enabled


def test_automatic_negatives_keep_clear_of_all_that_is_drawn_or_boxed(session):
    """Boxes of Background on membranes would teach that membranes are background."""
    opened = session.active
    for name in ("Membrane", "Background"):
        annotation_features.add(session)
        feature = changes.chosen_feature(session)
        annotation_features.edit(
            session, opened, replace(feature, name=name, brush_px=2.0, box_size=4)
        )
        annotation_features.commit(session, opened)
        if name == "Membrane":
            stroke(session, (12, 0), (12, 29), 1)
            boxes.place(session, (3, 4))
    background = changes.chosen_feature(session)
    assert background.name == "Background"
    boxes.place_negatives(session, opened, background, 100, Rect.whole(SHAPE[1:]))
    contents = opened.annotation.contents
    (membrane, _) = contents.features
    covered = contents.mask(membrane.id, opened.z) != 0
    covered[1:5, 2:6] = True
    placed = contents.boxes[background.id, opened.z]
    assert len(placed) > 4
    for y, x in placed:
        assert not covered[y - 2 : y + 2, x - 2 : x + 2].any()
