"""The list of models and their files: added, removed, loaded, saved, brought back."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from scseg.actions import undo
from scseg.actions.models import files, interactions, model_list
from scseg.actions.training import runs, training_plan
from scseg.base.errors import ScsegError
from scseg.compute.messages import (
    EpochDone,
    ModelRef,
)
from scseg.models import unsaved_models
from scseg.models.files import open_model, remove_model, save_model
from scseg.state.models import TrainingRun
from scseg.state.session import Session
from tests.fakes.models import write_model
from tests.fakes.training import SET, trained_in
from tests.fakes.workflows import run, run_all


@pytest.fixture
def session():
    return Session()


@pytest.fixture
def model(session):
    model = model_list.new(session)
    training_plan.take_set(session, model, SET)
    return model


def test_adding_and_removing_are_undone_in_turn(session):
    first, second = model_list.new(session), model_list.new(session)
    model_list.remove(session, first)
    undo.undo(session)
    assert session.models == [first, second]
    undo.undo(session)
    assert session.models == [first]
    undo.redo(session)
    undo.redo(session)
    assert session.models == [second]


def test_neither_undo_nor_redo_takes_a_model_away_that_is_being_trained(session, model):
    runs.begin(session, model)
    undo.undo(session)
    assert session.models == [model]
    assert "is being trained" in session.feedback.sentence
    runs.stop(model)
    undo.undo(session)
    assert session.models == []
    undo.redo(session)
    model_list.remove(session, model)
    undo.undo(session)
    runs.begin(session, model)
    undo.redo(session)
    assert session.models == [model]
    runs.stop(model)
    undo.redo(session)
    assert session.models == []


def test_new_models_differ_in_name_and_colour(session):
    made = [model_list.new(session) for _ in range(3)]
    model_list.remove(session, made[1])
    made[1] = model_list.new(session)
    assert len({each.display.name for each in made}) == 3
    assert len({each.display.colour for each in made}) == 3


def test_only_what_is_needed_stays_in_the_folder(model):
    refs = [trained_in(model, loss=loss / 10) for loss in range(4)]
    kept = Path(refs[2].path)
    (unsaved_models.model_folder(model.id) / "old" / "empty").mkdir(parents=True)
    unsaved_models.remove_all_but(model.id, {kept})
    left = sorted(each.name for each in unsaved_models.model_folder(model.id).rglob("*"))
    assert left == sorted([kept.name, kept.with_suffix(".h5").name])
    assert unsaved_models.newest_model(model.id) == kept
    unsaved_models.remove_all_but("0" * 32, set())


def test_what_is_shown_outlives_its_checkpoint(model):
    epochs = [trained_in(model, loss=loss / 10) for loss in range(4)]
    shown = []
    model.run = TrainingRun(1, started=True, parameters=4)
    for number, ref in enumerate(epochs):
        model.epochs = (EpochDone(number, 0.1, ref),)
        model.weights = None
        runs.show_latest(model)
        shown.append(Path(model.ref.path))
        remove_model(Path(ref.path))
    assert [path.is_file() for path in shown] == [False, False, True, True]
    assert open_model(shown[-1]).loss == pytest.approx(0.3)
    # A checkpoint that is gone already changes nothing.
    model.epochs = (EpochDone(9, 0.1, ModelRef(epochs[0].path, "another")),)
    runs.show_latest(model)
    assert Path(model.ref.path) == shown[-1]


def test_folders_that_nobody_knows_are_removed_after_two_weeks(session):
    old, known, young = (model_list.new(session) for _ in range(3))
    for each in (old, known, young):
        trained_in(each)
    long_ago = time.time() - 15 * 86400
    for each in (old, known):
        folder = unsaved_models.model_folder(each.id)
        for path in (*folder.rglob("*"), folder):
            os.utime(path, (long_ago, long_ago))
    unsaved_models.remove_forgotten([known.id])
    there = [unsaved_models.model_folder(each.id).is_dir() for each in (old, known, young)]
    assert there == [False, True, True]


# Files


def test_loading_over_what_was_not_saved_is_undone(session, model, tmp_path):
    other = model_list.new(session)
    interactions.add_rule(session, other)
    learnt = trained_in(model)
    model.weights = runs.weights_of(learnt)
    path = write_model(tmp_path, name="Loaded")
    run(files.load(session, model, path))
    loaded = session.models[0]
    assert (loaded.ref.path, loaded.display.name) == (str(path), "Loaded")
    assert loaded.plan.training_set == SET
    assert [rule.partner for rule in other.interaction.rules] == [loaded.id]
    unsaved_models.remove_all_but(loaded.id, runs.needed(loaded))
    undo.undo(session)
    assert session.models[0] is model
    assert [rule.partner for rule in other.interaction.rules] == [model.id]
    open_model(Path(model.ref.path))
    undo.redo(session)
    assert session.models == [loaded, other]


def test_what_was_loaded_and_is_another_by_now_is_not_saved(session, model, tmp_path):
    path = write_model(tmp_path, name="One")
    run(files.load(session, model, path))
    description = open_model(path)
    save_model(description, lambda file: file.write(b"other weights"), path)
    with pytest.raises(ScsegError, match="saved anew: load it again"):
        run(files.write(session, model, tmp_path / "copy.scnm"))
    assert not (tmp_path / "copy.scnm").exists()


def test_a_set_that_a_model_cannot_learn_from_is_told_before_it_is_trained(
    session, model, tmp_path
):
    run(files.load(session, model, write_model(tmp_path)))
    assert "boxes of 32 pixels, not 64" in runs.obstacle(model)
    runs.begin(session, model)
    assert model.run is None


def test_a_set_made_anew_that_fits_its_model_no_more_goes_to_another(session, model, tmp_path):
    fitting = replace(SET, box_size=32, apix=10.0)
    run(files.load(session, model, write_model(tmp_path)))
    training_plan.take_set(session, model, fitting)
    deeper = replace(fitting, depth=3)
    training_plan.offer_set(session, deeper)
    other = session.models[-1]
    assert other is not model
    assert other.plan.training_set == deeper
    assert "3" in runs.obstacle(model)


def test_loading_a_model_that_is_open_says_so(session, tmp_path):
    path = write_model(tmp_path, name="One")
    model = model_list.add(session, path, open_model(path))
    assert session.notices == []
    model_list.add(session, path, open_model(path))
    save_model(open_model(path), lambda file: file.write(b"other weights"), path)
    model_list.add(session, path, open_model(path))
    assert session.models == [model]
    same, other = (notice.sentence for notice in session.notices)
    assert same == "The model One of this file is open already."
    assert "was saved anew" in other
    assert model.ref.weights_sha256 == open_model(path).weights_sha256


def test_loading_over_what_is_in_files_keeps_the_model(session, model, tmp_path):
    for name in ("One", "Two"):
        path = write_model(tmp_path, name=name)
        run(files.load(session, model, path))
        assert (session.models, model.ref.path) == ([model], str(path))


def test_what_was_not_saved_comes_back_and_what_is_damaged_is_told(session, tmp_path, monkeypatch):
    monkeypatch.setenv("SCSEG_HOME", str(tmp_path / "home"))
    for name in "abc":
        folder = unsaved_models.model_folder(name * 32)
        folder.mkdir(parents=True)
        path = write_model(folder, name=name)
        if name == "b":
            path.with_suffix(".h5").write_bytes(b"of something else")
        if name == "c":
            session.settings = session.settings.opened(write_model(tmp_path, name=name))
    files.bring_back(session)
    run_all(session)
    (model,) = session.models
    # The folder may be another window's.
    assert model.id != "a" * 32
    assert Path(model.ref.path).parent == unsaved_models.model_folder(model.id)
    unsaved_models.remove_all_but(model.id, set())
    assert unsaved_models.newest_model("a" * 32)
    files.bring_back(session)
    run_all(session)
    assert session.models == [model]
    notice = session.notices[0]
    assert str(unsaved_models.model_folder("b" * 32)) in notice.sentence
