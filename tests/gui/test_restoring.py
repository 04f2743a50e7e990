"""The last session comes back in the real window, also after a crash, and whatever has vanished since."""

from __future__ import annotations

import json
import os
from dataclasses import replace

import mrcfile
import numpy as np
import pytest

from scseg.actions.models import model_list
from scseg.actions.tomograms import tomogram_list
from scseg.actions.training import new_set
from scseg.actions.view import browsing, view
from scseg.base.errors import ScsegError
from scseg.cli import window as app
from scseg.persistence import last_session
from scseg.runtime.saving import session_file
from scseg.runtime.saving.session_file import SessionFile
from scseg.state.filters import usual
from scseg.state.models import SetPlan
from scseg.state.session import Session
from scseg.state.tomograms import Contrast, View
from tests.fakes.models import write_model
from tests.fakes.threads import quiet_inbox, take_in, wait_for

pytestmark = pytest.mark.gui


@pytest.fixture
def files(tmp_path, volume):
    """Four tomograms of different shapes."""
    paths = []
    for number, name in enumerate("abcd"):
        path = tmp_path / f"{name}.mrc"
        with mrcfile.new(path) as file:
            file.set_data(np.ascontiguousarray(volume[: 12 - number]))
            file.voxel_size = 10.0
        paths.append(path)
    return paths


def restore(user, tomograms_there):
    user.do(user.window.restore)
    user.wait_for(lambda: not user.session.jobs)
    user.wait_for(lambda: len(user.session.tomograms) == tomograms_there)


def names(user):
    return [each.name for each in user.session.tomograms]


def test_everything_comes_back_as_it_was(open_window, files, tmp_path):
    model = write_model(tmp_path)
    seen = View(10.0, 20.0, 5.0, fit=False)
    fixed = Contrast(3.0, 90.0, auto=False, inverted=True)

    def first(user):
        user.wait_for(lambda: len(user.session.tomograms) == 4 and user.session.models)

        def change():
            session = user.session
            tomogram_list.activate(session, session.tomograms[2])
            session.active.filters = (usual("sobel"),)
            tomogram_list.set_contrast(session, fixed)
            browsing.set_slice(session, 1)
            view.set_view(session.active, seen)
            tomogram_list.set_apix(session.tomograms[1], 12.5)
            (loaded,) = session.models
            model_list.set_display(loaded, replace(loaded.display, threshold=0.25, name="Mine"))
            session.active.feature = "b"

        user.do(change)
        user.press("V")
        user.press("L")

    def second(user):
        assert names(user) == []
        restore(user, 4)
        session = user.session
        assert names(user) == ["a.mrc", "b.mrc", "c.mrc", "d.mrc"]
        assert session.active.name == "c.mrc"
        assert (session.active.z, session.active.contrast, session.active.view) == (1, fixed, seen)
        assert session.active.filters == (usual("sobel"),)
        assert (session.active.feature, session.tool) == ("b", "lasso")
        assert [each.apix for each in session.tomograms] == [10.0, 12.5, 10.0, 10.0]
        (loaded,) = session.models
        assert (loaded.display.threshold, loaded.display.name) == (0.25, "Mine")
        assert session.overlays is False
        assert session.notices == []
        user.wait_until_shown()

    open_window(first, [*files, model])
    open_window(second)


@pytest.mark.parametrize(("key", "stage"), [("1", "Segmentation"), ("2", "Models")])
def test_the_panels_come_back_as_they_stood(open_window, files, key, stage):
    histogram = "//Panels/**/##min"

    def first(user):
        user.do(lambda: view.set_panel_width(user.session, 400.0))
        user.press(key)
        user.ctx.item_click("//Panels/Filters")
        user.ctx.yield_(2)
        assert not user.ctx.item_exists(histogram)

    def second(user):
        restore(user, 1)
        user.wait_until_shown()
        assert user.session.stage == stage
        assert not user.ctx.item_exists(histogram)
        assert user.ctx.item_info("//Panels/Filters").rect_full.max.x > 380
        user.ctx.item_click("//Panels/Filters")
        user.ctx.yield_(2)
        assert user.ctx.item_exists(histogram)

    open_window(first, files[:1])
    open_window(second)


def test_what_a_training_set_was_to_be_comes_back(open_window, files):
    plan = SetPlan({"Membrane": 1}, frozenset({str(files[1])}), 48, 12.5, 3)

    def second(user):
        restore(user, 2)
        assert user.session.set_plan == plan

    def first(user):
        user.wait_for(lambda: len(user.session.tomograms) == 2)
        user.do(lambda: new_set.set_plan(user.session, plan))

    open_window(first, files[:2])
    open_window(second)


def test_a_window_that_nobody_asked_to_restore_opens_empty(open_window, files):
    open_window(lambda user: user.wait_for(lambda: len(user.session.tomograms) == 4), files)
    open_window(lambda user: names(user) == [] or pytest.fail("it came back"))


def test_each_vanished_tomogram_is_a_notice_and_a_row_to_relink(
    open_window, files, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)

    def first(user):
        user.wait_for(lambda: len(user.session.tomograms) == 4)
        user.press("Home")

    def second(user):
        restore(user, 1)
        told = [(each.level, each.sentence) for each in user.session.notices]
        assert [level for level, _ in told] == ["warning"] * 3
        assert f"{files[0]} is not there any more" in told[0][1]
        assert f"{files[1]} is not there any more" in told[1][1]
        assert "c.mrc" in told[2][1]
        assert user.session.active.name == "d.mrc"
        assert len(user.session.missing) == 3
        user.press("Escape")
        files[1].with_suffix(".unloaded").rename(files[1])
        user.ctx.item_click("//Panels/**/###b.mrc")
        user.wait_for(lambda: len(user.session.tomograms) == 2)
        assert user.session.active.name == "b.mrc"
        user.ctx.item_click("//Panels/**/###a.mrc", 1)
        user.ctx.item_click("//$FOCUSED/Relink…")
        user.wait_for(lambda: user.ctx.item_exists("//###files/**/###moved.mrc"))
        user.ctx.item_click("//###files/**/###moved.mrc")
        user.ctx.item_click("//###files/###open")
        user.wait_for(lambda: user.session.active.name == "moved.mrc")
        assert user.session.active.z == 0
        user.ctx.item_click("//Panels/**/###c.mrc", 1)
        user.ctx.item_click("//$FOCUSED/Close")
        assert user.session.missing == []
        assert user.session.notices == []

    open_window(first, files)
    files[0].rename(tmp_path / "moved.mrc")
    files[1].rename(files[1].with_suffix(".unloaded"))
    os.truncate(files[2], 100)
    open_window(second)


def test_what_is_absent_stays_for_the_session_after(open_window, files):
    open_window(lambda user: user.wait_for(lambda: len(user.session.tomograms) == 4), files)
    files[3].rename(files[3].with_suffix(".unloaded"))
    open_window(lambda user: restore(user, 3))
    files[3].with_suffix(".unloaded").rename(files[3])

    def third(user):
        restore(user, 4)
        assert names(user) == ["a.mrc", "b.mrc", "c.mrc", "d.mrc"]

    open_window(third)


def test_changes_are_written_down_while_the_window_is_open(open_window, files, monkeypatch):
    monkeypatch.setattr(session_file.SessionFile.__init__, "__defaults__", (0.02,))

    def kept():
        path = last_session.session_path()
        return last_session.load(path).tomograms

    def steps(user):
        user.wait_for(lambda: len(kept()) == 4)
        user.press("Home")
        user.wait_for(lambda: kept()[0].z == 0)
        user.press("Ctrl+W")
        user.wait_for(lambda: len(kept()) == 3)

    open_window(steps, files)


def test_closing_while_the_last_session_comes_back_loses_nothing(open_window, files, monkeypatch):
    open_window(lambda user: user.wait_for(lambda: len(user.session.tomograms) == 4), files)
    before = json.loads(last_session.session_path().read_text())
    monkeypatch.setattr("scseg.runtime.jobs.Jobs.start", lambda *_: None)

    def second(user):
        user.do(user.window.restore)
        assert len(user.session.missing) == 4

    open_window(second)
    assert json.loads(last_session.session_path().read_text()) == before


def test_the_switch_in_the_settings_is_obeyed_and_remembered(open_window, files):
    def first(user):
        user.wait_for(lambda: len(user.session.tomograms) == 4)
        user.ctx.menu_click("//##MainMenuBar/Settings/###restores")
        user.ctx.yield_(2)

    def second(user):
        user.do(user.window.restore)
        user.ctx.yield_(5)
        assert (user.session.missing, user.session.tomograms, user.session.jobs) == ([], [], [])
        user.ctx.menu_click("//##MainMenuBar/Settings/###restores")
        user.ctx.yield_(2)
        assert user.session.settings.restores

    open_window(first, files)
    open_window(second)


def test_a_disk_that_takes_nothing_is_told_once_and_again_at_the_end(monkeypatch):
    def full(*_):
        raise ScsegError("Cannot write it: the disk is full.")

    monkeypatch.setattr(last_session, "save", full)
    session, inbox = Session(), quiet_inbox()
    keeper = SessionFile(session, inbox, seconds=0.0)
    for overlays in (False, True, False):
        session.overlays = overlays
        keeper.update()
        wait_for(lambda: not keeper._keeper._writes, session, inbox)
    (notice,) = session.notices
    assert "the disk is full" in notice.sentence
    session.notices.clear()
    keeper.close()
    take_in(session, inbox)
    assert [each.sentence for each in session.notices] == [notice.sentence]


def test_what_could_not_be_written_once_is_written_as_soon_as_that_can_be(monkeypatch):
    save, tries = last_session.save, []

    def fails_once(*arguments):
        tries.append(arguments)
        if len(tries) == 1:
            raise ScsegError("Cannot write it: the disk is full.")
        save(*arguments)

    monkeypatch.setattr(last_session, "save", fails_once)
    session, inbox = Session(), quiet_inbox()
    keeper = SessionFile(session, inbox, seconds=0.0)
    session.overlays = False
    keeper.update()
    wait_for(lambda: session.notices, session, inbox)
    keeper.update()
    wait_for(lambda: not session.notices, session, inbox)
    assert last_session.load(last_session.session_path()).overlays is False
    keeper.close()
    assert len(tries) == 2


def test_of_two_windows_the_first_is_remembered():
    first, second, inbox = Session(overlays=False), Session(overlays=True), quiet_inbox()
    keeper, other = SessionFile(first, inbox, 0.0), SessionFile(second, inbox, 0.0)
    first.overlays = True
    keeper.update()
    second.overlays = False
    other.update()
    other.close()
    keeper.close()
    assert last_session.load(last_session.session_path()).overlays
    # The first is closed: now another may be.
    second.overlays = True
    third = SessionFile(second, quiet_inbox(), 0.0)
    second.overlays = False
    third.close()
    assert not last_session.load(last_session.session_path()).overlays


@pytest.mark.parametrize(("paths", "restored"), [([], True), (["a.mrc"], False)])
def test_only_a_start_without_files_restores(monkeypatch, paths, restored):
    calls = []

    class Window:
        is_open, last_words = True, ()

        def __init__(self, *_): ...
        def run(self): ...
        def restore(self):
            calls.append("restore")

        def tell_unsaved(self):
            calls.append("tell unsaved")

    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr("scseg.gui.window.Window", Window)
    assert app.open_window(paths, pytest.fail) == 0
    assert calls == (["restore"] if restored else ["tell unsaved"])
