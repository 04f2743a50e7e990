"""Drawing in the real window with real mouse and keys: what the screen, the session and the file hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from imgui_bundle import ImVec2

from scseg.gui.panels.stages import Front
from tests.fakes.gradient import SHAPE
from tests.gui.drawing import annotation, begin, capsule, drag, in_file, mask, nearly, settled

pytestmark = pytest.mark.gui

FEATURE = 1


def test_a_left_drag_draws_what_the_file_then_holds(open_window, tomogram):
    def steps(user):
        begin(user)
        drag(user, [(10, 10), (40, 25)])
        assert nearly(mask(user), capsule((10, 10), (40, 25), 3.5))
        contents = in_file(user)
        assert np.array_equal(contents.mask(contents.features[0].id, 6), mask(user))
        assert user.session.active.annotated.path == Path(f"{tomogram}.scna")

    open_window(steps, [tomogram])


def test_a_pen_that_comes_down_out_of_nowhere_draws(open_window, tomogram):
    """Regression: the press was lost when the pointer came onto the slice in the same frame."""

    def steps(user):
        begin(user)
        user.ctx.mouse_move("//Panels/**/###add-feature")
        # Not by `mouse_move`, which waits a frame before the button goes down.
        user.ctx.inputs.mouse_pos_value = ImVec2(*user.place((12, 30)))
        user.ctx.mouse_down(0)
        user.point_at((44, 30))
        user.ctx.mouse_up(0)
        user.ctx.yield_(2)
        assert nearly(mask(user), capsule((12, 30), (44, 30), 3.5))

    open_window(steps, [tomogram])


def test_what_is_drawn_is_seen_in_the_features_colour_while_it_is_drawn(open_window, tomogram):
    def steps(user):
        begin(user)
        colour = tuple(round(255 * c) for c in annotation(user).contents.features[0].colour)
        user.point_at((20, 20))
        user.ctx.mouse_down(0)
        user.ctx.yield_()
        user.point_at((40, 20))
        user.ctx.yield_(2)
        assert user.session.drag is not None
        assert user.colour_at((30, 20)) == pytest.approx(colour, abs=2)
        assert user.colour_at((30, 30)) != pytest.approx(colour, abs=2)
        user.ctx.mouse_up(0)
        user.ctx.yield_(2)
        assert user.session.drag is None
        assert user.colour_at((30, 20)) == pytest.approx(colour, abs=2)
        user.press("V")
        user.ctx.yield_(2)
        assert user.colour_at((30, 20)) != pytest.approx(colour, abs=2)

    open_window(steps, [tomogram])


def test_a_stroke_uploads_only_what_it_changes(open_window, tomogram):
    def steps(user):
        begin(user)
        drag(user, [(20, 20)])
        labels = user.window.frame.painter.labels
        before = labels.uploaded
        drag(user, [(20, 20), (24, 20)])
        assert labels.uploaded - before < SHAPE[1] * SHAPE[2] / 4

    open_window(steps, [tomogram])


@pytest.mark.parametrize(("button", "key"), [(1, None), (0, "X")])
def test_the_right_button_or_x_erases(open_window, tomogram, button, key):
    def steps(user):
        begin(user)
        drag(user, [(10, 20), (50, 20)])
        if key:
            user.ctx.key_down(user.imgui.Key.x)
        drag(user, [(30, 10), (30, 30)], button)
        if key:
            user.ctx.key_up(user.imgui.Key.x)
        drawn = capsule((10, 20), (50, 20), 3.5) & ~capsule((30, 10), (30, 30), 3.5)
        assert nearly(mask(user), drawn)

    open_window(steps, [tomogram])


def test_undo_and_redo_show_the_slice_that_they_change(open_window, tomogram):
    def steps(user):
        begin(user)
        drag(user, [(10, 10), (20, 10)])
        first = mask(user)
        user.press("Right")
        user.wait_until_shown()
        drag(user, [(40, 30)])
        second = mask(user)
        user.press("End")
        user.wait_until_shown()
        user.press("Ctrl+Z")
        user.wait_until_shown()
        assert user.session.active.z == 7
        assert not mask(user).any()
        user.press("Ctrl+Z")
        assert user.session.active.z == 6
        assert not mask(user).any()
        assert not in_file(user).masks
        user.press("Ctrl+Shift+Z")
        user.press("Ctrl+Shift+Z")
        assert np.array_equal(mask(user, z=6), first)
        assert np.array_equal(mask(user, z=7), second)
        assert {z for _, z in in_file(user).masks} == {6, 7}

    open_window(steps, [tomogram])


def test_undo_in_the_menu_says_so(open_window, tomogram):
    def steps(user):
        begin(user)
        drag(user, [(10, 10)])
        user.ctx.set_ref("##MainMenuBar")
        user.ctx.menu_click("//##MainMenuBar/Edit/###undo")
        assert not mask(user).any()
        user.ctx.menu_click("//##MainMenuBar/Edit/###redo")
        assert mask(user).any()

    open_window(steps, [tomogram])


def test_escape_takes_a_stroke_back(open_window, tomogram):
    def steps(user):
        begin(user)
        user.point_at((10, 10))
        user.ctx.mouse_down(0)
        user.ctx.yield_()
        user.point_at((30, 20))
        user.press("Escape")
        user.ctx.mouse_up(0)
        user.ctx.yield_(2)
        assert user.session.drag is None
        assert not mask(user).any()

    open_window(steps, [tomogram])


def test_browsing_ends_a_stroke(open_window, tomogram):
    def steps(user):
        begin(user)
        user.point_at((10, 10))
        user.ctx.mouse_down(0)
        user.ctx.yield_()
        user.press("Right")
        user.wait_until_shown()
        user.ctx.yield_(2)
        assert user.session.drag is None
        user.point_at((50, 30))
        user.ctx.mouse_up(0)
        user.ctx.yield_()
        assert not mask(user, z=7).any()
        assert mask(user, z=6)[10, 10] == FEATURE
        assert mask(user, z=6)[30, 50] == 0

    open_window(steps, [tomogram])


def test_the_wheel_and_brackets_size_the_brush_and_undo_takes_the_stroke_back(
    open_window, tomogram
):
    def steps(user):
        begin(user, brush=10.0)
        drag(user, [(30, 20)])
        user.point_at((30, 20))
        user.ctx.key_down(user.imgui.Key.mod_ctrl)
        user.ctx.mouse_wheel_y(1)
        user.ctx.mouse_wheel_y(1)
        user.ctx.yield_()
        user.ctx.key_up(user.imgui.Key.mod_ctrl)
        assert user.session.active.z == 6
        size = user.session.active.features[0].brush_px
        assert size > 12
        settled(user)
        assert in_file(user).features[0].brush_px == size
        user.press("Ctrl+Z")
        assert not mask(user).any()
        assert user.session.active.features[0].brush_px == size
        user.press("[")
        assert user.session.active.features[0].brush_px < size
        user.press("]")
        user.press("]")
        assert user.session.active.features[0].brush_px > size

    open_window(steps, [tomogram])


def test_w_and_s_choose_features_and_strokes_go_to_the_chosen_one(open_window, tomogram):
    def steps(user):
        begin(user)
        user.ctx.item_click("//Panels/**/###add-feature")
        user.ctx.yield_(2)
        assert len(annotation(user).contents.features) == 2
        drag(user, [(30, 20)])
        assert mask(user, 1).any()
        assert not mask(user, 0).any()
        user.press("W")
        drag(user, [(30, 20)])
        assert mask(user, 0).any()
        user.press("S")
        assert user.session.active.feature == annotation(user).contents.features[1].id

    open_window(steps, [tomogram])


def test_the_panel_of_a_feature(open_window, tomogram):
    def steps(user):
        begin(user)
        drag(user, [(30, 20)])
        user.ctx.item_click("//Panels/**/###name")
        user.ctx.key_chars_replace_enter("Membrane")
        user.ctx.item_click("//Panels/**/fill")
        settled(user)
        feature = in_file(user).features[0]
        assert (feature.name, feature.fill, feature.brush_px) == ("Membrane", False, 3.5)
        # A contour leaves the middle free and keeps the rim.
        colour = tuple(round(255 * c) for c in feature.colour)
        user.ctx.mouse_move_to_pos((2, 2))
        user.ctx.yield_(2)
        assert user.colour_at((30, 20)) != pytest.approx(colour, abs=2)
        user.ctx.item_click("//Panels/**/show")
        settled(user)
        assert not user.window.program.on_screen.labels
        user.ctx.item_click("//Panels/**/###remove")
        user.ctx.yield_(2)
        assert not in_file(user).masks
        assert not in_file(user).features
        user.press("Ctrl+Z")
        assert in_file(user).masks
        assert in_file(user).features[0].name == "Membrane"

    open_window(steps, [tomogram])


def test_a_name_that_is_wiped_out_stays(open_window, tomogram):
    def steps(user):
        begin(user)
        name = annotation(user).contents.features[0].name
        user.ctx.item_click("//Panels/**/###name")
        user.ctx.key_chars_replace_enter("")
        settled(user)
        assert in_file(user).features[0].name == name

    open_window(steps, [tomogram])


def test_1_and_2_and_clicks_bring_stages_to_the_front_and_models_do_not_draw(open_window, tomogram):
    def steps(user):
        begin(user)
        user.press("2")
        user.ctx.yield_(2)
        assert user.session.stage == user.window.frame.ui.state_of(Front).stage == "Models"
        drag(user, [(30, 20)])
        assert not mask(user).any()
        user.ctx.item_click("//Panels/stages/Segmentation")
        user.ctx.yield_(2)
        assert user.session.stage == "Segmentation"
        user.ctx.item_click("//Panels/stages/Models")
        user.ctx.yield_(2)
        user.press("1")
        user.ctx.yield_(2)
        assert user.session.stage == user.window.frame.ui.state_of(Front).stage == "Segmentation"
        drag(user, [(30, 20)])
        assert mask(user).any()

    open_window(steps, [tomogram])


def test_annotation_stands_back_on_the_stage_models_unless_it_is_asked_for(open_window, tomogram):
    def steps(user):
        begin(user)
        colour = tuple(round(255 * c) for c in annotation(user).contents.features[0].colour)
        grey = user.colour_at((30, 20))
        drag(user, [(30, 20)])
        for key, seen in (("2", grey), ("1", colour), ("2", grey)):
            user.press(key)
            user.ctx.yield_(3)
            assert user.colour_at((30, 20)) == pytest.approx(seen, abs=2)
        user.ctx.menu_click("//##MainMenuBar/View/###draw-with-models")
        user.ctx.yield_(3)
        assert user.session.stage == "Models"
        assert user.colour_at((30, 20)) == pytest.approx(colour, abs=2)

    open_window(steps, [tomogram])


def test_drawing_without_a_feature_says_what_to_do(open_window, tomogram):
    def steps(user):
        user.wait_for(lambda: annotation(user) is not None)
        drag(user, [(30, 20)])
        assert "Add a feature" in user.session.notices[0].sentence

    open_window(steps, [tomogram])


def test_comma_and_period_go_to_annotated_slices(open_window, tomogram):
    def steps(user):
        begin(user)
        for key in ("Home", "End"):
            user.press(key)
            user.wait_until_shown()
            drag(user, [(30, 20)])
        user.press("Left", 5)
        user.press(",")
        assert user.session.active.z == 0
        user.press(",")
        assert user.session.active.z == 0
        user.press(".")
        assert user.session.active.z == 11

    open_window(steps, [tomogram])
