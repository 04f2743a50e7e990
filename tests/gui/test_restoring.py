"""The last session comes back in the real window, also after a crash, and whatever has vanished since."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from scseg.actions.models import model_list
from scseg.actions.tomograms import tomogram_list
from scseg.actions.view import browsing, view
from scseg.cli import window as app
from scseg.persistence import last_session
from scseg.runtime.saving import session_file
from scseg.state.filters import usual
from scseg.state.tomograms import Contrast, View
from tests.fakes.gradient import write_four
from tests.fakes.models import write_model

pytestmark = pytest.mark.gui


@pytest.fixture
def files(tmp_path):
    """Four tomograms of different shapes."""
    return write_four(tmp_path)


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
