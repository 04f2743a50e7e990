"""Models of the last session come back, whatever became of their files, also beside another window."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from scseg.actions import restoring
from scseg.actions.models import files, model_list
from scseg.actions.training import runs
from scseg.compute.messages import ModelRef
from scseg.datasets.training_sets.summary import TrainingSetSummary
from scseg.interactions.rules import InteractionSettings, Rule
from scseg.models import unsaved_models
from scseg.models.files import open_model
from scseg.models.training_curve import Epoch
from scseg.persistence import last_session
from scseg.persistence.last_models import ModelRecord
from scseg.persistence.last_session import LastSession, record_of_session
from scseg.runtime.display.training_curves import curves_of
from scseg.runtime.jobs import Jobs
from scseg.runtime.queue import OpeningQueue
from scseg.runtime.saving.restoring import SessionRestorer
from scseg.runtime.saving.session_file import SessionFile
from scseg.state.models import Display, Model, TrainingPlan, TrainingRun
from scseg.state.session import Session
from tests.fakes.models import write_model
from tests.fakes.threads import quiet_inbox, take_in, wait_for
from tests.fakes.workflows import run

A, B = "a" * 32, "b" * 32
SET = TrainingSetSummary("/sets/a.scnt", 80, 53, 64, 1, 13.92, ("Membrane",), "f" * 64)
CURVE = (Epoch(0, 0.9, 0.75, 0.25), Epoch(1, 0.5, 0.2, 0.8), Epoch(2, 0.4))
DISPLAY = Display("Mine", (0.1, 0.2, 0.3), threshold=0.25)


@pytest.fixture(autouse=True)
def _home(monkeypatch, tmp_path):
    monkeypatch.setenv("SCSEG_HOME", str(tmp_path / "home"))


def restored(last):
    session = Session()
    inbox = quiet_inbox()
    jobs = Jobs(session, inbox)
    ended = []
    SessionRestorer(session, OpeningQueue(jobs), last, lambda: ended.append(True)).start()
    wait_for(lambda: not session.jobs, session, inbox)
    assert ended == [True]
    return session


def written(folder, age=0.0, **changes):
    """Write a model as it was written some seconds ago."""
    folder.mkdir(parents=True, exist_ok=True)
    path = write_model(folder, **changes)
    then = time.time() - age
    os.utime(path, (then, then))
    return path


def rules(partner):
    return InteractionSettings(rules=(Rule("avoid", partner),))


def test_a_model_whose_file_is_away_keeps_all_but_its_weights_until_it_is_back(tmp_path):
    path = tmp_path / "13.92_64.scnm"
    kept = ModelRecord(
        str(path), DISPLAY, A, plan=TrainingPlan(training_set=SET), interaction=rules(B)
    )
    last = LastSession(models=(kept, ModelRecord(id=B, interaction=rules(A))))
    session = restored(last)
    assert [each.level for each in session.notices] == ["error"]
    assert str(path) in session.notices[0].sentence
    model_list.new(session)
    assert record_of_session(session).models[:2] == last.models
    away = session.models[0]
    assert str(path) in runs.obstacle(away)
    runs.begin(session, away)
    assert away.run is None
    written(tmp_path).rename(path)
    (tmp_path / "13.92_64.h5").write_bytes(next(tmp_path.glob("*_Membrane.h5")).read_bytes())
    back = restored(replace(last, models=record_of_session(session).models)).models[0]
    assert (back.ref.path, back.unloaded) == (str(path), None)
    assert (back.display, back.plan, back.interaction) == (DISPLAY, kept.plan, kept.interaction)


@pytest.mark.parametrize("button", [False, True], ids=["opened", "loaded"])
def test_a_file_that_is_back_is_loaded_into_the_row_that_waits_for_it(tmp_path, button):
    path = written(tmp_path)
    path.rename(tmp_path / "elsewhere")
    session = restored(LastSession(models=(ModelRecord(str(path), DISPLAY, A),)))
    (tmp_path / "elsewhere").rename(path)
    (model,) = session.models
    if button:
        run(files.load(session, model, path))
    else:
        model_list.add(session, path, open_model(path))
    assert session.models == [model]
    assert (model.id, model.ref.path, model.unloaded) == (A, str(path), None)
    assert model.display == DISPLAY


def test_a_run_that_was_cut_short_before_its_first_epoch_leaves_what_the_model_had(tmp_path):
    folder = unsaved_models.model_folder(A)
    written(folder, age=60, name="old", epochs_trained=5)
    loaded = written(tmp_path, age=3600, name="loaded", epochs_trained=50)
    session = Session()
    model = model_list.new(session)
    model.id = A
    model_list.load(session, model, loaded, open_model(loaded))
    fitting = replace(SET, box_size=model.description.box_size, apix=model.description.apix)
    model.plan = replace(model.plan, training_set=fitting)
    runs.begin(session, model)
    assert not record_of_session(session).models[0].training
    runs.start(model)
    last = record_of_session(session)
    assert restored(last).models[0].description.epochs_trained == 50
    written(folder / "checkpoints", name="epoch", epochs_trained=51)
    (back,) = restored(last).models
    assert (back.description.epochs_trained, back.weights.kept) == (51, False)


def test_a_model_cannot_be_trained_before_what_a_run_has_left_is_looked_for():
    session = Session()
    model = restoring.restore_model(session, ModelRecord(id=A, training=True))
    model.plan = replace(model.plan, training_set=SET)
    assert str(unsaved_models.model_folder(A)) in runs.obstacle(model)
    restoring.restore_weights(model, restoring.RestoredWeights(None))
    assert runs.obstacle(model) == ""


def judged(name, dice, **where):
    """Return the weights of an epoch that was judged by boxes held out, in the model's folder."""
    folder = unsaved_models.model_folder(A) / "checkpoints"
    path = written(folder, name=name, validation_loss=1 - dice, validation_dice=dice, **where)
    return runs.weights_of(ModelRef(str(path), open_model(path).weights_sha256))


def test_the_last_and_the_best_epoch_can_still_be_chosen_from_in_the_next_session():
    session = Session()
    model = model_list.new(session)
    model.id = A
    model.best, model.last = judged("best", 0.8), judged("last", 0.7)
    model.weights = model.last
    (back,) = restored(record_of_session(session)).models
    assert (back.weights, back.last, back.best) == (model.last, model.last, model.best)
    Path(model.best.ref.path).unlink()
    (back,) = restored(record_of_session(session)).models
    assert (back.weights, back.last, back.best) == (model.last, None, None)


def test_the_curve_of_a_training_comes_back_whichever_epoch_is_chosen():
    session = Session()
    model = model_list.new(session)
    model.id = A
    model.best = judged("best", 0.8, curve=CURVE[:2])
    model.last = judged("last", 0.7, curve=CURVE)
    for chosen in (model.last, model.best):
        model.weights = chosen
        (back,) = restored(record_of_session(session)).models
        curves = curves_of(back)
        assert curves.epochs.tolist() == [1, 2, 3]
        assert curves.losses.tolist() == [0.9, 0.5, 0.4]
        assert (curves.judged.tolist(), curves.dice.tolist()) == ([1, 2], [0.25, 0.8])
        assert curves.end == 3
    assert curves_of(Model(DISPLAY, weights=model.best)).epochs.tolist() == [1, 2]
    model.run = TrainingRun(1, started=True, parameters=9)
    assert curves_of(model) is None


def test_the_best_epoch_of_a_run_that_was_cut_short_can_be_chosen():
    judged("before", 0.9, age=60)
    best, _ = judged("best", 0.8, age=20), judged("between", 0.6, age=10)
    last = judged("last", 0.7)
    kept = ModelRecord(display=DISPLAY, id=A, training=True, since=time.time() - 30)
    (model,) = restored(LastSession(models=(kept,))).models
    assert (model.ref, model.last.ref, model.best.ref) == (last.ref, last.ref, best.ref)


def test_models_that_nobody_saved_are_told_of_where_the_session_does_not_come_back():
    displays = [replace(DISPLAY, name=name) for name in ("Saved", "Unsaved", "Learning", "New")]
    saved, learnt, learning, new = (ModelRecord(display=each) for each in displays)
    kept = (
        replace(saved, path="/m/saved.scnm"),
        replace(learnt, path="/home/learnt.scnm", kept=False),
        replace(learning, training=True),
        new,
    )
    session = Session()
    restoring.tell_unsaved(session, LastSession(models=kept))
    (notice,) = session.notices
    assert "Unsaved, Learning." in notice.sentence
    assert "Bring back unsaved models" in notice.sentence
    silent_session = Session()
    restoring.tell_unsaved(silent_session, LastSession(models=(kept[0], kept[3])))
    assert not silent_session.notices


def test_what_was_not_saved_is_found_in_its_folder_where_its_own_file_is_gone():
    left = written(unsaved_models.model_folder(A), age=60)
    gone = unsaved_models.model_folder(A) / "gone.scnm"
    kept = ModelRecord(str(gone), DISPLAY, A, kept=False, since=time.time())
    (model,) = restored(LastSession(models=(kept,))).models
    assert model.ref.path == str(left)


@pytest.fixture
def two_windows():
    """Two sessions with a model that was not saved, and one that avoids it, the first of them remembered."""
    path = written(unsaved_models.model_folder(A))
    last = LastSession(
        models=(
            ModelRecord(str(path), DISPLAY, A, kept=False),
            ModelRecord(id=B, display=DISPLAY, interaction=rules(A)),
        )
    )
    last_session.save(last, last_session.session_path())
    inboxes = quiet_inbox(), quiet_inbox()
    first, second = (SessionFile(Session(), inbox) for inbox in inboxes)
    yield restored(first.last()), restored(second.last())
    for file, inbox in zip((first, second), inboxes, strict=True):
        file.close()
        # As the program does: what a thread has locked by then is let go of.
        take_in(Session(), inbox)


def test_a_training_in_a_second_window_leaves_the_models_of_the_first_alone(two_windows):
    for mine, other in (two_windows, two_windows[::-1]):
        trained = mine.models[0]
        path = written(unsaved_models.model_folder(trained.id), name=f"new {trained.id}")
        trained.weights = runs.weights_of(ModelRef(str(path), ""))
        unsaved_models.remove_all_but(trained.id, runs.needed(trained))
        open_model(Path(other.models[0].ref.path))


def test_a_second_window_has_the_same_models_and_rules(two_windows):
    first, second = two_windows
    assert not {each.id for each in first.models} & {each.id for each in second.models}
    for session in two_windows:
        parent, avoiding = session.models
        assert avoiding.interaction == rules(parent.id)
        assert parent.display == DISPLAY
        assert not parent.weights.kept
    assert first.models[0].ref.weights_sha256 == second.models[0].ref.weights_sha256


def test_weights_in_use_stay_where_the_users_folder_goes_by_another_name(tmp_path, monkeypatch):
    path = written(unsaved_models.model_folder(A))
    link = tmp_path / "link"
    link.symlink_to(os.environ["SCSEG_HOME"], target_is_directory=True)
    monkeypatch.setenv("SCSEG_HOME", str(link))
    unsaved_models.remove_all_but(A, {path})
    open_model(path)
    assert unsaved_models.import_model(A, path) == path
