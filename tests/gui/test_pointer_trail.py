"""A hand faster than frames: strokes go through every position that the system reported."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from imgui_bundle import ImVec2

from tests.gui.drawing import begin, capsule, mask, nearly, settled

# After imgui_bundle: it makes glfw load the library that the window was made with.
import glfw  # isort: skip

pytestmark = pytest.mark.gui

CIRCLE = [
    (round(32 + 18 * np.cos(angle)), round(32 + 18 * np.sin(angle)))
    for angle in np.linspace(0, 2 * np.pi, 25)
]


def union(places, radius):
    return np.any([capsule(a, b, radius) for a, b in itertools.pairwise(places)], axis=0)


def move_between_frames(user, voxels):
    places = [user.place(voxel) for voxel in voxels]
    user.do(lambda: [user.window.mouse.moved(None, *place) for place in places])


def quick_circle(user, button=0):
    """Go round between two frames; the Test Engine's mouse gives ImGui no more than the ends."""
    user.point_at(CIRCLE[0])
    user.do(lambda: user.window.mouse.pressed(None, button, glfw.PRESS, 0))
    user.ctx.mouse_down(button)
    user.ctx.yield_()

    move_between_frames(user, CIRCLE[1:])
    user.ctx.inputs.mouse_pos_value = ImVec2(*user.place(CIRCLE[-1]))
    user.ctx.yield_()
    user.do(lambda: user.window.mouse.pressed(None, button, glfw.RELEASE, 0))
    user.ctx.mouse_up(button)
    user.ctx.yield_(2)


def test_a_quick_circle_is_round(open_window, tomogram):
    def steps(user):
        begin(user, brush=2.5)
        quick_circle(user)
        assert nearly(mask(user), union(CIRCLE, 2.5))
        settled(user)

    open_window(steps, [tomogram])


def test_a_quick_lasso_cuts_no_corners(open_window, tomogram):
    def steps(user):
        begin(user)
        user.press("L")
        quick_circle(user)
        y, x = np.indices(mask(user).shape)
        inside = np.hypot(x - 32, y - 32)
        drawn = mask(user) == 1
        assert drawn[inside < 16].all()
        assert not drawn[inside > 20].any()

    open_window(steps, [tomogram])


def test_what_was_pressed_elsewhere_leaves_no_trail(open_window, tomogram):
    """Positions of an earlier press, never asked for, do not begin the next stroke."""

    def steps(user):
        begin(user, brush=2.5)
        user.do(lambda: user.window.mouse.pressed(None, 0, glfw.PRESS, 0))
        move_between_frames(user, [(60, 60)])
        user.do(lambda: user.window.mouse.pressed(None, 0, glfw.RELEASE, 0))
        user.ctx.yield_()
        quick_circle(user)
        assert nearly(mask(user), union(CIRCLE, 2.5))

    open_window(steps, [tomogram])
