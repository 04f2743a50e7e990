"""What lies at the edges: of the slice, of what may be written, of the panels."""

from __future__ import annotations

import shutil
import subprocess

import numpy as np
import pytest
from imgui_bundle import imgui

from tests.fakes.disks import small_disk
from tests.gui.drawing import annotation, begin, capsule, drag, in_file, mask, nearly, settled

pytestmark = pytest.mark.gui


@pytest.mark.parametrize("key", ["B", "N", "G", "L", "K"])
def test_a_press_outside_of_the_slice_draws_nothing(open_window, tomogram, key):
    def steps(user):
        begin(user)
        undoable = user.session.history.undoable
        user.press(key)
        drag(user, [(20, -8)])
        drag(user, [(20, -8), (30, -8), (30, -10)])
        drag(user, [(30, 47), (40, 48)], 1)
        assert not mask(user).any()
        assert user.session.drag is None
        assert user.session.history.undoable is undoable
        assert not in_file(user).masks

    open_window(steps, [tomogram])


def test_a_path_that_comes_into_the_slice_draws_there(open_window, tomogram):
    def steps(user):
        begin(user)
        drag(user, [(20, -8), (20, 10)])
        assert nearly(mask(user), capsule((20, -8), (20, 10), 3.5))
        assert mask(user)[0, 20]

    open_window(steps, [tomogram])


def test_a_brush_beside_the_slice_draws_what_its_circle_covers(open_window, tomogram):
    def steps(user):
        begin(user, brush=6.0)
        drag(user, [(20, -3)])
        assert nearly(mask(user), capsule((20, -3), (20, -3), 6.0), 4)
        assert mask(user)[:2, 20].all()
        assert not mask(user)[4:].any()

    open_window(steps, [tomogram])


def test_the_stage_stays_where_it_is_when_a_key_opens_what_is_above(open_window, tomogram):
    def steps(user):
        begin(user)
        for _ in range(4):
            user.ctx.item_click("//Panels/**/###add-feature")
            user.ctx.yield_(2)
        settled(user)
        item = "//Panels/**/###add-feature"
        user.ctx.mouse_move(item)
        user.point_at((30, 20))
        user.ctx.yield_(2)
        before = user.ctx.item_info(item).rect_full.min.y
        user.press("C")
        user.ctx.yield_(3)
        assert user.session.active.crop.enabled
        assert user.ctx.item_info(item).rect_full.min.y == pytest.approx(before, abs=1)
        user.press("C")
        user.ctx.yield_(3)
        assert user.ctx.item_info(item).rect_full.min.y == pytest.approx(before, abs=1)

    open_window(steps, [tomogram])


def explained():
    tooltip = imgui.internal.find_window_by_name("##Tooltip_00")
    return tooltip is not None and tooltip.active


def test_no_tooltip_hides_a_name_that_is_typed(open_window, tomogram):
    def steps(user):
        begin(user)
        user.ctx.mouse_move("//Panels/**/###name")
        user.wait_for(explained)
        user.ctx.mouse_click(0)
        user.wait_for(lambda: not explained())
        user.ctx.key_chars_replace_enter("Carbon")
        settled(user)
        assert in_file(user).features[0].name == "Carbon"

    open_window(steps, [tomogram])


def test_the_status_line_tells_what_was_undone(open_window, tomogram):
    def steps(user):
        begin(user)
        drag(user, [(30, 20)])
        for key, told in (("Ctrl+Z", "Undone"), ("Ctrl+Shift+Z", "Redone")):
            user.press(key)
            assert user.session.feedback.sentence == f"{told}: draw Feature 1"
        assert mask(user).any()

    open_window(steps, [tomogram])


def test_what_is_drawn_is_there_when_the_window_opens_again(open_window, tomogram):
    def first(user):
        begin(user)
        drag(user, [(10, 10), (40, 25)])
        user.press("Right")
        user.wait_until_shown()
        drag(user, [(30, 20)])
        first.masks = mask(user, z=6), mask(user, z=7)

    def second(user):
        user.wait_for(lambda: annotation(user) is not None)
        assert not user.session.notices
        assert np.array_equal(mask(user, z=6), first.masks[0])
        assert np.array_equal(mask(user, z=7), first.masks[1])
        colour = tuple(round(255 * c) for c in annotation(user).contents.features[0].colour)
        user.wait_until_shown()
        user.ctx.yield_(2)
        assert user.colour_at((25, 17)) == pytest.approx(colour, abs=2)
        drag(user, [(50, 5)])
        settled(user)

    open_window(first, [tomogram])
    open_window(second, [tomogram])


def test_a_folder_that_may_not_be_written_is_told_and_what_is_drawn_is_kept(open_window, tomogram):
    folder = tomogram.parent / "disk"
    folder.mkdir()
    with small_disk(folder):
        there = folder / tomogram.name
        shutil.copy(tomogram, there)
        subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)

        def first(user):
            begin(user)
            assert "cannot be written" in user.session.notices[0].sentence
            drag(user, [(10, 10), (40, 25)])
            settled(user)
            first.mask = mask(user)

        def second(user):
            user.wait_for(lambda: annotation(user) is not None)
            assert np.array_equal(mask(user), first.mask)

        open_window(first, [there])
        assert [each.name for each in folder.iterdir()] == [tomogram.name]
        open_window(second, [there])


def test_the_list_and_its_keys(open_window, tomogram):
    def steps(user):
        begin(user)
        user.ctx.item_click("//Panels/**/###add-feature")
        user.ctx.yield_(2)
        first, second = annotation(user).contents.features
        user.press("W")
        assert user.session.active.feature == first.id
        user.press("W")
        assert user.session.active.feature == first.id
        user.press("S")
        user.press("S")
        assert user.session.active.feature == second.id
        drag(user, [(30, 20)])
        user.press("Ctrl+Z")
        user.press("Ctrl+Y")
        assert mask(user, 1).any()
        user.press("Shift+=")
        assert not user.session.active.view.fit
        user.press("F")
        assert user.session.active.view.fit

    open_window(steps, [tomogram])
