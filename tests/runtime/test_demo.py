"""Try the demo: made, opened, trained on at once; and what becomes of it when something goes."""

from __future__ import annotations

import sys
import time

import pytest

from scseg.actions import notices
from scseg.actions.commands import action
from scseg.actions.models import model_list
from scseg.actions.tomograms import demo
from scseg.actions.training import new_set
from scseg.annotations.storage.location import annotation_path
from scseg.compute import demo as process
from scseg.datasets.demo.places import users_tomogram
from tests.fakes.demo import WORKER
from tests.fakes.headless import running, step_until


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("SCSEG_HOME", str(tmp_path / "home"))
    make_demo = process.make_demo
    monkeypatch.setattr(
        demo, "make_demo", lambda tomogram, report: make_demo(tomogram, report, WORKER)
    )


@pytest.fixture
def waits(monkeypatch, tmp_path):
    path = tmp_path / "waits"
    path.touch()
    monkeypatch.setenv("SCSEG_DEMO_WAITS", str(path))
    return path


def ask(program):
    action("demo").run(program.session)


def open_demo(program):
    ask(program)
    step_until(program, lambda: program.session.active and program.session.active.annotation)
    return program.session.active


def test_the_demo_opens_on_a_slice_that_is_drawn_and_its_feature_can_be_trained_at_once(tmp_path):
    with running(target=tmp_path / "set.scnt") as program:
        session = program.session
        opened = open_demo(program)
        assert opened.tomogram.path == users_tomogram()
        assert users_tomogram().is_relative_to(tmp_path / "home")
        (feature,) = opened.features
        assert (feature.id, opened.z) in opened.annotation.contents.masks
        (told,) = session.notices
        assert str(users_tomogram().parent) in told.sentence
        notices.forget_old(session, time.monotonic() + 1000)
        assert session.notices == [told]
        new_set.keep_counted(session)
        step_until(program, lambda: session.counted.counts is not None)
        assert min(session.counted.counts.positives, session.counted.counts.negatives) > 10
        action("generate-set").run(session)
        step_until(program, lambda: session.models and session.models[0].plan.training_set)
        (model,) = session.models
        assert model.display.name == feature.name
        action("train").run(session)
        step_until(program, lambda: model.weights is not None and model.run is None)
        assert "keras" not in sys.modules


def test_of_several_models_the_user_says_which_is_to_be_trained(tmp_path):
    with running(target=tmp_path / "set.scnt") as program:
        session = program.session
        assert not action("generate-set").enabled(session)
        assert not action("train").enabled(session)
        open_demo(program)
        action("generate-set").run(session)
        step_until(program, lambda: session.models and session.models[0].plan.training_set)
        (model,) = session.models
        other = model_list.new(session)
        other.plan = model.plan
        action("train").run(session)
        assert model.run is other.run is None
        assert model.display.name in session.notices[-1].sentence


def test_it_is_made_once_and_what_is_drawn_on_it_is_the_users():
    with running() as program:
        open_demo(program)
    drawn = annotation_path(users_tomogram()).read_bytes()
    made = users_tomogram().stat().st_mtime_ns
    with running() as program:
        opened = open_demo(program)
        assert len(opened.features) == 1
        assert program.session.notices == []
    assert annotation_path(users_tomogram()).read_bytes() == drawn
    assert users_tomogram().stat().st_mtime_ns == made


def test_while_it_is_made_it_has_a_bar_and_is_not_offered_again(waits):
    with running() as program:
        session = program.session
        ask(program)
        step_until(program, lambda: session.jobs and session.jobs[0].fraction > 0.2)
        (job,) = session.jobs
        assert job.seconds_left(job.started + 10) > 1
        assert not action("demo").enabled(session)
        waits.unlink()
        step_until(program, lambda: session.active)
        assert action("demo").enabled(session)


@pytest.mark.usefixtures("waits")
@pytest.mark.parametrize("way", ["cancel", "quit"])
def test_cancelled_or_left_in_the_middle_nothing_is_left_of_it(way):
    with running() as program:
        session = program.session
        ask(program)
        step_until(program, lambda: session.jobs and session.jobs[0].fraction > 0.2)
        if way == "cancel":
            notices.cancel(session.jobs[0])
            step_until(program, lambda: not session.jobs)
            assert session.notices == []
            assert action("demo").enabled(session)
    assert not users_tomogram().parent.exists()


def test_where_it_cannot_be_written_the_user_is_told_and_asked_for_another_place(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (home / "documents").write_text("a file in the way")
    place = tmp_path / "elsewhere" / "first.mrc"
    place.parent.mkdir()
    with running(target=place) as program:
        opened = open_demo(program)
        assert opened.tomogram.path == place
        assert [each.level for each in program.session.notices] == ["error", "info"]
        assert (place.parent / "first_membrane.mrc").exists()
    with running() as program:
        # Where the user had it made, it is found again.
        assert open_demo(program).tomogram.path == place
        assert program.session.notices == []


def test_who_chooses_no_other_place_has_the_sentence_and_no_demo(tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "documents").write_text("a file in the way")
    with running() as program:
        ask(program)
        step_until(program, lambda: program.session.notices and not program.session.jobs)
        assert "documents" in program.session.notices[0].sentence
        assert program.session.tomograms == []
        assert action("demo").enabled(program.session)
