"""Learning while one draws, in the whole program: what is drawn is learnt, and nothing is lost on the way."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import numpy as np
import pytest

from scseg.actions import undo
from scseg.actions.annotation import changes, features, strokes
from scseg.actions.models import model_list
from scseg.actions.tomograms import closing
from scseg.actions.training import live, live_sets, live_switch, runs
from scseg.annotations import steps
from scseg.annotations.feature import Feature
from scseg.annotations.storage.location import annotation_path
from scseg.annotations.storage.opening import open_annotation
from scseg.base.labels import BACKGROUND, FEATURE
from scseg.datasets.training_sets.training_set import load_training_set
from scseg.models import unsaved_models
from scseg.models.files import open_model
from scseg.state.live_learning import learner_of
from tests.fakes.gradient import SHAPE, gradient, write_volume
from tests.fakes.headless import running, step_until
from tests.fakes.processes import children, workers_besides
from tests.fakes.stepping import train_on

MEMBRANE = Feature("Membrane", (0.2, 0.4, 0.9), brush_px=2.0, box_size=16)


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    monkeypatch.setenv("SCSEG_HOME", str(tmp_path / "home"))


@pytest.fixture
def tomogram(tmp_path):
    return write_volume(tmp_path / "gradient.mrc", gradient())


@pytest.fixture
def program(tomogram, tmp_path):
    with running([tomogram], tmp_path / "kept.scnt") as program:
        begin(program)
        yield program


def begin(program):
    session = program.session
    step_until(program, lambda: session.active and session.active.annotation is not None)
    features.add(session, MEMBRANE)
    session.active.z = 6


def stroke(program, label=FEATURE, row=12, columns=(20, 40)):
    session = program.session
    strokes.begin(session, (row, columns[0]), label)
    strokes.extend(session, (row, columns[1]))
    strokes.end(session)


def switch(program):
    live_switch.switch_chosen(program.session)
    return learner_of(program.session, "Membrane")


def rests(program, model):
    """Step until all that is drawn has been learnt, and is seen."""

    def has_learnt():
        made = model.plan.training_set
        return (
            model.run is not None
            and model.run.text.startswith("rests")
            and not model.run.live.writing
            and model.description is not None
            and model.description.training_set_sha256 == made.sha256
        )

    step_until(program, has_learnt)
    return load_training_set(live_sets.set_path(model))


def learns(program):
    """Draw, and learn that; return the model."""
    model = switch(program)
    stroke(program)
    rests(program, model)
    return model


def of_name(session, name):
    return next((each for each in session.active.features if each.name == name), None)


def mask_of(session, name):
    return session.active.annotation.contents.mask(of_name(session, name).id, 6)


def errors(program):
    return [each.sentence for each in program.session.messages if each.level == "error"]


def test_a_stroke_is_learnt_and_the_next_one_with_it(program):
    model = learns(program)
    assert model.display.name == "Membrane"
    assert model.display.colour == MEMBRANE.colour
    first = load_training_set(live_sets.set_path(model))
    stroke(program, row=30)
    step_until(program, lambda: model.run.live.sets == 2)
    both = rests(program, model)
    drawn = mask_of(program.session, "Membrane").sum()
    assert (both.labels == FEATURE).sum() >= drawn > (first.labels == FEATURE).sum() / 2
    assert len(both.labels) > len(first.labels)
    assert not errors(program)


def test_it_may_be_switched_on_before_anything_is_drawn(program):
    model = switch(program)
    step_until(program, lambda: model.run.started and not model.run.live.writing)
    assert model.run.live.empty
    stroke(program)
    rests(program, model)


def test_what_is_erased_is_learnt_as_a_negative_and_undone_in_one_step(program):
    model = learns(program)
    session = program.session
    stroke(program, BACKGROUND, row=30)
    wrong = mask_of(session, "not Membrane")
    other = of_name(session, "not Membrane")
    assert live_switch.says_wrong_of(session.active, other) == "Membrane"
    assert "Membrane" in live_switch.obstacle_of(session, other)
    assert wrong[30, 20:40].all()
    assert not wrong[12].any()
    step_until(program, lambda: model.run.live.sets == 2)
    made = rests(program, model)
    assert not made.positive.all()
    assert len(session.history._done) == 4, "a feature, a model, a stroke and what was erased"
    undo.undo(session)
    assert of_name(session, "not Membrane") is None
    step_until(program, lambda: model.run.live.sets == 3)
    assert rests(program, model).positive.all()
    undo.redo(session)
    assert np.array_equal(mask_of(session, "not Membrane"), wrong)


def test_what_is_drawn_is_wrong_no_more(program):
    learns(program)
    session = program.session
    stroke(program, BACKGROUND, row=12, columns=(30, 50))
    assert not mask_of(session, "Membrane")[12, 30:40].any()
    stroke(program, row=12, columns=(30, 35))
    assert mask_of(session, "Membrane")[12, 30:36].all()
    wrong = mask_of(session, "not Membrane")
    assert not wrong[12, 29:37].any()
    assert wrong[12, 40:50].all()


def test_erasing_means_nothing_else_where_nobody_learns(program):
    session = program.session
    stroke(program)
    stroke(program, BACKGROUND, row=30)
    assert of_name(session, "not Membrane") is None
    assert session.active.annotation.contents.features == (MEMBRANE,)


def test_undoing_the_only_stroke_leaves_nothing_to_learn(program):
    model = learns(program)
    undo.undo(program.session)
    step_until(program, lambda: model.run.live.empty and model.run.live.sets == 2)
    undo.redo(program.session)
    step_until(program, lambda: not model.run.live.empty)
    rests(program, model)


def test_it_leaves_an_ordinary_model_and_set(program, tmp_path):
    model = learns(program)
    switch(program)
    step_until(program, lambda: model.run is None)
    assert Path(model.ref.path) == unsaved_models.newest_model(model.id)
    assert model.last == model.weights
    assert live_sets.has_live_set(model)
    live_sets.save_set(program.session, model)
    step_until(program, lambda: not live_sets.has_live_set(model))
    kept = load_training_set(tmp_path / "kept.scnt")
    assert kept.features == ("Membrane",)
    epochs = model.description.epochs_trained
    train_on(program, model)
    step_until(program, lambda: model.run is None)
    assert model.description.epochs_trained == epochs + 25


def test_it_goes_on_where_it_was_when_it_is_switched_on_again(program):
    model = learns(program)
    live_switch.switch_model(program.session, model)
    step_until(program, lambda: model.run is None)
    live_switch.switch_model(program.session, model)
    assert program.session.models == [model]
    rests(program, model)


def test_boxes_of_a_trained_model_stay_as_it_knows_them(program):
    model = learns(program)
    switch(program)
    step_until(program, lambda: model.run is None)
    session = program.session
    larger = steps.change_feature(
        session.active.annotation.contents,
        Feature("Membrane", MEMBRANE.colour, id=MEMBRANE.id, box_size=32),
    )
    changes.apply_step(session, session.active, larger)
    live.begin(session, model)
    assert rests(program, model).box_size == 16


def test_a_tomogram_that_is_closed_takes_only_itself_away(program):
    model = learns(program)
    session = program.session
    closing.close(session, session.active)
    step_until(program, lambda: not session.tomograms and model.run.live.empty)
    assert model.description is not None
    runs.stop(model)
    step_until(program, lambda: model.run is None)
    open_model(Path(model.ref.path))
    assert not errors(program)


def test_a_worker_that_is_killed_leaves_what_was_learnt(program):
    before = children()
    model = learns(program)
    drawn = mask_of(program.session, "Membrane").copy()
    (worker,) = workers_besides(before)
    os.kill(worker.pid, signal.SIGKILL)
    step_until(program, lambda: model.run is None)
    (told,) = errors(program)
    assert model.ref.path in told
    assert open_model(Path(model.ref.path)).training_set_sha256
    assert np.array_equal(mask_of(program.session, "Membrane"), drawn)
    assert switch(program) is model
    rests(program, model)


def test_a_set_that_cannot_be_written_is_told_and_tried_again_with_the_next_stroke(
    program, monkeypatch
):
    model = learns(program)
    before = live_sets.set_path(model).read_bytes()

    def full(_, path):
        raise OSError(28, os.strerror(28), str(path))

    with monkeypatch.context() as patched:
        patched.setattr(live_sets, "save_training_set", full)
        stroke(program, row=30)
        step_until(program, lambda: errors(program))
        step_until(program, lambda: not model.run.live.writing)
    assert live_sets.set_path(model).read_bytes() == before
    assert model.run.live.sets == 1
    stroke(program, row=33)
    step_until(program, lambda: model.run.live.sets == 2)
    rests(program, model)


def test_a_vanished_tomogram_is_told_and_what_was_learnt_goes_on(program, tomogram):
    model = learns(program)
    tomogram.rename(tomogram.with_suffix(".away"))
    stroke(program, row=30)
    step_until(program, lambda: errors(program) and not model.run.live.writing)
    assert str(tomogram) in errors(program)[0]
    tomogram.with_suffix(".away").rename(tomogram)
    stroke(program, row=33)
    step_until(program, lambda: model.run.live.sets == 2)


def test_the_end_of_the_program_leaves_the_model(tomogram):
    before = children()
    with running([tomogram]) as program:
        begin(program)
        model = learns(program)
    newest = unsaved_models.newest_model(model.id)
    assert open_model(newest).training_set_sha256 == model.plan.training_set.sha256
    assert live_sets.set_path(model).exists()
    assert not workers_besides(before)


def test_what_another_window_draws_can_be_learnt_here_and_is_not_changed(tomogram):
    first = open_annotation(tomogram, SHAPE)
    first.apply(steps.add_feature(first.annotation.contents, MEMBRANE))
    mask = np.zeros(SHAPE[1:], np.uint8)
    mask[10:14] = FEATURE
    first.apply(steps.change_masks(first.annotation.contents, MEMBRANE.id, {6: mask}, "draw"))
    assert first.flush(10)
    with running([tomogram]) as program:
        session = program.session
        step_until(program, lambda: session.active and session.active.annotation is not None)
        assert session.active.annotated.read_only
        model = switch(program)
        assert rests(program, model).positive.any()
    first.close()
    assert annotation_path(tomogram).exists()


def test_a_model_whose_name_is_that_of_no_feature_says_what_to_do(program):
    session = program.session
    model = model_list.new(session)
    model_list.set_display(model, model_list.Display("Carbon", (0, 1, 0)))
    assert "no tomogram" in live.obstacle(session, model).lower()
    model_list.set_display(model, model_list.Display("Model 1", (0, 1, 0)))
    assert live.feature_of(session, model) == "Membrane"
    live.begin(session, model)
    assert model.display.name == "Membrane"
    assert model.run.live.name == "Membrane"


def test_another_training_waits_until_it_is_switched_off(program):
    model = learns(program)
    session = program.session
    other = model_list.new(session)
    other.plan = model.plan
    runs.begin(session, other)
    for _ in range(20):
        program.step()
    assert not other.run.started
    switch(program)
    step_until(program, lambda: model.run is None and other.run is None)
    assert other.description is not None


def test_a_feature_that_is_renamed_is_learnt_on_under_its_new_name(program):
    model = learns(program)
    session = program.session
    features.call(session, session.active, session.active.features[0], "Cristae")
    features.commit(session, session.active)
    step_until(program, lambda: model.run.live.name == "Cristae")
    assert model.display.name == "Cristae"
    stroke(program, row=30)
    step_until(program, lambda: model.plan.training_set.features == ("Cristae",))
    rests(program, model)
    assert not errors(program)
