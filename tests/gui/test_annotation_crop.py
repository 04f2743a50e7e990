"""The crop: switched, pulled, moved, dimmed, saved."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scseg.actions.annotation import cropping
from scseg.runtime.display import status_line
from tests.gui.drawing import annotation, drag, in_file, settled

pytestmark = pytest.mark.gui


def crop(user):
    return user.session.active.crop


def ends(found):
    return found.z0, found.z1, found.y0, found.y1, found.x0, found.x1


def switched_on(user):
    user.wait_for(lambda: annotation(user) is not None)
    user.press("C")
    assert crop(user).enabled


def test_c_and_the_tick_switch_it_and_undo_switches_back(open_window, tomogram):
    def steps(user):
        switched_on(user)
        assert in_file(user).crop.enabled
        user.ctx.item_click("//Panels/**/crop")
        user.ctx.yield_()
        assert not in_file(user).crop.enabled
        user.press("Ctrl+Z")
        assert crop(user).enabled

    open_window(steps, [tomogram])


def test_corners_and_edges_are_pulled_and_the_handle_moves_the_whole(open_window, tomogram):
    def steps(user):
        switched_on(user)
        drag(user, [(-0.5, -0.5), (9.5, 4.5)])
        assert ends(crop(user)) == (0, 12, 5, 40, 10, 60)
        drag(user, [(59.5, 39.5), (39.5, 29.5)])
        assert ends(in_file(user).crop) == (0, 12, 5, 30, 10, 40)
        # The middle is at 24.5, 17.
        drag(user, [(24.5, 17), (29.5, 22)])
        assert ends(in_file(user).crop) == (0, 12, 10, 35, 15, 45)
        drag(user, [(29.5, 22), (75, 22)])
        assert ends(in_file(user).crop) == (0, 12, 10, 35, 30, 60)
        user.press("Ctrl+Z")
        assert ends(crop(user)) == (0, 12, 10, 35, 15, 45)
        for start, end, left in (
            ((14.5, 18), (19.5, 30), (10, 35, 20, 45)),
            ((44.5, 18), (39.5, 30), (10, 35, 20, 40)),
            ((25, 9.5), (22, 4.5), (5, 35, 20, 40)),
            ((25, 34.5), (35, 24.5), (5, 25, 20, 40)),
        ):
            drag(user, [start, end])
            assert ends(in_file(user).crop) == (0, 12, *left)
        user.press("Ctrl+Z")
        assert ends(crop(user)) == (0, 12, 5, 35, 20, 40)

    open_window(steps, [tomogram])


def test_an_edge_takes_hold_from_both_sides(open_window, tomogram):
    def steps(user):
        switched_on(user)
        user.ctx.item_click("//Panels/**/###add-feature")
        drag(user, [(-0.5, -0.5), (19.5, 9.5)])
        for aside, to in ((-3, 15), (3, 11)):
            x, y = user.place((crop(user).x0 - 0.5, 25))
            user.ctx.mouse_move_to_pos((x + aside, y))
            user.ctx.mouse_down(0)
            user.ctx.yield_()
            x, y = user.place((to - 0.5, 25))
            user.ctx.mouse_move_to_pos((x + aside, y))
            user.ctx.mouse_up(0)
            user.ctx.yield_(2)
            assert crop(user).x0 == to
        assert not in_file(user).masks
        # Off by more than the reach, one draws.
        x, y = user.place((crop(user).x0 - 0.5, 25))
        user.ctx.mouse_move_to_pos((x - 10, y))
        user.ctx.mouse_click(0)
        user.ctx.yield_(2)
        assert in_file(user).masks

    open_window(steps, [tomogram])


def test_the_pointer_shows_what_it_will_do(open_window, tomogram):
    def steps(user):
        switched_on(user)
        drag(user, [(-0.5, -0.5), (9.5, 4.5)])
        cursor = user.imgui.MouseCursor_
        middle = (34.5, 22)
        for place, shape in (
            ((9.5, 4.5), cursor.resize_nesw),
            ((9.5, 39.5), cursor.resize_nwse),
            ((9.5, 30), cursor.resize_ew),
            ((20, 4.5), cursor.resize_ns),
            (middle, cursor.resize_all),
            ((20, 15), cursor.arrow),
        ):
            user.point_at(place)
            assert user.do(user.imgui.get_mouse_cursor) == shape, place
        user.point_at(middle)
        user.ctx.mouse_down(0)
        user.ctx.yield_()
        # Held, too, wherever the pointer goes.
        user.point_at((20, 15))
        assert user.do(user.imgui.get_mouse_cursor) == cursor.resize_all
        user.ctx.mouse_up(0)
        user.ctx.yield_(2)

    open_window(steps, [tomogram])


def test_what_is_not_seen_of_the_crop_is_not_in_the_way(open_window, tomogram):
    def steps(user):
        switched_on(user)
        user.ctx.item_click("//Panels/**/###add-feature")
        user.ctx.item_input_value("//Panels/**/##last", 8)
        settled(user)
        user.press("End")
        user.wait_until_shown()
        opened = user.session.active
        before = replace(opened.crop, x0=10)
        user.do(lambda: cropping.edit(user.session, opened, before))
        settled(user)
        drag(user, [(34.5, 19.5), (40, 25)])
        assert crop(user) == before
        assert annotation(user).contents.masks

    open_window(steps, [tomogram])


def test_the_outside_is_dimmed_and_other_slices_are_dimmed_whole(open_window, tomogram, screen):
    def steps(user):
        switched_on(user)
        drag(user, [(-0.5, -0.5), (29.5, 19.5)])
        user.ctx.item_input_value("//Panels/**/##last", 8)
        settled(user)
        assert ends(in_file(user).crop) == (0, 8, 20, 40, 30, 60)
        user.ctx.mouse_move_to_pos((2, 2))
        inside = user.session.active
        dimmed = screen(user)
        x, y = 50, 33
        bright = tuple(each / 255 for each in user.colour_at((x, y)))
        assert dimmed((x, y), bright) == 49
        shade = tuple(each / 255 for each in user.colour_at((25, 38)))
        assert shade[0] > 0.5
        assert dimmed((25, 38), shade) == 0
        assert dimmed((25, 38), tuple(0.4 * each for each in shade)) == 49
        user.press("End")
        user.wait_until_shown()
        bright = tuple(each / 255 for each in user.colour_at((x, y)))
        assert screen(user)((x, y), bright) == 0
        assert inside.z == 11

    open_window(steps, [tomogram])


def test_drawing_goes_on_inside_of_a_crop(open_window, tomogram):
    def steps(user):
        switched_on(user)
        user.ctx.item_click("//Panels/**/###add-feature")
        drag(user, [(30, 20), (35, 20)])
        assert annotation(user).contents.masks
        assert ends(crop(user)) == (0, 12, 0, 40, 0, 60)

    open_window(steps, [tomogram])


def test_the_status_line_tells_of_a_slice_that_the_crop_leaves_out(open_window, tomogram):
    def steps(user):
        user.wait_for(lambda: user.session.active.annotation is not None)
        opened = user.session.active
        crop = replace(opened.crop, z0=4, z1=8, enabled=True)
        user.do(lambda: cropping.edit(user.session, opened, crop))
        user.ctx.yield_(2)
        assert status_line.outside(user.session) == ""
        user.press("Home")
        user.wait_until_shown()
        assert status_line.outside(user.session) == "outside of the crop, slices 5 to 8"

    open_window(steps, [tomogram])
