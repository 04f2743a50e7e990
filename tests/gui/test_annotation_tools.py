"""Each tool of the toolbox, with its key, its button and the mouse."""

from __future__ import annotations

import mrcfile
import numpy as np
import pytest

from tests.fakes.gradient import SHAPE
from tests.gui.drawing import annotation, begin, capsule, drag, in_file, mask, nearly

pytestmark = pytest.mark.gui

TOOLS = {"B": "brush", "N": "ignore", "G": "alike", "L": "lasso", "K": "bucket"}


@pytest.fixture
def steps_of_grey(tmp_path):
    """A tomogram around zero: left of column 30 it is -5, from there on 5, with a gap in row 20."""
    values = np.full(SHAPE, -5.0, np.float32)
    values[:, :, 30:] = 5.0
    path = tmp_path / "steps.mrc"
    with mrcfile.new(path) as file:
        file.set_data(values)
        file.voxel_size = 10.0
    return path


def test_keys_and_buttons_choose_tools(open_window, tomogram):
    def steps(user):
        begin(user)
        for key, tool in TOOLS.items():
            user.press(key)
            assert user.session.tool == tool
            drag(user, [(30, 20)])
        for tool in TOOLS.values():
            user.ctx.item_click(f"//Panels/**/###tool-{tool}")
            user.ctx.yield_()
            assert user.session.tool == tool

    open_window(steps, [tomogram])


def test_the_ignore_brush_marks_what_training_leaves_out(open_window, tomogram):
    def steps(user):
        begin(user)
        drag(user, [(10, 20), (50, 20)])
        user.press("N")
        drag(user, [(30, 20)])
        assert np.array_equal(mask(user) == 2, capsule((30, 20), (30, 20), 3.5))
        contents = in_file(user)
        assert np.array_equal(contents.mask(contents.features[0].id, 6), mask(user))
        drag(user, [(30, 20)], 1)
        assert not (mask(user) == 2).any()

    open_window(steps, [tomogram])


def test_ignored_voxels_are_striped(open_window, tomogram):
    def steps(user):
        begin(user, brush=12.0)
        user.press("N")
        drag(user, [(30, 20)])
        user.ctx.mouse_move_to_pos((2, 2))
        user.ctx.yield_(2)
        colour = 255 * np.array(annotation(user).contents.features[0].colour)
        x, y = user.place((30, 20))
        item = user.ctx.item_info("//View/###slice").rect_full
        x, y = round(x - item.min.x), round(y - item.min.y)
        near = user.picture()[y - 20 : y + 20, x - 20 : x + 20, :3].astype(float)
        part = (abs(near - colour).max(axis=2) < 3).mean()
        assert part == pytest.approx(0.5, abs=0.05)

    open_window(steps, [tomogram])


def test_the_fill_brush_paints_what_looks_alike_on_data_around_zero(open_window, steps_of_grey):
    def steps(user):
        begin(user, brush=8.0)
        user.point_at((26, 20))
        user.press("G")
        user.ctx.yield_(2)
        user.ctx.item_input_value("//Panels/**/##sensitivity", 0.7)
        drag(user, [(26, 20)])
        wanted = capsule((26, 20), (26, 20), 8.0)
        wanted[:, 30:] = False
        assert nearly(mask(user), wanted)
        drag(user, [(26, 20)], 1)
        assert not mask(user).any()
        user.ctx.item_input_value("//Panels/**/##sensitivity", 0.0)
        drag(user, [(26, 20)])
        assert nearly(mask(user), capsule((26, 20), (26, 20), 8.0))

    open_window(steps, [steps_of_grey])


def test_the_lasso_fills_and_clears(open_window, tomogram):
    def steps(user):
        begin(user)
        user.press("L")
        square = [(10, 10), (40, 10), (40, 30), (10, 30)]
        drag(user, square)
        wanted = np.zeros(SHAPE[1:], bool)
        wanted[10:31, 10:41] = True
        assert np.count_nonzero((mask(user) > 0) != wanted) <= 2 * (21 + 31)
        assert mask(user)[11:30, 11:40].all()
        drag(user, [(20, 15), (30, 15), (30, 25), (20, 25)], 1)
        assert not mask(user)[16:25, 21:30].any()
        user.press("Ctrl+Z")
        user.press("Ctrl+Z")
        assert not in_file(user).masks

    open_window(steps, [tomogram])


def test_escape_drops_the_lasso(open_window, tomogram):
    def steps(user):
        begin(user)
        user.press("L")
        user.point_at((10, 10))
        user.ctx.mouse_down(0)
        user.ctx.yield_()
        user.point_at((40, 10))
        user.point_at((40, 30))
        user.press("Escape")
        user.ctx.mouse_up(0)
        user.ctx.yield_(2)
        assert not mask(user).any()

    open_window(steps, [tomogram])


def test_the_bucket_fills_a_closed_contour_and_refuses_an_open_one(open_window, tomogram):
    def steps(user):
        begin(user, brush=1.0)
        square = [(10, 10), (40, 10), (40, 30), (10, 30)]
        drag(user, square)
        user.press("K")
        drag(user, [(25, 20)])
        assert not mask(user)[20, 25]
        assert "closes" in user.session.notices[0].sentence
        user.press("B")
        drag(user, [(10, 30), (10, 10)])
        user.press("K")
        drag(user, [(25, 20)])
        assert mask(user)[11:30, 11:40].all()
        assert not mask(user)[:8].any()

    open_window(steps, [tomogram])


def test_interpolation_is_one_step(open_window, tomogram):
    def steps(user):
        begin(user, brush=6.0)
        user.press("Home")
        user.wait_until_shown()
        drag(user, [(20, 20)])
        user.press("Right", 4)
        user.wait_until_shown()
        drag(user, [(28, 20)])
        user.press("Left", 2)
        user.wait_until_shown()
        user.press("M")
        user.wait_for(lambda: len(annotation(user).contents.masks) == 5)
        assert nearly(mask(user, z=2), capsule((24, 20), (24, 20), 6.0), 16)
        assert len(in_file(user).masks) == 5
        user.press("Ctrl+Z")
        assert {z for _, z in in_file(user).masks} == {0, 4}

    open_window(steps, [tomogram])


def test_copy_to_the_next_slice_shows_it(open_window, tomogram):
    def steps(user):
        begin(user)
        drag(user, [(20, 20)])
        user.ctx.item_click("//Panels/**/###copy-next")
        user.wait_until_shown()
        assert user.session.active.z == 7
        assert np.array_equal(mask(user, z=7), mask(user, z=6))
        user.press("D")
        assert {z for _, z in in_file(user).masks} == {6, 7, 8}
        user.press("Ctrl+Z")
        assert {z for _, z in in_file(user).masks} == {6, 7}

    open_window(steps, [tomogram])
