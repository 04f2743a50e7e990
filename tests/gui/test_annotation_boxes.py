"""Boxes placed and removed with the mouse."""

from __future__ import annotations

import pytest

from tests.gui.drawing import annotation, begin, in_file, mask, settled

pytestmark = pytest.mark.gui


def click(user, voxel, button=0, key="mod_shift"):
    user.point_at(voxel)
    user.ctx.key_down(getattr(user.imgui.Key, key))
    user.ctx.mouse_click(button)
    user.ctx.yield_()
    user.ctx.key_up(getattr(user.imgui.Key, key))
    user.ctx.yield_(2)


def boxes(contents, number=0):
    found = contents.boxes
    return {
        (z, y, x)
        for (feature, z), points in found.items()
        for y, x in points
        if feature == contents.features[number].id
    }


def test_shift_click_places_and_shift_right_click_removes_the_nearest(open_window, tomogram):
    def steps(user):
        begin(user)
        click(user, (10, 12))
        click(user, (40, 30))
        assert boxes(in_file(user)) == {(6, 12, 10), (6, 30, 40)}
        assert not mask(user).any()
        click(user, (35, 30), 1)
        assert boxes(in_file(user)) == {(6, 12, 10)}
        user.press("Ctrl+Z")
        assert boxes(in_file(user)) == {(6, 12, 10), (6, 30, 40)}
        user.press("Right")
        user.wait_until_shown()
        click(user, (5, 5))
        click(user, (50, 38), 1)
        assert boxes(in_file(user)) == {(6, 12, 10), (6, 30, 40)}

    open_window(steps, [tomogram])


def test_the_size_of_boxes_and_hiding_them(open_window, tomogram):
    def steps(user):
        begin(user)
        user.ctx.item_input_value("//Panels/**/##boxes", 16)
        user.ctx.item_click("//Panels/**/hide boxes")
        settled(user)
        feature = in_file(user).features[0]
        assert (feature.box_size, feature.hide_boxes) == (16, True)
        user.ctx.item_click("//Panels/**/hide boxes")
        settled(user)
        assert not annotation(user).contents.features[0].hide_boxes

    open_window(steps, [tomogram])


def test_boxes_are_squares_of_their_size_and_colour(open_window, tomogram, screen):
    def steps(user):
        begin(user)
        user.ctx.item_input_value("//Panels/**/##boxes", 10)
        settled(user)
        click(user, (30, 20))
        user.ctx.mouse_move_to_pos((2, 2))
        with_box = screen(user)
        user.ctx.item_click("//Panels/**/hide boxes")
        user.ctx.mouse_move_to_pos((2, 2))
        without = screen(user)
        colour = user.session.active.features[0].colour
        # Of size 10 around 30: columns 25 to 34, so its left edge is at 24.5.
        for voxel in ((24.5, 20), (34.5, 20), (30, 14.5), (30, 24.5)):
            assert with_box(voxel, colour) >= 7
            assert without(voxel, colour) == 0
        assert with_box((30, 20), colour) == 0

    open_window(steps, [tomogram])


def test_a_box_outside_of_the_slice_is_none(open_window, tomogram):
    def steps(user):
        begin(user)
        click(user, (-2, 12))
        assert not annotation(user).contents.boxes

    open_window(steps, [tomogram])
