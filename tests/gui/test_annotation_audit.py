"""What the stage Segmentation promises to the eye and the hand, beyond its tools."""

from __future__ import annotations

import itertools

import cv2
import mrcfile
import numpy as np
import pytest
from imgui_bundle import imgui

from tests.gui.drawing import annotation, begin, drag, in_file, settled

pytestmark = pytest.mark.gui

HEADERS = ("Datasets", "Filters", "Features")


def second_feature(user):
    """Add another feature, which is the chosen one then, and return both."""
    user.ctx.item_click("//Panels/**/###add-feature")
    user.ctx.yield_(2)
    return annotation(user).contents.features


def run(flags):
    """Return the length of the longest run of what is true."""
    return max((len(list(each)) for true, each in itertools.groupby(flags) if true), default=0)


def test_a_click_on_any_control_of_a_panel_chooses_its_feature(open_window, tomogram):
    def steps(user):
        begin(user)
        first, second = second_feature(user)
        for control in ("##brush", "##alpha", "##boxes", "show", "fill", "hide boxes", "###menu"):
            assert user.session.active.feature == second.id
            # The path finds the topmost panel's.
            user.ctx.item_click(f"//Panels/**/{control}")
            user.ctx.yield_(2)
            assert user.session.active.feature == first.id
            user.press("Escape")
            user.press("S")

    open_window(steps, [tomogram])


def test_the_colour_of_a_feature_is_picked_with_the_mouse(open_window, tomogram):
    def steps(user):
        begin(user)
        drag(user, [(30, 20)])
        before = annotation(user).contents.features[0].colour
        name = user.ctx.item_info("//Panels/**/###name").rect_full
        # The patch of colour is left of the name, and the picker opens under it.
        patch = (name.min.x - 16, (name.min.y + name.max.y) / 2)
        for place in (patch, (patch[0] + 80, patch[1] + 100)):
            user.ctx.mouse_move_to_pos(place)
            user.ctx.mouse_click(0)
            user.ctx.yield_(3)
        # A click beside a popup closes it.
        user.point_at((5, 35))
        user.ctx.mouse_click(0)
        settled(user)
        after = in_file(user).features[0].colour
        assert after != before
        colour = tuple(round(255 * each) for each in after)
        assert user.colour_at((30, 20)) == pytest.approx(colour, abs=2)

    open_window(steps, [tomogram])


def test_the_cursor_is_a_circle_of_the_brush_in_the_features_colour(open_window, tomogram, screen):
    def steps(user):
        begin(user, brush=8)
        colour = annotation(user).contents.features[0].colour
        user.point_at((30, 20))
        user.ctx.yield_(2)
        shown = screen(user)
        for voxel in ((38, 20), (22, 20), (30, 28), (30, 12)):
            assert shown(voxel, colour) >= 5
        assert shown((30, 20), colour) == 0
        assert shown((34, 20), colour) == 0

    open_window(steps, [tomogram])


def test_boxes_and_masks_hide_with_all_overlays(open_window, tomogram, screen):
    def steps(user):
        begin(user)
        colour = annotation(user).contents.features[0].colour
        user.ctx.item_input_value("//Panels/**/##boxes", 10)
        user.point_at((30, 20))
        user.ctx.key_down(imgui.Key.mod_shift)
        user.ctx.mouse_click(0)
        user.ctx.key_up(imgui.Key.mod_shift)
        user.ctx.mouse_move_to_pos((2, 2))
        assert screen(user)((24.5, 20), colour) >= 7
        user.press("V")
        assert screen(user)((24.5, 20), colour) == 0

    open_window(steps, [tomogram])


def test_far_in_a_line_lies_between_voxels_and_far_out_none(open_window, tomogram):
    def steps(user):
        def steepest():
            """Return the largest step along a row of the picture, in grey values."""
            grey = user.picture()[..., 0].astype(int)
            row, column = (side // 2 for side in grey.shape)
            return abs(np.diff(grey[row, column - 100 : column + 100])).max()

        user.ctx.mouse_move_to_pos((2, 2))
        user.ctx.yield_(2)
        far_out = steepest()
        user.point_at((30, 20))
        user.ctx.key_down(imgui.Key.mod_shift)
        user.ctx.mouse_wheel_y(13)
        user.ctx.yield_()
        user.ctx.key_up(imgui.Key.mod_shift)
        user.ctx.yield_(2)
        assert user.session.active.view.zoom > 40
        # The gradient grows by one grey value from voxel to voxel, a line differs by tens.
        assert steepest() > far_out + 15

    open_window(steps, [tomogram])


def test_a_wheel_that_is_turned_sideways_zooms_too(open_window, tomogram):
    def steps(user):
        user.point_at((30, 20))
        before = user.session.active.view.zoom
        user.ctx.key_down(imgui.Key.mod_shift)
        user.ctx.mouse_wheel_x(2)
        user.ctx.yield_()
        user.ctx.key_up(imgui.Key.mod_shift)
        assert user.session.active.view.zoom > before
        assert user.session.active.z == 6

    open_window(steps, [tomogram])


def test_the_scale_bar_is_as_long_as_it_says(open_window, tomogram, tmp_path):
    def steps(user):
        user.ctx.mouse_move_to_pos((2, 2))
        user.ctx.yield_(2)
        item = user.ctx.item_info("//View/###slice").rect_full
        path = tmp_path / "bar.png"
        user.capture(path)
        corner = cv2.imread(str(path))[
            round(item.max.y) - 60 : round(item.max.y) - 10,
            round(item.max.x) - 240 : round(item.max.x),
        ]
        longest = max(run(row) for row in (corner.min(axis=2) > 235))
        nm_per_point = 1.0 / user.session.active.view.zoom
        nm = longest * nm_per_point
        # Lengths are 1, 2 or 5 times a power of ten.
        leading = nm / 10 ** np.floor(np.log10(nm))
        assert min(abs(leading - each) / each for each in (1, 2, 5, 10)) < 0.05

    open_window(steps, [tomogram])


def test_two_features_come_with_the_hint_that_a_network_knows_one_class(
    open_window, tomogram, monkeypatch
):
    told = []
    monkeypatch.setattr("scseg.gui.panels.annotation.segmentation.faint", told.append)

    def steps(user):
        begin(user)
        told.clear()
        user.ctx.yield_(2)
        assert "Each feature gets a model of its own." not in told
        second_feature(user)
        assert "Each feature gets a model of its own." in told

    open_window(steps, [tomogram])


def test_the_first_slice_of_a_crop_is_set_and_the_crop_comes_back(open_window, tomogram):
    def crop(user):
        found = user.session.active.crop
        return found.enabled, found.z0, found.z1

    def set_it(user):
        user.wait_for(lambda: annotation(user) is not None)
        user.press("C")
        user.ctx.item_input_value("//Panels/**/##first", 3)
        settled(user)
        user.ctx.item_input_value("//Panels/**/##last", 9)
        settled(user)
        assert crop(user) == (True, 2, 9)
        user.press("Ctrl+Z")
        assert crop(user) == (True, 2, 12)
        user.press("Ctrl+Shift+Z")
        settled(user)

    def look(user):
        user.wait_for(lambda: annotation(user) is not None)
        assert crop(user) == (True, 2, 9)

    open_window(set_it, [tomogram])
    open_window(look, [tomogram])


def test_interpolate_smooths_between_voxels(open_window, tmp_path):
    path = tmp_path / "board.mrc"
    with mrcfile.new(path) as file:
        file.set_data((np.indices((3, 20, 30)).sum(axis=0) % 2).astype(np.float32))
        file.voxel_size = 10.0

    def steps(user):
        def kinds():
            return len(np.unique(user.picture()[..., 0]))

        user.ctx.mouse_move_to_pos((2, 2))
        user.ctx.yield_(2)
        assert kinds() < 12
        user.ctx.item_click("//Panels/**/interpolate")
        user.ctx.mouse_move_to_pos((2, 2))
        user.ctx.yield_(2)
        assert kinds() > 50

    open_window(steps, [path])


def at_once():
    """Let tooltips come without a rest of the mouse."""
    style = imgui.get_style()
    style.hover_stationary_delay = style.hover_delay_short = style.hover_delay_normal = 0.0


def unexplained(user, window):
    """Return the controls in sight that have no tooltip, by their ids."""
    found = imgui.test_engine.TestItemList()
    user.ctx.gather_items(found, window, -1)
    places = [found.get_by_index(number) for number in range(found.get_size())]
    middles = {item.id_: item.rect_clipped.get_center() for item in places if area(item) > 0}
    assert middles
    silent = set()
    for number, middle in middles.items():
        user.ctx.mouse_move_to_pos(middle)
        user.ctx.yield_(3)
        shown = imgui.internal.find_window_by_name("##Tooltip_00")
        if shown is None or not shown.active:
            silent.add(number)
    return silent


def area(item):
    rect = item.rect_clipped
    return max(0.0, rect.max.x - rect.min.x) * max(0.0, rect.max.y - rect.min.y)


def test_every_control_of_the_stage_explains_itself(open_window, tomogram):
    def steps(user):
        begin(user)
        drag(user, [(30, 20)])
        user.do(at_once)
        user.press("G")
        user.press("C")
        # Headers say what they are, and the histogram is explained by its lines.
        headers = {user.ctx.item_info(f"//Panels/**/{name}").id_ for name in HEADERS}
        assert len(headers) == 3
        silent = unexplained(user, "//Panels") - headers
        assert len(silent) == 1
        user.ctx.item_click("//Panels/**/###menu")
        user.ctx.yield_(2)
        assert not unexplained(user, "//$FOCUSED")

    open_window(steps, [tomogram])


def test_the_status_line_tells_the_voxel_under_the_cursor_and_its_value(
    open_window, tomogram, volume, monkeypatch
):
    told = []
    monkeypatch.setattr("scseg.gui.panels.status.imgui.text_unformatted", told.append)

    def steps(user):
        user.point_at((30, 20))
        user.ctx.yield_(2)
        assert f"z 6   y 20   x 30   value {volume[6, 20, 30]:g}" in told
        told.clear()
        user.press("End")
        user.wait_until_shown()
        assert f"z 11   y 20   x 30   value {volume[11, 20, 30]:g}" in told

    open_window(steps, [tomogram])


def test_moving_the_slice_draws_nothing(open_window, tomogram):
    def steps(user):
        begin(user)
        user.ctx.key_down(imgui.Key.space)
        drag(user, [(30, 20), (40, 25)])
        user.ctx.key_up(imgui.Key.space)
        drag(user, [(30, 20), (25, 15)], button=2)
        assert not user.session.active.view.fit
        assert not annotation(user).contents.masks

    open_window(steps, [tomogram])


@pytest.mark.parametrize("key", ["Ctrl+Shift+Z", "Ctrl+Y"])
def test_boxes_and_strokes_of_several_slices_are_undone_and_redone_with_keys(
    open_window, tomogram, key
):
    def steps(user):
        begin(user)
        states = [in_file(user)]
        for z in (2, 9):
            user.ctx.item_input_value("//View/###slices", z + 1)
            user.wait_until_shown()
            drag(user, [(10, 20), (30, 20)])
            states.append(in_file(user))
            user.point_at((40, 10))
            user.ctx.key_down(imgui.Key.mod_shift)
            user.ctx.mouse_click(0)
            user.ctx.key_up(imgui.Key.mod_shift)
            states.append(in_file(user))
        for state, z in zip(states[-2::-1], (9, 9, 2, 2), strict=True):
            user.press("Ctrl+Z")
            assert same(in_file(user), state)
            assert user.session.active.z == z
        for state, z in zip(states[1:], (2, 2, 9, 9), strict=True):
            user.press(key)
            assert same(in_file(user), state)
            assert user.session.active.z == z

    open_window(steps, [tomogram])


def same(one, other):
    (feature,) = one.features
    return one.boxes == other.boxes and all(
        np.array_equal(one.mask(feature.id, z), other.mask(feature.id, z)) for z in range(12)
    )
