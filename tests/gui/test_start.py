"""The start: where to begin, the demo, recent work, what stages are for; and the list of commands."""

from __future__ import annotations

from dataclasses import replace

import pytest
from imgui_bundle import hello_imgui, imgui

from scseg.actions.tomograms import demo
from scseg.actions.view import view
from scseg.compute import demo as process
from scseg.datasets.demo.places import users_tomogram
from scseg.runtime.display import labels
from tests.fakes.demo import WORKER

pytestmark = pytest.mark.gui


@pytest.fixture
def quick_demo(monkeypatch):
    """Have the demo made without the simulation."""
    make_demo = process.make_demo
    monkeypatch.setattr(
        demo, "make_demo", lambda tomogram, report: make_demo(tomogram, report, WORKER)
    )


def is_drawn_on(user):
    opened = user.session.active
    return opened is not None and opened.annotation is not None and bool(opened.features)


@pytest.mark.usefixtures("quick_demo")
@pytest.mark.parametrize(
    "way", ["//View/**/###demo", "//##MainMenuBar/File/###demo", "the list of commands"]
)
def test_the_demo_is_opened_from_the_start_the_menu_and_the_list(open_window, way):
    def steps(user):
        if way.startswith("//View"):
            user.ctx.item_click(way)
        elif way.startswith("//"):
            user.ctx.menu_click(way)
        else:
            look_for(user, "example")
            user.press("Enter")
        user.wait_for(lambda: is_drawn_on(user), 60)
        user.wait_until_shown()
        assert user.session.active.tomogram.path == users_tomogram()
        assert not user.ctx.item_exists("//View/**/###demo")
        assert [each.level for each in user.session.notices] == ["info"]

    open_window(steps)


@pytest.mark.usefixtures("quick_demo")
def test_while_the_demo_is_made_the_window_goes_on_and_the_bar_cancels_it(
    open_window, tomogram, monkeypatch, tmp_path
):
    waits = tmp_path / "waits"
    waits.touch()
    monkeypatch.setenv("SCSEG_DEMO_WAITS", str(waits))

    def steps(user):
        user.ctx.menu_click("//##MainMenuBar/File/###demo")
        user.wait_for(lambda: user.session.jobs and user.session.jobs[0].fraction > 0.2, 60)
        user.press("Right")
        user.wait_until_shown()
        assert user.session.active.z == 7
        user.ctx.item_click("//Notices/**/###cancel")
        user.wait_for(lambda: not user.session.jobs)
        assert user.session.notices == []
        assert not users_tomogram().parent.exists()

    open_window(steps, [tomogram])


def test_recent_work_opens_with_a_click_from_whatever_folder(open_window, tomogram, tmp_path):
    other = tmp_path / "other" / tomogram.name
    other.parent.mkdir()
    other.write_bytes(tomogram.read_bytes())

    def steps(user):
        recent = (str(tomogram), str(other), str(tmp_path / "gone.mrc"))
        user.session.settings = replace(user.session.settings, recent=recent)
        user.ctx.yield_(3)
        link = f"{labels.shown(other.name)}##{labels.told_apart(str(other))}"
        user.ctx.item_click(f"//View/**/{link.replace('/', chr(92) + '/')}")
        user.wait_for(lambda: user.session.active is not None)
        assert user.session.active.tomogram.path == other

    open_window(steps)


@pytest.mark.parametrize("size", [(900, 600), (1600, 1000)])
def test_the_start_fits_any_window_and_size_of_text(open_window, size):
    def steps(user):
        user.do(lambda: hello_imgui.change_window_size(size))
        user.do(lambda: view.set_theme(user.session, "light"))
        names = tuple(f"/data/{'long/' * number}tomogram_{number}.mrc" for number in range(9))
        user.session.settings = replace(user.session.settings, recent=names)
        for scale in (0.8, 1.0, 1.5, 2.0):
            user.do(lambda scale=scale: view.set_scale(user.session, scale))
            user.ctx.yield_(4)
            demo_button = user.ctx.item_info("//View/**/###demo").rect_full
            opens = user.ctx.item_info("//View/**/###open").rect_full
            overlap = min(demo_button.max.x, opens.max.x) - max(demo_button.min.x, opens.min.x)
            assert overlap <= 0 or demo_button.min.y >= opens.max.y
        assert user.session.notices == []

    open_window(steps)


# The list of commands


def look_for(user, word):
    user.press("F1")
    user.wait_for(lambda: user.ctx.item_exists("//###page/###query"))
    user.ctx.key_chars(word)
    user.ctx.yield_(3)


def test_export_copies_the_line_for_a_terminal(open_window, tomogram):
    def steps(user):
        look_for(user, "export volume cluster")
        user.press("Enter")
        user.ctx.yield_(2)
        assert user.session.page is None
        copied = user.do(imgui.get_clipboard_text)
        assert copied == f"scseg segment {tomogram} --model MODEL.scnm -o results"
        assert copied in user.session.notices[0].sentence

    open_window(steps, [tomogram])


def test_a_line_on_where_to_go_leads_there_by_keys_and_by_a_click(open_window):
    def steps(user):
        for way in ("keys", "click"):
            user.press("1")
            look_for(user, "epochs")
            if way == "keys":
                user.press("Enter")
            else:
                user.ctx.item_click(
                    "//###page/**/###Epochs, batch size, architecture, loss: the tab Training of a model."
                )
            user.ctx.yield_(2)
            assert user.session.page is None
            assert user.session.stage == "Models"

    open_window(steps)


def test_what_is_not_possible_now_is_listed_and_does_nothing(open_window):
    def steps(user):
        look_for(user, "auto contrast")
        assert user.ctx.item_exists("//###page/**/###auto-contrast")
        user.press("Enter")
        user.ctx.yield_(2)
        assert user.session.page == "commands"
        assert user.session.notices == []

    open_window(steps)


def test_a_word_that_nothing_has_gets_a_line_and_enter_does_nothing(open_window):
    def steps(user):
        look_for(user, "zebra")
        user.press("Enter")
        user.ctx.yield_(2)
        assert user.session.page == "commands"

    open_window(steps)
