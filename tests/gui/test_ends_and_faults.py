"""The end on disks that are slow or take nothing, and with parts that fail: in the real window."""

from __future__ import annotations

import os
import threading

import psutil
import pytest

from scseg.annotations.storage import writing
from scseg.base.files.locks import Lock
from scseg.persistence.last_session import load, session_path
from scseg.runtime.tomograms.annotations import AnnotationFiles
from tests.gui.drawing import annotation, begin, drag, mask
from tests.gui.ending import (
    LINE,
    begins_with,
    drawn_on,
    hold,
    shows,
)

pytestmark = pytest.mark.gui


class SlowDisk:
    """Lets writing begin, and end when a test says so."""

    def __init__(self, monkeypatch):
        self.writing, self.goes_on = threading.Event(), threading.Event()
        write = writing.AnnotationFile.write

        def slow(*arguments):
            self.writing.set()
            assert self.goes_on.wait(30)
            write(*arguments)

        monkeypatch.setattr(writing.AnnotationFile, "write", slow)


def test_a_tomogram_on_a_slow_disk_is_closed_and_the_window_at_once(
    open_window, tomogram, monkeypatch
):
    disk, released = SlowDisk(monkeypatch), []
    release = Lock.release
    monkeypatch.setattr(Lock, "release", lambda lock: (released.append(lock), release(lock)))

    def steps(user):
        disk.goes_on.set()
        begin(user)
        disk.goes_on.clear()
        drag(user, [(10, 10), (50, 30)])
        assert disk.writing.wait(10)
        user.press("Ctrl+W")
        user.ctx.yield_(2)
        close = AnnotationFiles.close

        def closing(files):
            threading.Timer(0.1, disk.goes_on.set).start()
            close(files)

        monkeypatch.setattr(AnnotationFiles, "close", closing)

    window = open_window(steps, [tomogram])
    assert window.last_words == ()
    assert shows(drawn_on(tomogram), LINE)
    names = [lock._path.name for lock in released]
    assert names.count(f"{tomogram.name}.scna.lock") == names.count("session.lock") == 1
    for name in ("slices", "watch", "annotation", "the last session"):
        assert all(thread.name != name for thread in threading.enumerate())
    open_here = [each.path for each in psutil.Process().open_files()]
    assert not [path for path in open_here if path.startswith(f"{tomogram}.scna")]


def test_what_its_disk_does_not_take_at_the_end_goes_to_the_users_folder(
    open_window, tomogram, monkeypatch
):
    monkeypatch.setattr("scseg.runtime.tomograms.annotations.SECONDS_AT_THE_END", 0.2)
    folder = tomogram.parent / "data"
    folder.mkdir()
    tomogram = tomogram.rename(folder / tomogram.name)
    away = folder.with_name("away")

    def steps(user):
        begin(user)
        folder.rename(away)
        hold(user, [(10, 10), (50, 30)])

    def again(user):
        user.wait_for(lambda: annotation(user) is not None)
        assert begins_with(mask(user), LINE)

    assert open_window(steps, [tomogram]).last_words == ()
    away.rename(folder)
    open_window(again, [tomogram])


def test_a_disk_that_takes_nothing_anywhere_is_told_in_the_end(open_window, tomogram, monkeypatch):
    monkeypatch.setattr("scseg.runtime.tomograms.annotations.SECONDS_AT_THE_END", 0.2)
    monkeypatch.setattr("scseg.runtime.tomograms.annotations.SECONDS_TO_GIVE_UP", 0.2)

    def full(*_):
        raise OSError(28, os.strerror(28))

    def steps(user):
        begin(user)
        monkeypatch.setattr(writing, "open_connection", full)
        hold(user, [(10, 10), (50, 30)])

    (sentence,) = open_window(steps, [tomogram]).last_words
    assert "the disk is full" in sentence


def test_each_part_is_closed_whatever_becomes_of_the_others(open_window, tomogram, monkeypatch):
    def fails():
        raise ZeroDivisionError("oops")

    def steps(user):
        begin(user)
        hold(user, [(10, 10), (50, 30)])
        program = user.window.program
        for part in (program.trainer, program.jobs, program.predictor, program._rules):
            monkeypatch.setattr(part, "close", fails)

    window = open_window(steps, [tomogram])
    assert len(window.last_words) == 4
    assert all("oops" in sentence for sentence in window.last_words)
    assert begins_with(drawn_on(tomogram), LINE)
    assert load(session_path()).tomograms[0].path == str(tomogram)


@pytest.mark.parametrize("part", ["trainer", "predictor", "annotations", "_session_file"])
def test_a_fault_in_one_part_leaves_the_others_at_work(open_window, tomogram, monkeypatch, part):
    def fails():
        raise ZeroDivisionError("oops")

    def steps(user):
        begin(user)
        monkeypatch.setattr(getattr(user.window.program, part), "update", fails)
        user.press("Right")
        user.wait_until_shown()
        drag(user, [(10, 10), (50, 30)])
        opened = user.session.active
        user.wait_for(lambda: opened.annotated.state.waiting == 0)
        assert shows(drawn_on(tomogram, 7), LINE)
        assert sum("oops" in notice.sentence for notice in user.session.notices) == 1

    open_window(steps, [tomogram])
    assert load(session_path()).tomograms[0].z == 7
