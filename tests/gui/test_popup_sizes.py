"""In a small window with large text, what is to be clicked in dialogs and pages is still in it."""

from __future__ import annotations

import pytest

from scseg.actions.view import view
from tests.gui.conftest import SIZE

pytestmark = pytest.mark.gui


def is_within(user, item):
    place = user.ctx.item_info(item).rect_full
    return place.min.y >= 0 and place.max.y <= SIZE[1] and place.max.x <= SIZE[0]


def test_dialogs_fit_into_the_window(open_window, tomogram):
    def steps(user):
        user.do(lambda: view.set_scale(user.session, 2.0))
        user.ctx.yield_(3)
        user.press("Ctrl+O")
        user.wait_for(lambda: user.ctx.item_exists("//###files/###open"))
        user.ctx.yield_(4)
        assert is_within(user, "//###files/###open")
        user.press("Escape")
        user.press("Ctrl+Shift+S")
        user.wait_for(lambda: user.ctx.item_exists("//###files/###save"))
        user.ctx.yield_(4)
        assert is_within(user, "//###files/###save")
        user.press("Escape")

    open_window(steps, [tomogram])


def test_pages_fit_into_the_window(open_window, tomogram):
    def steps(user):
        user.do(lambda: view.set_scale(user.session, 2.0))
        user.do(lambda: user.session.notify("warning", "Something to read."))
        for page in ("commands", "shortcuts", "messages", "storage"):
            user.do(lambda page=page: view.show_page(user.session, page))
            user.ctx.yield_(6)
            low = user.ctx.window_info("//###page").rect_full.max.y
            assert 0 < low <= SIZE[1], page
            user.press("Escape")
            user.ctx.yield_(3)

    open_window(steps, [tomogram])
