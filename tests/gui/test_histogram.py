"""The lines in the histogram, dragged with the mouse."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scseg.actions.tomograms import tomogram_list

pytestmark = pytest.mark.gui

HISTOGRAM = "//Panels/###histogram"


def place(user, value):
    """Return where a grey value is on the screen, in the histogram."""
    box = user.ctx.item_info(HISTOGRAM).rect_full
    low, high = user.window.program.on_screen.shown.seen.span
    part = (value - low) / (high - low)
    return box.min.x + part * (box.max.x - box.min.x), (box.min.y + box.max.y) / 2


def drag(user, value, to):
    user.ctx.mouse_move_to_pos(place(user, value))
    user.ctx.mouse_down(0)
    user.ctx.mouse_move_to_pos(place(user, to))
    user.ctx.mouse_up(0)
    user.ctx.yield_(2)


def limits(user):
    contrast = user.session.active.contrast
    return contrast.limits(user.window.program.on_screen.shown.seen.automatic)


def test_each_line_moves_its_limit_alone_and_ends_auto(open_window, tomogram):
    def steps(user):
        low, high = user.window.program.on_screen.shown.seen.span
        voxel = (high - low) / 100
        black, white = limits(user)
        drag(user, black, 90.0)
        assert limits(user) == (pytest.approx(90.0, abs=voxel), pytest.approx(white))
        assert not user.session.active.contrast.auto
        drag(user, white, 120.0)
        assert limits(user) == (
            pytest.approx(90.0, abs=voxel),
            pytest.approx(120.0, abs=voxel),
        )
        assert user.colour_at((0, 0)) == (0, 0, 0)
        assert user.colour_at((59, 39)) == (255, 255, 255)

    open_window(steps, [tomogram])


def test_a_line_stops_before_the_other_and_at_the_edge(open_window, tomogram):
    def steps(user):
        low, high = user.window.program.on_screen.shown.seen.span
        black, white = limits(user)
        drag(user, black, high)
        minimum, maximum = limits(user)
        assert minimum < maximum
        assert maximum == pytest.approx(white)
        assert minimum == pytest.approx(maximum, abs=(high - low) / 1000)
        user.press("A")
        drag(user, white, high + (high - low) / 4)
        assert limits(user) == (pytest.approx(black), pytest.approx(high))

    open_window(steps, [tomogram])


def test_a_limit_beyond_the_histogram_is_fetched_from_its_edge(open_window, tomogram):
    def steps(user):
        low, _ = user.window.program.on_screen.shown.seen.span
        beyond = replace(user.session.active.contrast, minimum=-5000.0, maximum=100.0, auto=False)
        user.do(lambda: tomogram_list.set_contrast(user.session, beyond))
        user.ctx.yield_(2)
        assert limits(user) == (-5000.0, 100.0)
        drag(user, low, 80.0)
        assert limits(user) == (pytest.approx(80.0, abs=2.0), 100.0)

    open_window(steps, [tomogram])
