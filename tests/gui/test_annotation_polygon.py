"""Polygons of the lasso, set corner by corner."""

from __future__ import annotations

import numpy as np
import pytest

from tests.fakes.gradient import SHAPE
from tests.gui.drawing import annotation, begin, drag, in_file, mask

pytestmark = pytest.mark.gui

SQUARE = ((10, 10), (40, 10), (40, 30), (10, 30))


def click(user, *places, button=0):
    for place in places:
        drag(user, [place], button)


def corners_set(user, *places):
    begin(user)
    user.press("L")
    click(user, *places)
    assert not mask(user).any()


def is_square(found):
    wanted = np.zeros(SHAPE[1:], bool)
    wanted[10:31, 10:41] = True
    # The pixels on the line itself may be out or in.
    return found[11:30, 11:40].all() and not found[~wanted].any()


def enter(user):
    user.ctx.key_press(user.imgui.Key.enter)
    user.ctx.yield_()


def backspace(user):
    user.ctx.key_press(user.imgui.Key.backspace)
    user.ctx.yield_()


def on_first(user):
    click(user, SQUARE[0])


def double(user):
    x, y = user.place((10, 30))
    user.ctx.mouse_move_to_pos((x + 1, y + 1))
    user.ctx.mouse_click(0)
    user.ctx.yield_(2)


@pytest.mark.parametrize("closes", [enter, on_first, double])
def test_it_is_closed_in_one_step(open_window, tomogram, closes):
    def steps(user):
        corners_set(user, *SQUARE)
        closes(user)
        assert is_square(mask(user) > 0)
        contents = in_file(user)
        assert np.array_equal(contents.mask(contents.features[0].id, 6), mask(user))
        enter(user)
        user.press("Ctrl+Z")
        assert not in_file(user).masks

    open_window(steps, [tomogram])


def test_backspace_and_a_right_click_take_the_last_corner_back(open_window, tomogram):
    def steps(user):
        corners_set(user, *SQUARE[:3], (50, 35), (55, 5))
        click(user, (30, 20), button=1)
        backspace(user)
        click(user, SQUARE[3])
        enter(user)
        assert is_square(mask(user) > 0)

    open_window(steps, [tomogram])


def test_escape_or_another_tool_drops_it(open_window, tomogram):
    def steps(user):
        corners_set(user, *SQUARE)
        user.press("Escape")
        enter(user)
        click(user, *SQUARE)
        user.press("K")
        user.press("L")
        enter(user)
        assert not mask(user).any()

    open_window(steps, [tomogram])


def test_it_waits_while_another_slice_is_looked_at(open_window, tomogram, screen):
    def steps(user):
        corners_set(user, *SQUARE)
        colour = annotation(user).contents.features[0].colour
        user.ctx.mouse_move_to_pos((2, 2))
        assert screen(user)((25, 10), colour) >= 7
        assert "Enter closes" in user.window.frame.ui.hint
        user.press("Right")
        user.wait_until_shown()
        assert screen(user)((25, 10), colour) == 0
        assert not user.window.frame.ui.hint
        enter(user)
        assert not mask(user).any()
        user.press("Left")
        user.wait_until_shown()
        enter(user)
        assert is_square(mask(user) > 0)

    open_window(steps, [tomogram])


def test_a_drag_between_clicks_is_a_part_of_the_line_and_a_right_drag_still_erases(
    open_window, tomogram
):
    def steps(user):
        corners_set(user, SQUARE[0])
        drag(user, SQUARE[1:3])
        click(user, SQUARE[3])
        drag(user, [(20, 15), (30, 15), (30, 25), (20, 25)], 1)
        assert not mask(user).any()
        enter(user)
        assert is_square(mask(user) > 0)
        drag(user, [(20, 15), (30, 15), (30, 25), (20, 25)], 1)
        assert not mask(user)[16:25, 21:30].any()

    open_window(steps, [tomogram])
