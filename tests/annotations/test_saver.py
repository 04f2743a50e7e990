"""The thread that saves: in order, never in the way, and again until it succeeds."""

from __future__ import annotations

import shutil
import sqlite3
import threading

import numpy as np
import pytest

from scseg.annotations import steps
from scseg.annotations.contents import Contents
from scseg.annotations.feature import Feature
from scseg.annotations.storage.opening import open_annotation
from scseg.annotations.storage.reading import read_database
from scseg.annotations.storage.saver import Saver, SaveState
from scseg.annotations.storage.writing import AnnotationFile
from scseg.base.errors import ScsegError
from tests.annotations.actions import act

SHAPE = (6, 20, 25)


class Disk:
    """A store that works, waits or fails as told."""

    path = "somewhere"

    def __init__(self):
        self.open = threading.Event()
        self.open.set()
        self.fault = None
        self.written = []
        self.tried = threading.Semaphore(0)

    def write(self, edits, contents):
        self.open.wait(30)
        self.tried.release()
        if self.fault is not None:
            raise self.fault
        self.written.append((list(edits), contents.snapshot()))


@pytest.fixture
def disk():
    return Disk()


@pytest.fixture
def saver(disk):
    saver = Saver(disk, Contents.empty(SHAPE), retry_seconds=0.01)
    yield saver
    disk.open.set()
    saver.close(30)
    assert saver.closed


def adding(count):
    """Return steps that each add a feature, and what they lead to."""
    contents = Contents.empty(SHAPE)
    taken = []
    for number in range(count):
        taken.append(steps.add_feature(contents, Feature(f"f{number}", (0, 0, 0), id=f"{number}")))
        contents.apply(taken[-1])
    return taken, contents


def test_nothing_runs_until_there_is_something_to_save(saver):
    assert all(thread.name != "annotation" for thread in threading.enumerate())
    assert saver.state == SaveState()
    assert saver.flush(0)


def test_submitting_does_not_wait_for_the_disk(disk, saver):
    disk.open.clear()
    taken, contents = adding(5)
    for step in taken:
        saver.submit(step)
    assert saver.state.waiting == 5
    assert not saver.flush(0)
    disk.open.set()
    assert saver.flush(30)
    assert saver.state == SaveState(steps=5, saved=5)
    assert disk.written[-1][1] == contents


def test_the_window_is_woken_when_the_state_has_changed(disk):
    woken = threading.Event()
    saver = Saver(disk, Contents.empty(SHAPE), woken.set)
    saver.submit(adding(1)[0][0])
    assert woken.wait(30)
    assert saver.state.waiting == 0
    assert saver.close(30)


def test_what_fails_waits_and_is_written_with_what_follows(disk, saver):
    disk.fault = ScsegError("The disk is full.")
    taken, contents = adding(4)
    saver.submit(taken[0])
    saver.submit(taken[1])
    for _ in range(3):
        assert disk.tried.acquire(timeout=30)
    assert saver.state.problem == "The disk is full."
    assert saver.state.saved == 0
    saver.submit(taken[2])
    saver.submit(taken[3])
    assert saver.state.waiting == 4
    disk.fault = None
    assert saver.flush(30)
    assert saver.state == SaveState(steps=4, saved=4)
    assert disk.written[-1][1] == contents
    # One thing was changed four times: it is written once, as it is now.
    assert len(disk.written[-1][0]) == 1


def test_a_bug_is_told_and_loses_nothing(disk, saver):
    disk.fault = ZeroDivisionError("oops")
    taken, contents = adding(2)
    saver.submit(taken[0])
    assert disk.tried.acquire(timeout=30)
    assert disk.tried.acquire(timeout=30)
    assert saver.state.problem == "Cannot write somewhere: oops; save a copy of it."
    disk.fault = None
    saver.submit(taken[1])
    assert saver.flush(30)
    assert disk.written[-1][1] == contents


def test_closing_gives_up_what_cannot_be_saved_and_says_so(disk):
    saver = Saver(disk, Contents.empty(SHAPE))
    disk.fault = ScsegError("The disk is gone.")
    saver.submit(adding(1)[0][0])
    assert not saver.close(0.1)
    assert saver.state.waiting == 1


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (SaveState(), "saved"),
        (SaveState(7, 7), "saved"),
        (SaveState(7, 6, 10.0), "saving 1 step, 2.5 s behind"),
        (SaveState(7, 4, 10.0), "saving 3 steps, 2.5 s behind"),
        (SaveState(7, 4, 10.0, "The disk is full."), "3 steps not saved yet"),
    ],
)
def test_the_status_line(state, text):
    assert state.text(12.5) == text


def annotated(tmp_path, count=20):
    opened = open_annotation(tmp_path / "t.mrc", SHAPE)
    rng = np.random.default_rng(0)
    for _ in range(count):
        draw(opened, rng)
    return opened, rng


def draw(opened, rng):
    step = act(opened.annotation, rng)
    if step is not None:
        opened.keep(step)


def saved(opened):
    return read_database(opened.path, SHAPE)[0] == opened.annotation.contents


def test_every_step_is_in_the_file_when_it_is_called_saved(tmp_path):
    opened, rng = annotated(tmp_path, 0)
    for _ in range(25):
        draw(opened, rng)
        assert opened.flush(30)
        assert not opened.path.exists() or saved(opened)
    opened.close()


def test_a_folder_that_is_away_for_a_while(tmp_path):
    folder, away = tmp_path / "folder", tmp_path / "away"
    folder.mkdir()
    opened, rng = annotated(folder)
    assert opened.flush(30)
    folder.rename(away)
    for _ in range(10):
        draw(opened, rng)
    assert not opened.flush(0.2)
    assert opened.state.problem == (
        f"Cannot write {opened.path}: its folder does not exist; create it or choose another."
    )
    away.rename(folder)
    assert opened.flush(30)
    assert opened.state.problem is None
    assert saved(opened)
    assert opened.close()


def test_a_folder_that_is_deleted_and_made_anew(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    opened, rng = annotated(folder)
    assert opened.flush(30)
    shutil.rmtree(folder)
    draw(opened, rng)
    assert not opened.flush(0.2)
    folder.mkdir()
    assert opened.flush(30)
    assert saved(opened)
    assert opened.close()


def test_a_disk_that_comes_back_with_an_older_state_of_this_session(tmp_path):
    opened, rng = annotated(tmp_path)
    assert opened.flush(30)
    older = opened.path.read_bytes()
    for _ in range(10):
        draw(opened, rng)
    assert opened.flush(30)
    opened.path.write_bytes(older)
    opened.apply(steps.add_feature(opened.annotation.contents, Feature("late", (0, 0, 0))))
    assert opened.flush(30)
    assert saved(opened)
    assert opened.close()


def test_what_another_program_wrote_is_not_overwritten(tmp_path):
    opened, _ = annotated(tmp_path)
    assert opened.flush(30)
    store = AnnotationFile(opened.path, read_database(opened.path, SHAPE)[1])
    other = Contents.empty(SHAPE)
    store.write(other.edits_from_nothing(), other)
    before = opened.path.read_bytes()
    opened.apply(steps.add_feature(opened.annotation.contents, Feature("late", (0, 0, 0))))
    assert not opened.flush(0.2)
    assert "another program has changed it since it was opened; save a copy" in opened.state.problem
    assert opened.path.read_bytes() == before
    assert not opened.close(0.1)


def test_a_reader_that_holds_the_file_only_delays(tmp_path):
    opened, rng = annotated(tmp_path)
    assert opened.flush(30)
    reader = sqlite3.connect(opened.path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM record").fetchone()
    draw(opened, rng)
    opened.apply(steps.add_feature(opened.annotation.contents, Feature("late", (0, 0, 0))))
    assert not opened.flush(0.2)
    reader.close()
    assert opened.flush(30)
    assert saved(opened)
    assert opened.close()
