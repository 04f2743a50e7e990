"""Making training sets: counted and written in threads, which can be watched and given up."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import mrcfile
import numpy as np
import pytest

from scseg.actions.annotation import changes
from scseg.actions.tomograms import tomogram_list
from scseg.actions.training import generating, new_set
from scseg.annotations import steps
from scseg.annotations.feature import Feature
from scseg.annotations.storage.opening import open_annotation
from scseg.base.errors import CancelledError
from scseg.base.progress import silent
from scseg.compute.messages import TomogramRef
from scseg.datasets.tomogram import open_tomogram
from scseg.datasets.training_sets.training_set import load_training_set
from scseg.models.sampling import Counts
from scseg.state.models import SetPlan
from scseg.state.session import Session
from tests.fakes.workflows import AtWork

SHAPE = (6, 60, 80)
APIX = 8.0, 10.0, 12.5


@pytest.fixture
def session(tmp_path):
    """Three tomograms of different pixel sizes, each with two boxes on a membrane and one beside."""
    session = Session()
    for number, apix in enumerate(APIX):
        path = tmp_path / f"{number}.mrc"
        with mrcfile.new(path) as file:
            file.set_data(np.random.default_rng(number).normal(size=SHAPE).astype(np.float32))
            file.voxel_size = apix
        opened = tomogram_list.add(
            session, open_tomogram(path), TomogramRef(str(path), None, None, number)
        )
        changes.attach(session, opened, open_annotation(path, SHAPE))
        annotate(session, opened)
    new_set.set_plan(session, SetPlan({"Membrane": 1}, box_size=16))
    session.requests.clear()
    yield session
    for opened in session.tomograms:
        opened.annotated.close()


def annotate(session, opened):
    membrane = Feature("Membrane", (0.2, 0.4, 0.9), box_size=16)
    contents = opened.annotation.contents
    mask = np.zeros(SHAPE[1:], np.uint8)
    mask[18:22] = 1
    changes.apply_step(session, opened, steps.add_feature(contents, membrane))
    for step in (
        steps.change_masks(contents, membrane.id, {3: mask}, "draw"),
        steps.change_boxes(contents, membrane.id, add=[(3, 20, 30), (3, 20, 50), (3, 45, 40)]),
    ):
        changes.apply_step(session, opened, step)


def waiting(session):
    """Take the one workflow that was asked for out of the session, at its work."""
    (workflow,) = session.requests
    session.requests.clear()
    return AtWork(workflow)


def test_boxes_are_counted_in_a_thread_once_for_each_change(session):
    new_set.keep_counted(session)
    new_set.keep_counted(session)
    job = waiting(session)
    assert session.counted.counts is None
    job.finish()
    assert session.counted.counts == Counts(6, 3)
    new_set.keep_counted(session)
    assert session.requests == []
    new_set.tick(session, session.tomograms[1])
    new_set.keep_counted(session)
    job = waiting(session)
    # What is shown meanwhile is what was counted last.
    assert session.counted.counts == Counts(6, 3)
    job.finish()
    assert session.counted.counts == Counts(4, 2)


def test_one_count_at_a_time_however_fast_a_slider_moves(session):
    new_set.keep_counted(session)
    job = waiting(session)
    for size in (24, 32, 40):
        new_set.set_plan(session, SetPlan({"Membrane": 1}, box_size=size))
        new_set.keep_counted(session)
    assert session.requests == []
    job.finish()
    new_set.keep_counted(session)
    assert len(session.requests) == 1


def test_a_count_that_was_given_up_is_not_begun_again_by_itself(session):
    new_set.set_plan(session, SetPlan({}))
    new_set.keep_counted(session)
    job = waiting(session)
    job.finish()
    assert session.counted.counts == Counts(0, 0)
    new_set.set_plan(session, SetPlan({"Membrane": 1}))
    new_set.keep_counted(session)
    waiting(session).cancel()
    new_set.keep_counted(session)
    assert session.requests == []
    # What was counted before is not true any more, and must not keep anyone from making the set.
    assert (session.counted.counts, session.counted.given_up) == (None, True)
    assert new_set.obstacle(session) == ""
    new_set.set_plan(session, SetPlan({}))
    new_set.keep_counted(session)
    job = waiting(session)
    job.finish()
    assert session.counted.counts == Counts(0, 0)


def test_a_set_from_tomograms_of_different_pixel_sizes_is_watched(session, tmp_path):
    path = tmp_path / "set.scnt"
    told = []
    made = AtWork(generating.write(session, path)).work.run(
        lambda fraction, text: told.append((fraction, text))
    )
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions)
    stages = Counter(text.split(",")[0].split()[0] for _, text in told)
    assert {"0.mrc", "1.mrc", "2.mrc", "Writing"} <= set(stages)
    written = load_training_set(path)
    assert (made.count, made.positives, made.apix) == (9, 6, 8.0)
    assert [source.apix for source in written.sources] == pytest.approx(APIX)


def test_boxes_have_as_many_slices_as_planned(session, tmp_path):
    new_set.set_plan(session, replace(session.set_plan, depth=3))
    generating.generate(session)
    assert "x3_Membrane" in next(session.requests.pop()).proposed.name
    making = AtWork(generating.write(session, tmp_path / "set.scnt"))
    assert making.work.run(silent).depth == 3
    assert load_training_set(tmp_path / "set.scnt").depth == 3


def test_other_pixel_sizes_and_several_positives_are_warned_of(session):
    new_set.set_plan(session, SetPlan({"Membrane": 1}, apix=10.0, box_size=8))
    assert new_set.concerns(session) == [
        "Results may be poorer: 0.mrc has 8.00 A per pixel.",
        "Results may be poorer: 2.mrc has 12.50 A per pixel.",
    ]
    new_set.set_plan(session, SetPlan({"Membrane": 1}, apix=24.0, box_size=8))
    first, *others = new_set.concerns(session)
    assert first == "Results will be poor: 0.mrc has 8.00 A per pixel."
    assert sum("A per pixel" in each for each in others) == 2
    opened = session.tomograms[0]
    carbon = Feature("Carbon", (0.9, 0.8, 0.2))
    step = steps.add_feature(opened.annotation.contents, carbon)
    changes.apply_step(session, opened, step)
    for name in ("Membrane", "Carbon"):
        new_set.choose(session, name, 1)
    assert "take them for one thing" in new_set.concerns(session)[0]


@pytest.mark.parametrize("stage", ["0.mrc", "2.mrc", "Writing"])
def test_a_set_that_is_given_up_leaves_no_file(session, tmp_path, stage):
    path = tmp_path / "set.scnt"
    making = AtWork(generating.write(session, path))

    def given_up(_, text):
        if text.startswith(stage):
            raise CancelledError

    with pytest.raises(CancelledError):
        making.work.run(given_up)
    assert list(tmp_path.glob("*.scnt*")) == []


def test_pixel_size_and_warnings_come_from_tomograms_with_boxes(session):
    """One that is ticked without boxes of the chosen features changes nothing of the set."""
    first, *_ = session.tomograms
    contents = first.annotation.contents
    (feature,) = contents.features
    remove = [(z, *point) for (_, z), points in contents.boxes.items() for point in points]
    changes.apply_step(session, first, steps.change_boxes(contents, feature.id, remove=remove))
    assert new_set.contributing(session) == session.tomograms[1:]
    assert new_set.apix(session) == APIX[1]
    tomogram_list.set_apix(first, 100.0)
    assert not [each for each in new_set.concerns(session) if "0.mrc" in each]
    new_set.set_plan(session, SetPlan({}, box_size=16))
    assert new_set.apix(session) == 100.0


def test_the_first_positive_tells_how_large_the_boxes_of_the_set_are(session):
    new_set.set_plan(session, SetPlan({}, box_size=64))
    new_set.choose(session, "Membrane", 1)
    assert session.set_plan.box_size == new_set.usual_box_size(session) == 16
    opened = session.tomograms[0]
    carbon = Feature("Carbon", (0.9, 0.8, 0.2), box_size=48)
    changes.apply_step(session, opened, steps.add_feature(opened.annotation.contents, carbon))
    new_set.set_plan(session, replace(session.set_plan, box_size=40))
    new_set.choose(session, "Carbon", 1)
    assert session.set_plan.box_size == 40


def test_boxes_that_are_smaller_on_the_slices_are_told(session):
    def told():
        return [each for each in new_set.concerns(session) if "ignored in training" in each]

    new_set.set_plan(session, SetPlan({"Membrane": 1}, apix=8.0, box_size=16))
    assert not told()
    new_set.set_plan(session, SetPlan({"Membrane": 1}, apix=8.0, box_size=32))
    (sentence,) = told()
    assert sentence.startswith("On the slices boxes are 16 pixels wide")
