"""What commands of the stage Models do to the session, without a window and without a process."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scseg.actions import (
    interactions,
    model_files,
    models,
    training,
    training_plan,
    training_set,
    undoing,
)
from scseg.compute.messages import (
    ArchitectureInfo,
    BatchDone,
    EpochDone,
    Failed,
    ModelRef,
    TrainingDone,
    TrainingStarted,
    Validation,
)
from scseg.datasets.summary import Summary, summarised
from scseg.datasets.training_set import Source, TrainingSet, fingerprint
from scseg.errors import ScsegError
from scseg.models import unsaved
from scseg.models.files import open_model, remove_model, save_model
from scseg.models.sampling import Counts
from scseg.open_models import Run, SetPlan
from scseg.progress import silent
from scseg.session import Session
from tests.fakes.models import write_model

SET = Summary("/sets/a.scnt", 80, 53, 64, 1, 13.92, ("Membrane",), "f" * 64)


@pytest.fixture
def session():
    return Session(architectures=(ArchitectureInfo("VGGNet", 1_493_059, 8),))


@pytest.fixture
def model(session):
    model = models.new(session)
    training_plan.take_set(session, model, SET)
    return model


def trained_in(model, **changes):
    """Write a model into the session's folder; return its reference."""
    folder = unsaved.folder_of(model.id)
    folder.mkdir(parents=True, exist_ok=True)
    path = write_model(folder, **changes)
    return ModelRef(
        str(path), training.weights_of(ModelRef(str(path), "")).description.weights_sha256
    )


def started(batches=4):
    return TrainingStarted(1_493_059, 25, batches, Counts(53, 27), Counts(0, 0), ("A notice.",))


# Runs


def test_runs_wait_in_the_order_in_which_they_were_asked_for(session):
    a, b, c = (models.new(session) for _ in "abc")
    for each in (c, a, b):
        training_plan.take_set(session, each, SET)
        training.begin(session, each)
    assert [training.place(session, each) for each in (a, b, c)] == [1, 2, 0]
    training.stop(c)
    assert c.run is None
    assert [training.place(session, each) for each in (a, b)] == [0, 1]
    training.begin(session, c)
    assert training.place(session, c) == 2


def test_a_run_tells_how_far_it_is(session, model):
    training.begin(session, model)
    request = training.start(model)
    assert (request.training_set, request.start_from) == (SET.path, None)
    assert Path(request.folder) == unsaved.folder_of(model.id)
    training.take(session, model, started(batches=4))
    training.take(session, model, BatchDone(2, 1, 0.25, 9.0))
    run = model.run
    assert run.fraction == pytest.approx((2 * 4 + 2) / 100)
    assert (run.loss, run.seconds_left, run.text) == (0.25, 9.0, "epoch 3 of 25")
    assert [notice.sentence for notice in session.notices] == ["A notice."]


def test_what_a_run_leaves_can_be_chosen_from_and_gone_on_with(session, model):
    fits = {"box_size": SET.box_size, "apix": SET.apix}
    last, best = trained_in(model, loss=0.1, **fits), trained_in(model, loss=0.2, **fits)
    training.begin(session, model)
    training.start(model)
    training.take(session, model, started())
    training.take(session, model, EpochDone(0, 0.2, best, Validation(0.3, 0.8)))
    training.show_latest(model)
    assert model.ref.weights_sha256 == best.weights_sha256
    training.take(session, model, TrainingDone(last, 0.1, stopped=False, best=best))
    assert (model.run, model.ref) == (None, last)
    training.choose(model, model.best)
    assert model.ref == best
    assert training.needed(model) == {Path(last.path), Path(best.path)}
    training.begin(session, model)
    assert training.start(model).start_from == best.path
    training.take(session, model, started())
    assert (model.last, model.best, model.epochs) == (None, None, ())


def test_a_run_that_fails_leaves_its_last_epoch_and_says_why(session, model):
    best, latest = trained_in(model, loss=0.3), trained_in(model, loss=0.2)
    training.begin(session, model)
    request = training.start(model)
    training.take(session, model, started())
    training.take(session, model, EpochDone(0, 0.3, best, Validation(0.4, 0.7)))
    training.take(session, model, EpochDone(1, 0.2, latest, Validation(0.5, 0.6)))
    training.take(session, model, Failed(request, "The disk is full.", ""))
    assert (model.run, model.ref) == (None, latest)
    assert not model.weights.kept
    assert (model.last.ref, model.best.ref) == (latest, best)
    assert session.notices[-1].sentence == "The disk is full."


def test_a_run_that_fails_at_its_start_changes_nothing(session, model):
    before = trained_in(model)
    model.weights = training.weights_of(before)
    model.epochs = (EpochDone(0, 0.3, trained_in(model, loss=0.3)),)
    training.begin(session, model)
    training.take(session, model, Failed(training.start(model), "No memory.", ""))
    assert (model.run, model.ref, len(model.epochs)) == (None, before, 1)


def test_a_model_that_is_being_trained_is_left_alone(session, model):
    training.begin(session, model)
    plan = model.plan
    models.remove(session, model)
    training_plan.set_architecture(session, model, "UNet deep")
    with pytest.raises(ScsegError, match="is being trained"):
        training_plan.take_set(session, model, SET)
    assert session.models == [model]
    assert model.plan == plan
    assert training.obstacle(session, model)


def test_without_a_set_or_positives_there_is_nothing_to_train(session):
    model = models.new(session)
    assert "training set" in training.obstacle(session, model)
    training_plan.take_set(session, model, Summary("/b", 5, 0, 64, 1, 10.0, ("A",), ""))
    assert "No box" in training.obstacle(session, model)
    training.begin(session, model)
    assert model.run is None


# Sets


def test_a_set_goes_to_a_model_that_waits_for_one_else_to_a_new_one(session, model):
    other = Summary("/sets/b.scnt", 9, 4, 64, 1, 13.92, ("Carbon",), "")
    training_plan.offer_set(session, other)
    assert [each.display.name for each in session.models] == ["Membrane", "Carbon"]
    again = Summary("/sets/a.scnt", 99, 60, 64, 1, 13.92, ("Membrane",), "")
    training_plan.offer_set(session, again)
    assert len(session.models) == 2
    assert model.plan.training_set == again
    waiting = models.new(session)
    third = Summary("/sets/c.scnt", 9, 4, 64, 1, 13.92, ("Ribosome",), "")
    training_plan.offer_set(session, third)
    assert waiting.plan.training_set == third


def test_a_name_that_was_given_stays(session):
    likely = models.new(session)
    models.set_display(likely, replace(likely.display, name="Model of carbon"))
    training_plan.take_set(session, likely, SET)
    assert likely.display.name == "Model of carbon"
    model = models.new(session)
    models.set_display(model, models.Display("My own", (0, 0, 0)))
    training_plan.take_set(session, model, SET)
    assert model.display.name == "My own"


@pytest.mark.parametrize(("size", "works"), [(60, "56 or 64"), (4, "8 or 16")])
def test_a_box_size_that_the_network_cannot_take_is_refused(session, size, works):
    model = models.new(session)
    with pytest.raises(ScsegError, match=works):
        training_plan.take_set(session, model, Summary("/b", 5, 3, size, 1, 10.0, ("A",), ""))
    assert model.plan.training_set is None


@pytest.mark.parametrize(
    ("change", "numbers"),
    [
        ((32, 1, 13.92), ("64", "32")),
        ((64, 3, 13.92), ("1", "3")),
        ((64, 1, 14.2), ("13.92", "14.2")),
    ],
)
def test_a_trained_model_keeps_its_box_size_depth_and_pixel_size(
    session, tmp_path, change, numbers
):
    path = write_model(tmp_path, box_size=64, apix=13.92)
    model = models.add(session, path, training.weights_of(ModelRef(str(path), "")).description)
    size, depth, apix = change
    with pytest.raises(ScsegError) as told:
        training_plan.take_set(session, model, Summary("/b", 5, 3, size, depth, apix, ("A",), ""))
    assert all(number in str(told.value) for number in numbers)
    training_plan.take_set(session, model, Summary("/b", 5, 3, 64, 1, 14.0, ("A",), ""))


def test_the_numbers_of_a_set_stay_in_their_ranges(session):
    training_set.set_plan(session, SetPlan(box_size=61, apix=1e9, depth=4))
    assert session.set_plan == SetPlan(box_size=61, apix=200.0, depth=5)
    training_set.set_plan(session, SetPlan(box_size=1, depth=99))
    assert (session.set_plan.box_size, session.set_plan.depth) == (8, 9)


@pytest.mark.parametrize(
    ("size", "told"),
    [
        (64, ""),
        (52, "VGGNet cannot take boxes of 52 pixels: use 48 or 56."),
        (50, "No network can take boxes of 50 pixels: use 48 or 56."),
    ],
)
def test_a_box_size_is_refused_before_the_set_is_made_with_those_that_work(session, size, told):
    session.architectures = (*session.architectures, ArchitectureInfo("UNet", 922_881, 4))
    training_set.set_plan(session, SetPlan(box_size=size))
    assert training_set.box_size_concern(session) == told


def test_a_summary_is_what_the_set_holds():
    labels = np.zeros((5, 16, 16), np.uint8)
    labels[1:3, 4:8] = 1
    made = TrainingSet(
        images=np.ones((5, 3, 16, 16), np.float32),
        labels=labels,
        positions=np.zeros((5, 3), np.int64),
        origins=np.zeros(5, np.int64),
        apix=13.92,
        features=("Membrane",),
        sources=(Source("a.mrc", 13.92, 0.0, 1.0),),
        normalisation="",
    )
    expected = Summary("/a.scnt", 5, 2, 16, 3, 13.92, ("Membrane",), fingerprint(made))
    assert summarised(made, Path("/a.scnt")) == expected
    assert expected.negatives == 3


# The list and the folder


def test_adding_and_removing_are_undone_in_turn(session):
    first, second = models.new(session), models.new(session)
    models.remove(session, first)
    undoing.undo(session)
    assert session.models == [first, second]
    undoing.undo(session)
    assert session.models == [first]
    undoing.redo(session)
    undoing.redo(session)
    assert session.models == [second]


def test_neither_undo_nor_redo_takes_a_model_away_that_is_being_trained(session, model):
    training.begin(session, model)
    undoing.undo(session)
    assert session.models == [model]
    assert "is being trained" in session.feedback.sentence
    training.stop(model)
    undoing.undo(session)
    assert session.models == []
    undoing.redo(session)
    models.remove(session, model)
    undoing.undo(session)
    training.begin(session, model)
    undoing.redo(session)
    assert session.models == [model]
    training.stop(model)
    undoing.redo(session)
    assert session.models == []


def test_new_models_differ_in_name_and_colour(session):
    made = [models.new(session) for _ in range(3)]
    models.remove(session, made[1])
    made[1] = models.new(session)
    assert len({each.display.name for each in made}) == 3
    assert len({each.display.colour for each in made}) == 3


def test_only_what_is_needed_stays_in_the_folder(model):
    refs = [trained_in(model, loss=loss / 10) for loss in range(4)]
    kept = Path(refs[2].path)
    (unsaved.folder_of(model.id) / "old" / "empty").mkdir(parents=True)
    unsaved.keep_only(model.id, {kept})
    left = sorted(each.name for each in unsaved.folder_of(model.id).rglob("*"))
    assert left == sorted([kept.name, kept.with_suffix(".h5").name])
    assert unsaved.newest(model.id) == kept
    unsaved.keep_only("0" * 32, set())


def test_what_is_shown_outlives_its_checkpoint(model):
    epochs = [trained_in(model, loss=loss / 10) for loss in range(4)]
    shown = []
    model.run = Run(1, started=True, batches=4)
    for number, ref in enumerate(epochs):
        model.epochs = (EpochDone(number, 0.1, ref),)
        model.weights = None
        training.show_latest(model)
        shown.append(Path(model.ref.path))
        remove_model(Path(ref.path))
    assert [path.is_file() for path in shown] == [False, False, True, True]
    assert open_model(shown[-1]).loss == pytest.approx(0.3)
    # A checkpoint that is gone already changes nothing.
    model.epochs = (EpochDone(9, 0.1, ModelRef(epochs[0].path, "another")),)
    training.show_latest(model)
    assert Path(model.ref.path) == shown[-1]


def test_folders_that_nobody_knows_are_removed_after_two_weeks(session):
    old, known, young = (models.new(session) for _ in range(3))
    for each in (old, known, young):
        trained_in(each)
    long_ago = time.time() - 15 * 86400
    for each in (old, known):
        folder = unsaved.folder_of(each.id)
        for path in (*folder.rglob("*"), folder):
            os.utime(path, (long_ago, long_ago))
    unsaved.prune([known.id])
    there = [unsaved.folder_of(each.id).is_dir() for each in (old, known, young)]
    assert there == [False, True, True]


# Files


def done(session):
    """Do what is left for threads, as the window does."""
    while session.effects:
        effect = session.effects.pop(0)
        effect.then(effect.work(silent))


def test_loading_over_what_was_not_saved_is_undone(session, model, tmp_path):
    other = models.new(session)
    interactions.add_rule(session, other)
    learnt = trained_in(model)
    model.weights = training.weights_of(learnt)
    path = write_model(tmp_path, name="Loaded")
    model_files.load(session, model, path)
    done(session)
    loaded = session.models[0]
    assert (loaded.ref.path, loaded.display.name) == (str(path), "Loaded")
    assert loaded.plan.training_set == SET
    assert [rule.partner for rule in other.conduct.rules] == [loaded.id]
    unsaved.keep_only(loaded.id, training.needed(loaded))
    undoing.undo(session)
    assert session.models[0] is model
    assert [rule.partner for rule in other.conduct.rules] == [model.id]
    open_model(Path(model.ref.path))
    undoing.redo(session)
    assert session.models == [loaded, other]


def test_what_was_loaded_and_is_another_by_now_is_not_saved(session, model, tmp_path):
    path = write_model(tmp_path, name="One")
    model_files.load(session, model, path)
    done(session)
    description = open_model(path)
    save_model(description, lambda fresh: fresh.write_bytes(b"other weights"), path)
    model_files.write(session, model, tmp_path / "copy.scnm")
    with pytest.raises(ScsegError, match="saved anew: load it again"):
        done(session)
    assert not (tmp_path / "copy.scnm").exists()


def test_a_set_that_a_model_cannot_learn_from_is_told_before_it_is_trained(
    session, model, tmp_path
):
    model_files.load(session, model, write_model(tmp_path))
    done(session)
    assert "boxes of 32 pixels, not 64" in training.obstacle(session, model)
    training.begin(session, model)
    assert model.run is None


def test_a_set_made_anew_that_fits_its_model_no_more_goes_to_another(session, model, tmp_path):
    fitting = replace(SET, box_size=32, apix=10.0)
    model_files.load(session, model, write_model(tmp_path))
    done(session)
    training_plan.take_set(session, model, fitting)
    deeper = replace(fitting, depth=3)
    training_plan.offer_set(session, deeper)
    other = session.models[-1]
    assert other is not model
    assert other.plan.training_set == deeper
    assert "3" in training.obstacle(session, model)


def test_loading_over_what_is_in_files_keeps_the_model(session, model, tmp_path):
    for name in ("One", "Two"):
        path = write_model(tmp_path, name=name)
        model_files.load(session, model, path)
        done(session)
        assert (session.models, model.ref.path) == ([model], str(path))


def test_what_was_not_saved_comes_back_and_what_is_damaged_is_told(session, tmp_path, monkeypatch):
    monkeypatch.setenv("SCSEG_HOME", str(tmp_path / "home"))
    for name in "abc":
        folder = unsaved.folder_of(name * 32)
        folder.mkdir(parents=True)
        path = write_model(folder, name=name)
        if name == "b":
            path.with_suffix(".h5").write_bytes(b"of something else")
        if name == "c":
            session.settings = session.settings.opened(write_model(tmp_path, name=name))
    model_files.bring_back(session)
    done(session)
    (model,) = session.models
    # The folder may be another window's.
    assert model.id != "a" * 32
    assert Path(model.ref.path).parent == unsaved.folder_of(model.id)
    unsaved.keep_only(model.id, set())
    assert unsaved.newest("a" * 32)
    model_files.bring_back(session)
    done(session)
    assert session.models == [model]
    notice = session.notices[0]
    assert str(unsaved.folder_of("b" * 32)) in notice.sentence
