"""What is under way when a tomogram or the window is closed, in the real window: nothing of it is lost."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
from pathlib import Path

import numpy as np
import psutil
import pytest

from scseg.annotations import saver, store
from scseg.annotations.lock import Lock
from scseg.annotations.place import annotation_path
from scseg.annotations.reading import read
from scseg.effects import DoInThread, WriteInThread
from scseg.last_session import load, session_path
from tests.gui.conftest import SHAPE
from tests.gui.drawing import annotation, begin, capsule, drag, mask, nearly

pytestmark = pytest.mark.gui

LINE, BELOW = capsule((10, 10), (50, 30), 3.5), capsule((10, 35), (50, 35), 3.5)
"""What is drawn along two lines, but for the pixels on its edge."""


def shows(found, wanted):
    return nearly(found, wanted, 30)


def begins_with(found, wanted):
    """The test engine lets go of a mouse that is held at the end, and the line goes on to where that is."""
    return np.count_nonzero(wanted & (found == 0)) <= 30


def contents_of(tomogram):
    return read(annotation_path(Path(tomogram)), SHAPE)[0]


def drawn_on(tomogram, z=6):
    contents = contents_of(tomogram)
    return contents.mask(contents.features[0].id, z)


def hold(user, places):
    """Press the left button on a voxel and drag it over others, without letting go."""
    user.point_at(places[0])
    user.ctx.mouse_down(0)
    user.ctx.yield_()
    for place in places[1:]:
        user.point_at(place)


@pytest.fixture
def two(tomogram):
    other = tomogram.with_name("other.mrc")
    shutil.copy(tomogram, other)
    return tomogram, other


def close_by_key(user):
    user.press("Ctrl+W")


def close_all(user):
    user.ctx.menu_click("//##MainMenuBar/File/###close-all")


def close_others(user):
    other = next(each for each in user.session.tomograms if each is not user.session.active)
    user.ctx.item_click(f"//Panels/**/###{other.name}", 1)
    user.ctx.item_click("//$FOCUSED/Close others")


def quit_by_key(user):
    """Close the window, which ends the test, too."""
    user.press("Ctrl+Q")
    user.ctx.yield_(3)


def ends_early():
    return pytest.raises(RuntimeError, match="the app exited before the test finished")


def test_a_stroke_that_is_being_drawn_is_kept(open_window, two):
    def steps(user):
        user.wait_for(lambda: len(user.session.tomograms) == 2)
        begin(user)
        hold(user, [(10, 10), (50, 30)])
        assert user.session.drag is not None
        close_by_key(user)
        user.wait_for(lambda: user.session.drag is None)
        user.ctx.mouse_up(0)
        user.wait_for(lambda: len(user.session.tomograms) == 1)
        user.press("Ctrl+Z")
        user.ctx.yield_(2)
        assert user.session.notices == []

    open_window(steps, two)
    assert shows(drawn_on(two[0]), LINE)


def test_a_stroke_that_is_being_drawn_as_the_window_is_closed_is_kept(open_window, tomogram):
    def steps(user):
        begin(user)
        hold(user, [(10, 10), (50, 30)])
        quit_by_key(user)

    with ends_early():
        open_window(steps, [tomogram])
    assert shows(drawn_on(tomogram), LINE)


def test_a_lasso_that_is_being_drawn_is_kept(open_window, tomogram):
    def steps(user):
        begin(user)
        user.press("L")
        hold(user, [(10, 10), (40, 10), (40, 30), (10, 30)])
        close_by_key(user)
        user.ctx.yield_(2)
        user.ctx.mouse_up(0)
        user.ctx.yield_(2)
        assert user.session.notices == []

    open_window(steps, [tomogram])
    drawn = drawn_on(tomogram)
    assert drawn[12:29, 12:39].all()
    assert np.count_nonzero(drawn) == pytest.approx(30 * 20, rel=0.2)


def test_a_lasso_goes_to_the_slice_that_it_was_drawn_on(open_window, tomogram):
    def steps(user):
        begin(user)
        user.press("L")
        hold(user, [(10, 10), (40, 10), (40, 30), (10, 30)])
        user.press("Right")
        user.ctx.yield_(2)
        user.ctx.mouse_up(0)
        user.ctx.yield_(2)
        assert user.session.active.z == 7

    open_window(steps, [tomogram])
    assert drawn_on(tomogram)[20, 25]
    assert not drawn_on(tomogram, 7).any()


@pytest.mark.parametrize("way", ["x", close_by_key, close_all, close_others, quit_by_key])
def test_a_name_that_was_just_typed_is_kept(open_window, two, way):
    def steps(user):
        user.wait_for(lambda: len(user.session.tomograms) == 2)
        begin(user)
        drag(user, [(10, 10), (50, 30)])
        user.ctx.item_click("//Panels/**/###name")
        user.ctx.key_chars_replace("Microtubule")
        if way == "x":
            user.ctx.item_click("//Panels/**/###close")
            return
        # A field that is typed into keeps the keys for itself.
        user.point_at((5, 35))
        user.ctx.mouse_click(2)
        way(user)

    with ends_early() if way is quit_by_key else contextlib.nullcontext():
        open_window(steps, two)
    assert [feature.name for feature in contents_of(two[0]).features] == ["Microtubule"]


def test_a_pixel_size_that_was_typed_is_taken_with_a_click_elsewhere(open_window, tomogram):
    def steps(user):
        user.wait_for(lambda: annotation(user) is not None)
        user.ctx.item_click("//Panels/**/###apix")
        user.ctx.key_chars_replace("13.92")
        user.point_at((5, 5))
        user.ctx.mouse_click(2)
        user.ctx.yield_(2)
        assert user.session.active.apix == pytest.approx(13.92)

    open_window(steps, [tomogram])


def test_what_is_drawn_while_a_moved_file_is_shown_goes_along(open_window, tomogram):
    moved = tomogram.with_name("moved.mrc")

    def steps(user):
        begin(user)
        drag(user, [(10, 10), (50, 30)])
        tomogram.rename(moved)
        row, opener = user.session.active, user.window.program._opener
        hold(user, [(10, 35), (50, 35)])
        user.do(lambda: opener.relink(row, (moved,)))
        user.wait_for(lambda: user.session.active.name == "moved.mrc")
        user.ctx.mouse_up(0)
        user.wait_for(lambda: annotation(user) is not None)
        assert shows(
            mask(user),
            LINE | BELOW,
        )

    open_window(steps, [tomogram])
    assert shows(drawn_on(moved), LINE | BELOW)
    assert not annotation_path(tomogram).with_name(f"{tomogram.name}.scna.lock").exists()


class SlowDisk:
    """Lets writing begin, and end when a test says so."""

    def __init__(self, monkeypatch):
        self.writing, self.goes_on = threading.Event(), threading.Event()
        write = store.Store.write

        def slow(*arguments):
            self.writing.set()
            assert self.goes_on.wait(30)
            write(*arguments)

        monkeypatch.setattr(store.Store, "write", slow)


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
        threading.Timer(0.3, disk.goes_on.set).start()

    window = open_window(steps, [tomogram])
    assert window.last_words == ()
    assert shows(drawn_on(tomogram), LINE)
    held = [each._path.name for each in released if each._path.suffix == ".lock"]
    assert sorted(held) == ["gradient.mrc.scna.lock", "session.lock"]
    for name in ("slices", "watch", "annotation", "the last session"):
        assert all(thread.name != name for thread in threading.enumerate())
    open_here = [each.path for each in psutil.Process().open_files()]
    assert not [path for path in open_here if path.startswith(f"{tomogram}.scna")]


def test_each_part_is_closed_whatever_becomes_of_the_others(open_window, tomogram, monkeypatch):
    def fails():
        raise ZeroDivisionError("oops")

    def steps(user):
        begin(user)
        hold(user, [(10, 10), (50, 30)])
        program = user.window.program
        for part in (program.trainer, program.jobs, program.predictor, program._interplay):
            monkeypatch.setattr(part, "close", fails)

    window = open_window(steps, [tomogram])
    assert len(window.last_words) == 4
    assert all("oops" in sentence for sentence in window.last_words)
    assert begins_with(drawn_on(tomogram), LINE)
    assert load(session_path()).tomograms[0].path == str(tomogram)


@pytest.mark.parametrize("part", ["trainer", "predictor", "annotations", "_remembering"])
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


def test_the_window_waits_for_what_the_user_wants_to_keep(open_window, tomogram, tmp_path):
    target = tmp_path / "kept.txt"
    begun, goes_on = threading.Event(), threading.Event()

    def write(report):
        begun.set()
        assert goes_on.wait(30)
        report(0.5, "writing")
        target.write_text("kept")

    def steps(user):
        user.do(lambda: user.session.effects.append(WriteInThread(target, write)))
        user.wait_for(begun.is_set)
        user.press("Ctrl+Q")
        user.ctx.yield_(2)
        assert "The window closes after this" in user.session.notices[0].sentence
        assert not user.window.program.quits
        goes_on.set()
        user.ctx.yield_(100)

    with ends_early():
        open_window(steps, [tomogram])
    assert target.read_text() == "kept"


def test_what_is_cancelled_is_not_waited_for(open_window, tomogram):
    goes_on = threading.Event()

    def work(report):
        while not goes_on.wait(0.01):
            report(0.5, "writing")

    def steps(user):
        effect = DoInThread("Saving a.scnm", work, lambda _: None, keeps=True)
        user.do(lambda: user.session.effects.append(effect))
        user.wait_for(lambda: any(job.keeps for job in user.session.jobs))
        user.press("Ctrl+Q")
        user.ctx.yield_(2)
        assert not user.window.program.quits
        job = next(job for job in user.session.jobs if job.keeps)
        user.wait_for(lambda: user.ctx.item_exists("//Notices/**/###cancel"))
        user.ctx.item_click("//Notices/**/###cancel")
        assert job.cancelled
        user.ctx.yield_(100)

    with ends_early():
        open_window(steps, [tomogram])


def test_what_its_disk_does_not_take_at_the_end_goes_to_the_users_folder(
    open_window, tomogram, monkeypatch
):
    monkeypatch.setattr("scseg.gui.annotation_files.SECONDS_AT_THE_END", 0.2)
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
    monkeypatch.setattr("scseg.gui.annotation_files.SECONDS_AT_THE_END", 0.2)
    monkeypatch.setattr(saver, "SECONDS_TO_GIVE_UP", 0.2)

    def full(*_):
        raise OSError(28, os.strerror(28))

    def steps(user):
        begin(user)
        monkeypatch.setattr(store, "connection", full)
        hold(user, [(10, 10), (50, 30)])

    (sentence,) = open_window(steps, [tomogram]).last_words
    assert "the disk is full" in sentence
