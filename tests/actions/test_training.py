"""What commands of the stage Models do to the session, without a window and without a process."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scseg.actions.models import model_list
from scseg.actions.training import new_set, runs, training_plan
from scseg.base.errors import ScsegError
from scseg.compute.messages import (
    BatchDone,
    EpochDone,
    Failed,
    ModelRef,
    TrainingDone,
    Validation,
)
from scseg.datasets.normalisation import DEFINITIONS
from scseg.datasets.training_sets.source_tomogram import SourceTomogram
from scseg.datasets.training_sets.summary import TrainingSetSummary, summarise
from scseg.datasets.training_sets.training_set import TrainingSet, fingerprint
from scseg.models import unsaved_models
from scseg.models.architectures.table import ARCHITECTURES
from scseg.state.models import SetPlan
from scseg.state.session import Session
from tests.fakes.models import write_model
from tests.fakes.training import SET, started, trained_in


@pytest.fixture
def session():
    return Session()


@pytest.fixture
def model(session):
    model = model_list.new(session)
    training_plan.take_set(session, model, SET)
    return model


# Runs


def test_runs_wait_in_the_order_in_which_they_were_asked_for(session):
    a, b, c = (model_list.new(session) for _ in "abc")
    for each in (c, a, b):
        training_plan.take_set(session, each, SET)
        runs.begin(session, each)
    assert [runs.place_in_queue(session, each) for each in (a, b, c)] == [1, 2, 0]
    runs.stop(c)
    assert c.run is None
    assert [runs.place_in_queue(session, each) for each in (a, b)] == [0, 1]
    runs.begin(session, c)
    assert runs.place_in_queue(session, c) == 2


def test_a_run_tells_how_far_it_is(session, model):
    runs.begin(session, model)
    request = runs.start(model)
    assert (request.training_set, request.start_from) == (SET.path, None)
    assert Path(request.folder) == unsaved_models.model_folder(model.id)
    runs.take_reply(session, model, started())
    runs.take_reply(session, model, BatchDone(2, 1, 0.25, 0.1, 9.0))
    run = model.run
    assert run.fraction == 0.1
    assert (run.loss, run.seconds_left, run.text) == (0.25, 9.0, "epoch 3 of 25")
    runs.take_reply(session, model, BatchDone(2, 2, 0.25, 0.1, 8.0, "Smaller batches."))
    assert [notice.sentence for notice in session.notices] == ["A notice.", "Smaller batches."]


def test_what_a_run_leaves_can_be_chosen_from_and_gone_on_with(session, model):
    fits = {"box_size": SET.box_size, "apix": SET.apix}
    last, best = trained_in(model, loss=0.1, **fits), trained_in(model, loss=0.2, **fits)
    runs.begin(session, model)
    runs.start(model)
    runs.take_reply(session, model, started())
    runs.take_reply(session, model, EpochDone(0, 0.2, best, Validation(0.3, 0.8)))
    runs.show_latest(model)
    assert model.ref.weights_sha256 == best.weights_sha256
    runs.take_reply(session, model, TrainingDone(last, 0.1, stopped=False, best=best))
    assert (model.run, model.ref) == (None, last)
    runs.choose(model, model.best)
    assert model.ref == best
    assert runs.needed(model) == {Path(last.path), Path(best.path)}
    runs.begin(session, model)
    assert runs.start(model).start_from == best.path
    runs.take_reply(session, model, started())
    assert (model.last, model.best, model.epochs) == (None, None, ())


def test_a_run_that_fails_leaves_its_last_epoch_and_says_why(session, model):
    best, latest = trained_in(model, loss=0.3), trained_in(model, loss=0.2)
    runs.begin(session, model)
    request = runs.start(model)
    runs.take_reply(session, model, started())
    runs.take_reply(session, model, EpochDone(0, 0.3, best, Validation(0.4, 0.7)))
    runs.take_reply(session, model, EpochDone(1, 0.2, latest, Validation(0.5, 0.6)))
    runs.take_reply(session, model, Failed(request, "The disk is full.", ""))
    assert (model.run, model.ref) == (None, latest)
    assert not model.weights.kept
    assert (model.last.ref, model.best.ref) == (latest, best)
    assert session.notices[-1].sentence == "The disk is full."


def test_a_run_that_fails_at_its_start_changes_nothing(session, model):
    before = trained_in(model)
    model.weights = runs.weights_of(before)
    model.epochs = (EpochDone(0, 0.3, trained_in(model, loss=0.3)),)
    runs.begin(session, model)
    runs.take_reply(session, model, Failed(runs.start(model), "No memory.", ""))
    assert (model.run, model.ref, len(model.epochs)) == (None, before, 1)


def test_a_model_that_is_being_trained_is_left_alone(session, model):
    runs.begin(session, model)
    plan = model.plan
    model_list.remove(session, model)
    training_plan.set_architecture(session, model, "UNet deep")
    with pytest.raises(ScsegError, match="is being trained"):
        training_plan.take_set(session, model, SET)
    assert session.models == [model]
    assert model.plan == plan
    assert runs.obstacle(model)


def test_without_a_set_or_positives_there_is_nothing_to_train(session):
    model = model_list.new(session)
    assert "training set" in runs.obstacle(model)
    training_plan.take_set(session, model, TrainingSetSummary("/b", 5, 0, 64, 1, 10.0, ("A",), ""))
    assert "No box" in runs.obstacle(model)
    runs.begin(session, model)
    assert model.run is None


# Sets


def test_a_set_goes_to_a_model_that_waits_for_one_else_to_a_new_one(session, model):
    other = TrainingSetSummary("/sets/b.scnt", 9, 4, 64, 1, 13.92, ("Carbon",), "")
    training_plan.offer_set(session, other)
    assert [each.display.name for each in session.models] == ["Membrane", "Carbon"]
    again = TrainingSetSummary("/sets/a.scnt", 99, 60, 64, 1, 13.92, ("Membrane",), "")
    training_plan.offer_set(session, again)
    assert len(session.models) == 2
    assert model.plan.training_set == again
    waiting = model_list.new(session)
    third = TrainingSetSummary("/sets/c.scnt", 9, 4, 64, 1, 13.92, ("Ribosome",), "")
    training_plan.offer_set(session, third)
    assert waiting.plan.training_set == third
    assert "Model 1 takes the training set, and is called Ribosome now." in [
        each.sentence for each in session.messages
    ]


def test_a_new_set_goes_to_the_model_of_its_feature_and_to_no_other_empty_one(session):
    membrane, carbon = (model_list.new(session) for _ in range(2))
    for model, name in ((membrane, "Membrane"), (carbon, "Carbon")):
        model_list.set_display(model, replace(model.display, name=name))
    found = TrainingSetSummary("/sets/m.scnt", 9, 4, 64, 1, 13.92, ("Membrane",), "")
    training_plan.offer_set(session, found)
    assert membrane.plan.training_set == found
    training_plan.offer_set(session, replace(found, path="/sets/r.scnt", features=("Ribosome",)))
    assert [each.display.name for each in session.models] == ["Membrane", "Carbon", "Ribosome"]
    assert carbon.plan.training_set is None


def test_a_name_that_was_given_stays(session):
    likely = model_list.new(session)
    model_list.set_display(likely, replace(likely.display, name="Model of carbon"))
    training_plan.take_set(session, likely, SET)
    assert likely.display.name == "Model of carbon"
    model = model_list.new(session)
    model_list.set_display(model, model_list.Display("My own", (0, 0, 0)))
    training_plan.take_set(session, model, SET)
    assert model.display.name == "My own"


@pytest.mark.parametrize(("size", "works"), [(60, "56 or 64"), (4, "8 or 16")])
def test_a_box_size_that_the_network_cannot_take_is_refused(session, size, works):
    model = model_list.new(session)
    with pytest.raises(ScsegError, match=works):
        training_plan.take_set(
            session, model, TrainingSetSummary("/b", 5, 3, size, 1, 10.0, ("A",), "")
        )
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
    model = model_list.add(session, path, runs.weights_of(ModelRef(str(path), "")).description)
    size, depth, apix = change
    with pytest.raises(ScsegError) as told:
        training_plan.take_set(
            session, model, TrainingSetSummary("/b", 5, 3, size, depth, apix, ("A",), "")
        )
    assert all(number in str(told.value) for number in numbers)
    training_plan.take_set(session, model, TrainingSetSummary("/b", 5, 3, 64, 1, 14.0, ("A",), ""))


@pytest.mark.parametrize("trained", DEFINITIONS)
def test_a_trained_model_keeps_the_definition_of_its_grey_values(session, tmp_path, trained):
    path = write_model(tmp_path, box_size=64, normalisation=trained)
    model = model_list.add(session, path, runs.weights_of(ModelRef(str(path), "")).description)
    (other,) = set(DEFINITIONS) - {trained}
    found = TrainingSetSummary("/b", 5, 3, 64, 1, 10.0, ("A",), "", other)
    with pytest.raises(ScsegError, match=f"definition '{trained}', not '{other}', which cannot"):
        training_plan.take_set(session, model, found)
    assert model.plan.training_set is None
    training_plan.take_set(session, model, replace(found, normalisation=trained))
    # Of what an earlier version remembered, the process that trains will know.
    training_plan.take_set(session, model, replace(found, normalisation=""))


def test_the_numbers_of_a_set_stay_in_their_ranges(session):
    new_set.set_plan(session, SetPlan(box_size=61, apix=1e9, depth=4))
    assert session.set_plan == SetPlan(box_size=61, apix=200.0, depth=5)
    new_set.set_plan(session, SetPlan(box_size=1, depth=99))
    assert (session.set_plan.box_size, session.set_plan.depth) == (8, 9)


@pytest.mark.parametrize(
    ("size", "told"),
    [
        (64, ""),
        (52, "VGGNet cannot take boxes of 52 pixels: use 48 or 56."),
        (50, "No network can take boxes of 50 pixels: use 48 or 56."),
    ],
)
def test_a_box_size_is_refused_before_the_set_is_made_with_those_that_work(
    session, monkeypatch, size, told
):
    two = {name: ARCHITECTURES[name] for name in ("VGGNet", "UNet deep")}
    monkeypatch.setattr(new_set, "ARCHITECTURES", two)
    new_set.set_plan(session, SetPlan(box_size=size))
    assert new_set.box_size_concern(session) == told


def test_all_networks_that_refuse_a_box_size_are_named(session):
    new_set.set_plan(session, SetPlan(box_size=52))
    assert new_set.box_size_concern(session) == (
        "These networks cannot (VGGNet, VGGNet wider, VGGNet BN, VGGNet BN small, UNet BN) "
        "take boxes of 52 pixels: use 48 or 56."
    )


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
        sources=(SourceTomogram("a.mrc", 13.92, 0.0, 1.0),),
        normalisation="",
    )
    expected = TrainingSetSummary("/a.scnt", 5, 2, 16, 3, 13.92, ("Membrane",), fingerprint(made))
    assert summarise(made, Path("/a.scnt")) == expected
    assert expected.negatives == 3
