"""Escape leaves whatever menu, list or picker is open, and keys act again."""

from __future__ import annotations

import pytest
from imgui_bundle import imgui

from scseg.actions.annotation import library as annotation_library
from tests.gui.drawing import annotation, begin

pytestmark = pytest.mark.gui


def is_any_open():
    return imgui.is_popup_open("", imgui.PopupFlags_.any_popup)


def library(user):
    feature = annotation(user).contents.features[0]
    user.do(lambda: annotation_library.keep(user.session, feature))
    user.ctx.item_click("//Panels/**/###add-feature")


def colour_picker(user):
    name = user.ctx.item_info("//Panels/**/###name").rect_full
    # The patch of colour is left of the name.
    user.ctx.mouse_move_to_pos((name.min.x - 16, (name.min.y + name.max.y) / 2))
    user.ctx.mouse_click(0)


def click(item):
    return lambda user: user.ctx.item_click(f"//Panels/{item}")


@pytest.mark.parametrize(
    "opens",
    [library, colour_picker, click("**/###menu"), click("###add-filter")],
    ids=["library", "colour", "feature", "filter"],
)
def test_escape_leaves_it_and_keys_act_again(open_window, tomogram, opens):
    def steps(user):
        begin(user)
        opens(user)
        user.ctx.yield_(2)
        assert user.do(is_any_open)
        user.press("L")
        assert user.session.tool == "brush"
        user.press("Escape")
        assert not user.do(is_any_open)
        user.press("L")
        assert user.session.tool == "lasso"

    open_window(steps, [tomogram])


def test_escape_leaves_the_number_that_is_typed_before_the_menu(open_window, tomogram):
    def steps(user):
        begin(user)
        user.ctx.item_click("//Panels/**/###menu")
        user.ctx.yield_(2)
        user.ctx.item_double_click("//$FOCUSED/###spacing")
        user.ctx.yield_(2)
        user.press("Escape")
        assert user.do(is_any_open)
        user.press("Escape")
        assert not user.do(is_any_open)

    open_window(steps, [tomogram])
