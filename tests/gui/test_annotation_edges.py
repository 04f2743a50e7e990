"""What lies at the edges: of the slice, of what may be written, of the panels."""

from __future__ import annotations

import pytest
from imgui_bundle import imgui

from tests.gui.drawing import begin, capsule, drag, in_file, mask, nearly, settled

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
