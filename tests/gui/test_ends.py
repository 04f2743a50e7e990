"""What is under way when a tomogram or the window is closed, in the real window: nothing of it is lost."""

from __future__ import annotations

import contextlib
import shutil
import sys
import threading

import numpy as np
import psutil
import pytest

from scseg.actions import writing
from scseg.actions.tomograms import relinking
from scseg.annotations.storage.location import annotation_path
from scseg.compute.prediction_client import PredictionClient
from scseg.persistence.last_session import load, session_path
from scseg.state.requests import Work
from tests.fakes.models import write_model
from tests.fakes.processes import suspend
from tests.fakes.workflows import only
from tests.gui.drawing import annotation, begin, drag, mask
from tests.gui.ending import (
    BELOW,
    LINE,
    contents_of,
    drawn_on,
    ends_early,
    hold,
    shows,
)

pytestmark = pytest.mark.gui


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


def test_a_pixel_size_that_is_being_typed_as_the_window_is_closed_is_kept(open_window, tomogram):
    def steps(user):
        user.wait_for(lambda: annotation(user) is not None)
        user.ctx.item_click("//Panels/**/###apix")
        user.ctx.key_chars_replace("13.92")
        user.ctx.yield_(3)
        user.do(user.window.program.quit)
        user.ctx.yield_(20)

    with ends_early():
        open_window(steps, [tomogram])
    assert load(session_path()).tomograms[0].apix == pytest.approx(13.92)


def test_what_is_drawn_while_a_moved_file_is_shown_goes_along(open_window, tomogram):
    moved = tomogram.with_name("moved.mrc")

    def steps(user):
        begin(user)
        drag(user, [(10, 10), (50, 30)])
        tomogram.rename(moved)
        row = user.session.active
        hold(user, [(10, 35), (50, 35)])
        user.do(lambda: user.session.requests.append(relinking.follow_to(user.session, row, moved)))
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


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot stop a process")
def test_a_process_that_hangs_is_restarted_beside_the_frames(open_window, tomogram, tmp_path):
    model = write_model(tmp_path)

    def fake(wake):
        return PredictionClient(wake, "tests.fakes.worker")

    def predicted(user):
        return any(mask.prediction.complete for mask in user.window.program.on_screen.masks)

    def steps(user):
        user.wait_for(lambda: predicted(user), 60)
        client = user.window.program.predictor._client
        hanging = psutil.Process(client.pid)
        suspend(hanging)
        still_there = user.do(lambda: (user.window.program.predictor.restart(), alive(hanging)))[1]
        assert still_there
        assert client.pid != hanging.pid
        user.press("Right")
        user.wait_until_shown()
        user.wait_for(lambda: predicted(user), 60)
        user.wait_for(lambda: not alive(hanging))

    open_window(steps, [tomogram, model], client=fake)


def alive(process):
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def test_the_window_waits_for_what_the_user_wants_to_keep(open_window, tomogram, tmp_path):
    target = tmp_path / "kept.txt"
    begun, goes_on = threading.Event(), threading.Event()

    def write(report):
        begun.set()
        assert goes_on.wait(30)
        report(0.5, "writing")
        target.write_text("kept")

    def steps(user):
        user.do(lambda: user.session.requests.append(writing.written(user.session, target, write)))
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
        saving = only(Work("Saving a.scnm", work, keeps=True))
        user.do(lambda: user.session.requests.append(saving))
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
