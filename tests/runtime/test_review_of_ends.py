"""Ends that a review found to lose something, each as it was found; without the window."""

from __future__ import annotations

import threading

import mrcfile
import numpy as np
import pytest

from scseg.actions import writing
from scseg.actions.annotation import features, strokes
from scseg.actions.tomograms import relinking
from scseg.annotations.storage.read_only import read_annotation
from scseg.base.background_thread import BackgroundThread
from scseg.persistence import settings
from scseg.persistence.last_session import session_path
from scseg.runtime.jobs import Jobs
from scseg.runtime.saving.autosave import AutoSavedFile, AutoSaver
from scseg.state.notices import Job, JobEnd
from scseg.state.session import Session
from scseg.state.settings import Settings
from tests.fakes.headless import headless, step_until
from tests.fakes.threads import quiet_inbox, wait_for

SHAPE = (4, 20, 24)


@pytest.fixture
def tomogram(tmp_path, monkeypatch):
    monkeypatch.setenv("SCSEG_HOME", str(tmp_path / "home"))
    path = tmp_path / "t.mrc"
    with mrcfile.new(path) as file:
        file.set_data(np.zeros(SHAPE, np.int8))
        file.voxel_size = 10.0
    return path


@pytest.fixture
def program(tomogram):
    program = headless(Session())
    program.open((tomogram,))
    step_until(program, lambda: program.session.active and program.session.active.annotation)
    yield program
    program.close()


def draw(session):
    features.add(session)
    strokes.begin(session, (5, 5), 1)
    strokes.end(session)


def test_a_row_that_is_relinked_to_its_own_file_goes_on(program, tomogram):
    session = program.session
    session.requests.append(relinking.follow_to(session, session.active, tomogram))
    step_until(program, lambda: not session.jobs)
    draw(session)
    assert program.close() == ()
    assert read_annotation(tomogram, SHAPE).masks


def test_two_relinks_of_one_row_leave_one_place(program, tomogram):
    session, row = program.session, program.session.active
    draw(session)
    places = [tomogram.with_name(f"{name}.mrc") for name in "xy"]
    for place in places:
        place.write_bytes(tomogram.read_bytes())
        session.requests.append(relinking.follow_to(session, row, place))
    step_until(program, lambda: not session.jobs and session.active is not row)
    step_until(program, lambda: session.active.annotation is not None)
    assert session.active.annotation.contents.masks
    assert program.close() == ()
    assert read_annotation(
        session.active.tomogram.path if session.active else places[0], SHAPE
    ).masks


def test_the_window_does_not_close_over_what_was_asked_for_in_the_same_frame(program, tmp_path):
    written = tmp_path / "kept.txt"
    program.session.requests.append(
        writing.written(program.session, written, lambda _: written.write_text("kept"))
    )
    program.quit()
    assert not program.quits
    wait_for(lambda: program.step() or program.quits)
    assert written.read_text() == "kept"


@pytest.mark.usefixtures("tomogram")
def test_where_one_part_cannot_be_made_those_before_it_are_ended(monkeypatch):
    def fails(*_):
        raise ZeroDivisionError("oops")

    monkeypatch.setattr("scseg.runtime.program.Trainer", fails)
    with pytest.raises(ZeroDivisionError):
        headless(Session())
    assert not {"watch", "slices"} & {thread.name for thread in threading.enumerate()}
    assert not session_path().with_suffix(".lock").exists()


def test_nothing_is_begun_when_jobs_have_ended():
    session, ends = Session(), []
    jobs = Jobs(session, quiet_inbox())
    jobs.close()
    jobs.start(Job("late"), pytest.fail, pytest.fail, ends.append)
    assert (ends, session.jobs) == ([JobEnd.CANCELLED], [])


def test_a_thread_that_cannot_be_started_is_tried_again(monkeypatch):
    failures, done = [], []
    background = BackgroundThread("helper", failures.append)

    def refused(_):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refused)
        background.submit(lambda: done.append(1))
    assert "can't start" in str(failures[0])
    background.submit(lambda: done.append(2))
    assert background.close(10, finishing=True)
    assert done == [1, 2]


def test_the_file_says_what_was_last_so(tmp_path):
    path, inbox, now = tmp_path / "window.json", quiet_inbox(), {"theme": "dark"}
    begun, goes_on = threading.Event(), threading.Event()

    def save(theme):
        begun.set()
        assert goes_on.wait(10)
        settings.save(Settings(theme=theme), path)

    file = AutoSavedFile("the settings", "Lost.", lambda: now["theme"], save)
    keeper = AutoSaver(file, Session(), inbox, seconds=0.0)
    now["theme"] = "light"
    keeper.update()
    assert begun.wait(10)
    # While light is being written, it is dark again.
    now["theme"] = "dark"
    threading.Timer(0.05, goes_on.set).start()
    keeper.close()
    assert settings.load(path).theme == "dark"


def test_what_was_held_is_written_even_if_it_is_as_at_the_start():
    saved = []
    keeper = AutoSaver(
        AutoSavedFile("it", "Lost.", lambda: "empty", saved.append), Session(), quiet_inbox()
    )
    keeper.hold()
    keeper.go_on()
    keeper.close()
    assert saved == ["empty"]
