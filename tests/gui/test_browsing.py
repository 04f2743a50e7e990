"""Browsing slices in the real window: what is on the screen is the voxels that are in the file."""

from __future__ import annotations

import threading
from dataclasses import replace

import cv2
import pytest

from scseg.actions.tomograms import tomogram_list
from scseg.actions.view import view
from scseg.base.errors import ScsegError

pytestmark = pytest.mark.gui


def fixed_contrast(user):
    """Make a grey value of 100 a colour of 100."""
    user.do(
        lambda: tomogram_list.set_contrast(
            user.session,
            replace(user.session.active.contrast, minimum=0.0, maximum=255.0, auto=False),
        )
    )
    user.ctx.yield_(2)


def test_row_0_is_at_the_bottom_and_grey_values_are_those_of_the_file(
    open_window, tomogram, volume
):
    def steps(user):
        fixed_contrast(user)
        z = user.session.active.z
        for x, y in ((0, 0), (59, 0), (0, 39), (59, 39), (17, 23)):
            grey = int(volume[z, y, x])
            assert user.colour_at((x, y)) == pytest.approx((grey,) * 3, abs=1)
        assert user.place((0, 0))[1] > user.place((0, 39))[1]

    open_window(steps, [tomogram])


def test_keys_browse(open_window, tomogram):
    def steps(user):
        for key, z in (
            ("Right", 7),
            ("Left", 6),
            ("Home", 0),
            ("Left", 0),
            ("PageUp", 10),
            ("PageUp", 11),
            ("PageDown", 1),
            ("End", 11),
        ):
            user.press(key)
            user.wait_until_shown()
            assert user.session.active.z == z, key

    open_window(steps, [tomogram])


def test_scrolling_browses_and_the_screen_follows(open_window, tomogram, volume):
    def steps(user):
        fixed_contrast(user)
        user.point_at((30, 20))
        user.ctx.mouse_wheel_y(1)
        user.wait_until_shown()
        assert user.session.active.z == 7
        assert user.colour_at((30, 20))[0] == pytest.approx(volume[7, 20, 30], abs=1)
        user.ctx.mouse_wheel_y(-1)
        user.wait_until_shown()
        assert user.colour_at((30, 20))[0] == pytest.approx(volume[6, 20, 30], abs=1)

    open_window(steps, [tomogram])


def test_the_slider_counts_from_1(open_window, tomogram):
    def steps(user):
        user.ctx.item_input_value("//View/###slices", 3)
        user.wait_until_shown()
        assert user.session.active.z == 2

    open_window(steps, [tomogram])


def test_zoom_keeps_the_voxel_under_the_cursor(open_window, tomogram):
    def steps(user):
        before = user.place((10, 30))
        user.ctx.mouse_move_to_pos(before)
        user.ctx.key_down(user.imgui.Key.mod_shift)
        user.ctx.mouse_wheel_y(3)
        user.ctx.yield_()
        user.ctx.key_up(user.imgui.Key.mod_shift)
        assert user.session.active.z == 6
        assert not user.session.active.view.fit
        assert user.place((10, 30)) == pytest.approx(before, abs=1.0)
        zoom = user.session.active.view.zoom
        user.press("F")
        user.ctx.yield_()
        assert user.session.active.view.fit
        assert user.session.active.view.zoom < zoom

    open_window(steps, [tomogram])


def test_middle_drag_and_space_drag_move_the_slice(open_window, tomogram):
    def steps(user):
        for button, space in ((2, False), (0, True)):
            user.point_at((30, 20))
            before = user.place((30, 20))
            if space:
                user.ctx.key_down(user.imgui.Key.space)
            user.ctx.mouse_drag_with_delta((40, -25), button)
            if space:
                user.ctx.key_up(user.imgui.Key.space)
            user.ctx.yield_()
            after = user.place((30, 20))
            assert (after[0] - before[0], after[1] - before[1]) == pytest.approx((40, -25), abs=1)

    open_window(steps, [tomogram])


def test_invert_and_auto_contrast(open_window, tomogram, volume):
    def steps(user):
        fixed_contrast(user)
        grey = int(volume[6, 20, 30])
        user.press("I")
        assert user.colour_at((30, 20))[0] == pytest.approx(255 - grey, abs=1)
        user.press("I")
        user.press("A")
        assert user.session.active.contrast.auto
        # Automatic: the slice's darkest corner is black and its brightest white.
        assert user.colour_at((0, 0))[0] <= 3
        assert user.colour_at((59, 39))[0] >= 252

    open_window(steps, [tomogram])


def test_keys_do_nothing_while_a_text_is_typed(open_window, tomogram):
    def steps(user):
        user.ctx.item_click("//Panels/###apix")
        user.ctx.key_chars("1")
        user.press("Right")
        user.press("I")
        user.ctx.yield_()
        assert user.session.active.z == 6
        assert not user.session.active.contrast.inverted
        user.ctx.key_chars_replace_enter("13.92")
        user.ctx.yield_()
        assert user.session.active.apix == pytest.approx(13.92)

    open_window(steps, [tomogram])


def test_tab_gives_the_keys_to_the_panels_and_escape_gives_them_back(open_window, tomogram):
    def steps(user):
        user.press("Tab")
        user.press("Right")
        assert user.session.active.z == 6
        user.press("Escape")
        user.press("Right")
        assert user.session.active.z == 7

    open_window(steps, [tomogram])


def test_the_picture_is_drawn_only_when_something_changed(open_window, tomogram):
    def steps(user):
        painter = user.window.frame.painter
        user.ctx.yield_(3)
        before = painter.paintings
        user.ctx.yield_(10)
        assert painter.paintings == before
        user.do(lambda: view.zoom(user.session, 2.0))
        user.ctx.yield_(3)
        assert painter.paintings == before + 1

    open_window(steps, [tomogram])


def test_what_the_screen_shows_is_the_picture(open_window, tomogram, volume, tmp_path):
    def steps(user):
        fixed_contrast(user)
        user.ctx.mouse_move_to_pos((2, 2))
        user.capture(tmp_path / "screen.png")
        steps.place = user.place((30, 20))
        steps.grey = int(volume[user.session.active.z, 20, 30])

    open_window(steps, [tomogram])
    screen = cv2.imread(str(tmp_path / "screen.png"))
    x, y = (round(each) for each in steps.place)
    assert screen[y, x].tolist() == pytest.approx([steps.grey] * 3, abs=1)


def test_the_slice_before_stays_until_the_new_one_has_come(open_window, tomogram):
    free = threading.Event()

    def steps(user):
        read = type(user.session.active.tomogram).slice_with_padding

        def slow(self, z):
            if z == 11:
                free.wait(5)
            return read(self, z)

        user.monkeypatch.setattr(type(user.session.active.tomogram), "slice_with_padding", slow)
        try:
            user.press("End")
            frames = user.window.frame.painter.paintings
            user.ctx.yield_(10)
            assert user.session.active.z == 11
            assert user.shown_z() == 6
            assert user.window.frame.painter.paintings == frames
            user.press("Left")
            free.set()
            user.wait_until_shown()
            assert user.shown_z() == 10
        finally:
            free.set()

    open_window(steps, [tomogram])


def test_a_slice_that_cannot_be_read_is_told_in_its_place(open_window, tomogram, screen):
    def steps(user):
        read = type(user.session.active.tomogram).slice_with_padding

        def torn(self, z):
            if z == 11:
                raise ScsegError(f"Slice 11 of {self.path} cannot be read; check its disk.")
            return read(self, z)

        user.monkeypatch.setattr(type(user.session.active.tomogram), "slice_with_padding", torn)
        user.press("End")
        user.wait_for(lambda: user.window.program.on_screen.unreadable)
        assert "Slice 11" in user.window.program.on_screen.unreadable
        assert user.window.program.on_screen.shown is None
        user.ctx.yield_(2)
        screen(user)
        user.press("Home")
        user.wait_until_shown()
        assert user.shown_z() == 0
        assert not user.window.program.on_screen.unreadable

    open_window(steps, [tomogram])


def test_the_edge_of_the_panels_can_be_dragged(open_window, tomogram):
    def steps(user):
        before = user.ctx.window_info("//Panels").rect_full
        edge = (before.max.x - 1, before.max.y / 2)
        user.ctx.mouse_move_to_pos(edge)
        user.ctx.yield_(3)
        user.ctx.mouse_drag_with_delta((60, 0))
        user.ctx.yield_(2)
        after = user.ctx.window_info("//Panels").rect_full
        assert after.max.x - before.max.x == pytest.approx(60, abs=8)
        assert user.ctx.window_info("//View").rect_full.min.x == pytest.approx(after.max.x, abs=1)

    open_window(steps, [tomogram])
