"""The window as a whole: faults stay in their panel, pages, themes, idling."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest
from imgui_bundle import imgui

from scseg.actions.view import view
from scseg.actions.view.settings_commands import SETTINGS
from scseg.base.errors import ScsegError
from scseg.cli import window as app
from scseg.gui.panels.tomograms import filters
from scseg.gui.window import FONT_SIZE
from scseg.models import backends
from scseg.runtime.display.palettes import PALETTES
from scseg.state.notices import Job

pytestmark = pytest.mark.gui


def test_a_panel_that_fails_becomes_a_notice_and_the_window_goes_on(
    open_window, tomogram, monkeypatch
):
    def broken(*_):
        imgui.begin_child("half a panel")
        imgui.push_id("deep")
        imgui.push_style_color(imgui.Col_.text, imgui.ImVec4(1, 0, 0, 1))
        raise KeyError("missing")

    def steps(user):
        user.wait_for(lambda: user.session.notices)
        assert len(user.session.notices) == 1
        notice = user.session.notices[0]
        assert "The panel Filters" in notice.sentence
        assert "KeyError: 'missing'" in notice.details
        user.press("Right")
        user.wait_until_shown()
        assert user.session.active.z == 7
        user.ctx.item_click("//Notices/**/###copy")
        assert "KeyError" in user.do(imgui.get_clipboard_text)
        user.press("2")
        user.ctx.yield_(2)
        user.ctx.item_click("//Panels/**/###add-model")

    monkeypatch.setattr(filters, "draw", broken)
    open_window(steps, [tomogram])


def test_a_user_error_in_a_panel_is_told_as_it_is(open_window, tomogram):
    def steps(user):
        user.ctx.item_click("//Panels/###apix")
        user.ctx.key_chars_replace_enter("-3")
        user.wait_for(lambda: user.session.notices)
        assert "not plausible" in user.session.notices[0].sentence
        assert user.session.notices[0].details == ""
        assert user.session.active.apix == 10.0

    open_window(steps, [tomogram])


def test_a_command_is_found_by_a_word_and_done_with_enter(open_window, tomogram):
    def steps(user):
        user.press("Ctrl+Shift+P")
        user.wait_for(lambda: user.ctx.item_exists("//###page/###query"))
        user.ctx.key_chars("invert")
        user.press("Enter")
        user.ctx.yield_(2)
        assert user.session.page is None
        assert user.session.active.contrast.inverted
        user.press("Right")
        assert user.session.active.z == 7

    open_window(steps, [tomogram])


@pytest.mark.parametrize("page", ["shortcuts", "messages", "about", "commands"])
def test_pages_open_from_the_menu_and_close_with_escape(open_window, page):
    def steps(user):
        user.ctx.menu_click(f"//##MainMenuBar/Help/###{page}")
        user.ctx.yield_(2)
        assert user.session.page == page
        user.press("Escape")
        user.ctx.yield_(2)
        assert user.session.page is None
        assert user.session.notices == []

    open_window(steps)


def test_notices_are_dismissed_by_their_cross_and_by_escape(open_window):
    def steps(user):
        for number in range(6):
            user.session.notify("warning", f"Notice {number}.", "details")
        user.ctx.yield_(3)
        user.ctx.item_click("//Notices/**/###dismiss")
        user.ctx.yield_(2)
        assert len(user.session.notices) == 5
        user.press("Escape")
        assert user.session.notices == []

    open_window(steps)


def test_infos_go_by_themselves_unless_the_mouse_is_on_them_and_messages_keep_them(open_window):
    def steps(user):
        for level in ("error", "warning", "info"):
            user.session.notify(level, f"An {level}.", "details")
        user.ctx.yield_(3)
        assert len(user.session.notices) == 3
        user.ctx.mouse_move("//Notices/**/###copy")
        for notice in user.session.notices:
            notice.told -= 60
        user.ctx.yield_(3)
        assert len(user.session.notices) == 3
        user.ctx.mouse_move_to_pos((2, 2))
        user.ctx.yield_(3)
        assert [each.level for each in user.session.notices] == ["error", "warning"]
        user.press("Escape")
        user.ctx.menu_click("//##MainMenuBar/Help/###messages")
        user.ctx.yield_(2)
        user.ctx.item_click("//###page/###copy")
        copied = user.do(user.imgui.get_clipboard_text)
        assert copied.count("details") == 3
        assert "info: An info." in copied

    open_window(steps)


def test_a_running_job_has_a_bar_and_is_cancelled_by_its_cross(open_window):
    ended = []

    def work(report):
        try:
            while True:
                report(0.4, "unpacking")
                time.sleep(0.005)
        finally:
            ended.append(True)

    def steps(user):
        user.do(
            lambda: user.window.program.jobs.start(Job("Opening big.mrc.gz"), work, pytest.fail)
        )
        user.wait_for(lambda: user.ctx.item_exists("//Notices/**/###cancel"))
        user.ctx.item_click("//Notices/**/###cancel")
        user.wait_for(lambda: not user.session.jobs)
        assert ended
        assert user.session.notices == []

    open_window(steps)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_both_themes_and_every_scale_draw_without_a_fault(open_window, tomogram, theme):
    def steps(user):
        user.do(lambda: view.set_theme(user.session, theme))
        for scale in (0.8, 1.5, 2.0, 1.0):
            user.do(lambda scale=scale: view.set_scale(user.session, scale))
            user.ctx.yield_(3)
            assert user.do(imgui.get_font_size) == pytest.approx(FONT_SIZE * scale, abs=0.5)
        assert user.session.notices == []
        red, green, blue = (round(255 * each) for each in PALETTES[theme].surroundings)
        assert user.picture()[2, 2, :3].tolist() == pytest.approx([red, green, blue], abs=1)

    open_window(steps, [tomogram])


def test_an_idle_window_draws_at_most_once_a_second_and_wakes_for_news(open_window):
    def steps(user):
        fps = user.window.params.fps_idling
        assert fps.enable_idling
        assert fps.fps_idle <= 1.0
        assert fps.time_active_after_last_event < 1.0

    open_window(steps, idles=True)


def test_without_a_display_there_is_a_sentence(monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    with pytest.raises(ScsegError, match=r"DISPLAY is not set; .*scseg demo"):
        app.open_window([], pytest.fail)


@pytest.mark.parametrize("trouble", [{"DISPLAY": ":987"}, {"MESA_GL_VERSION_OVERRIDE": "2.1"}])
def test_a_display_that_is_no_use_gives_a_sentence(trouble):
    # In a process of its own: the driver reads its environment once.
    done = subprocess.run(
        [sys.executable, "-m", "scseg"],
        env=os.environ | trouble,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    sentence = " ".join(done.stderr.split())
    assert "cannot be opened, because the display does not answer or lacks OpenGL 3.3" in sentence
    assert "scseg demo" in sentence
    assert "Traceback" not in sentence


def chosen(user, submenu):
    return [e.id for e in SETTINGS if e.submenu == submenu and e.checked(user.session)]


@pytest.mark.parametrize("fast", ["bfloat16", "float16"])
def test_the_precision_of_predictions_is_chosen_in_the_menu_and_kept(open_window, fast):
    menu, asked = "//##MainMenuBar/Settings/Precision of predictions", f"precision-{fast}"

    def steps(user):
        assert chosen(user, "Precision of predictions") == ["precision-auto"]
        user.session.fast_precision = "float32"
        user.ctx.menu_click(f"{menu}/###{asked}")
        user.ctx.yield_(2)
        # Not where what predicts does not multiply it by itself.
        assert chosen(user, "Precision of predictions") == ["precision-auto"]
        user.session.fast_precision = fast
        user.ctx.menu_click(f"{menu}/###{asked}")
        user.ctx.yield_(2)
        assert chosen(user, "Precision of predictions") == [asked]

    open_window(steps)
    open_window(lambda user: user.wait_for(lambda: user.session.settings.precision == fast))


def test_the_memory_for_predictions_is_chosen_in_the_menu_and_kept(open_window):
    menu = "//##MainMenuBar/Settings/Memory for predictions"

    def steps(user):
        assert user.session.settings.prediction_cache_mb == 1024
        user.ctx.menu_click(f"{menu}/###memory-4096")
        user.ctx.yield_(2)
        assert chosen(user, "Memory for predictions") == ["memory-4096"]

    open_window(steps)
    open_window(
        lambda user: user.wait_for(lambda: user.session.settings.prediction_cache_mb == 4096)
    )


def test_the_library_for_networks_is_chosen_in_the_menu_and_kept(open_window, monkeypatch):
    menu, submenu = "//##MainMenuBar/Settings/Library for networks", "Library for networks"
    monkeypatch.delenv(backends.VARIABLE, raising=False)
    monkeypatch.setattr(backends, "is_installed", {"keras", "tensorflow", "torch"}.__contains__)

    def steps(user):
        assert chosen(user, submenu) == ["backend-auto"]
        user.ctx.menu_click(f"{menu}/###backend-jax")
        user.ctx.yield_(2)
        # Not one that is not installed.
        assert chosen(user, submenu) == ["backend-auto"]
        assert backends.resolved() == "tensorflow"
        user.ctx.menu_click(f"{menu}/###backend-torch")
        user.wait_for(lambda: backends.resolved() == "torch")
        assert chosen(user, submenu) == ["backend-torch"]

    def again(user):
        user.wait_for(lambda: backends.resolved() == "torch")
        # What the shell says counts, and is shown.
        monkeypatch.setenv(backends.VARIABLE, "tensorflow")
        assert chosen(user, submenu) == ["backend-tensorflow"]
        user.ctx.menu_click(f"{menu}/###backend-auto")
        user.ctx.yield_(2)
        assert user.session.settings.backend == "torch"

    open_window(steps)
    open_window(again)
    monkeypatch.delenv(backends.PREFERENCE)
