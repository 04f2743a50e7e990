"""Picks in the real window: found, listed, curated on the slice, kept, copied and written."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from scseg.base.labels import FEATURE
from tests.fakes import balls
from tests.gui.drawing import annotation, in_file, settled
from tests.gui.objects import (
    PARTS,
    STAGE,
    choose_volume,
    distances,
    find,
    picks,
    place_by_hand,
    show,
    state,
    to_stage,
)
from tests.gui.test_annotation_audit import at_once, unexplained

pytestmark = pytest.mark.gui

MIDDLES = np.array([ball[:3] for ball in balls.BALLS], float)
FIRST = 8, 15, 20


@pytest.fixture
def cell(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return balls.write_tomogram(tmp_path)


def pick(user, scores, diameter=200.0):
    """Pick the balls as peaks of their scores."""
    to_stage(user, "Source", "Picks")
    choose_volume(user, scores)
    user.ctx.item_input_value(f"{STAGE}/##diameter", diameter)
    user.ctx.item_click("//Panels/**/###pick")
    user.wait_for(lambda: len(picks(user)) and not state(user).at_work)
    user.ctx.yield_(2)


def remove_by_hand(user, voxel):
    user.point_at(voxel)
    user.ctx.yield_(2)
    user.ctx.mouse_click(0)
    user.ctx.yield_(2)


def test_peaks_are_picked_where_the_balls_are(open_window, cell, tmp_path):
    scores = balls.write_scores(tmp_path)

    def steps(user):
        pick(user, scores)
        found = picks(user).all
        assert len(found) == 3, "the smallest ball's peak is below the threshold"
        assert (distances(found.positions, MIDDLES) < 1.0).all()
        assert (np.diff(found.scores) <= 0).all()
        assert in_file(user, balls.SHAPE).picks == picks(user)

    open_window(steps, [cell])


def test_a_click_in_the_list_goes_there(open_window, cell, tmp_path):
    scores = balls.write_scores(tmp_path)

    def steps(user):
        pick(user, scores)
        for row in (1, 0, 2):
            user.ctx.item_click(f"//Panels/**/###row {row}")
            user.ctx.yield_(2)
            z = picks(user).all.positions[row, 0]
            assert user.session.active.z == round(z)
            assert state(user).pick == row

    open_window(steps, [cell])


def test_a_click_removes_a_pick_and_one_with_shift_adds_it(open_window, cell, tmp_path):
    scores = balls.write_scores(tmp_path)

    def steps(user):
        pick(user, scores)
        before = picks(user)
        nearest = int(distances(np.array([FIRST], float), before.all.positions)[0])
        assert nearest == 0
        show(user, FIRST[0])
        remove_by_hand(user, FIRST[:0:-1])
        after = picks(user)
        assert len(after) == len(before) - 1
        assert distances(np.array([FIRST], float), after.all.positions)[0] > 5
        remove_by_hand(user, FIRST[:0:-1])
        assert picks(user) == after, "there is none any more"
        place_by_hand(user, (70, 8))
        assert len(picks(user)) == len(before)
        np.testing.assert_allclose(picks(user).all.positions[-1], (8, 8, 70), atol=0.2)
        user.press("Ctrl+Z")
        assert picks(user) == after
        user.press("Ctrl+Z")
        assert picks(user) == before
        user.press("Ctrl+Shift+Z")
        assert picks(user) == after
        settled(user)
        assert in_file(user, balls.SHAPE).picks == after

    open_window(steps, [cell])


def test_a_pick_is_only_removed_where_it_is_seen(open_window, cell, tmp_path):
    scores = balls.write_scores(tmp_path)

    def steps(user):
        pick(user, scores)
        before = picks(user)
        show(user, 28)
        remove_by_hand(user, FIRST[:0:-1])
        show(user, FIRST[0])
        user.press("V")
        remove_by_hand(user, FIRST[:0:-1])
        user.press("V")
        user.ctx.item_click("//Panels/stages/Models")
        user.ctx.yield_(2)
        remove_by_hand(user, FIRST[:0:-1])
        assert picks(user) == before

    open_window(steps, [cell])


def test_picks_are_drawn_smaller_the_farther_they_are(open_window, cell, tmp_path):
    scores = balls.write_scores(tmp_path)

    def is_seen(user, voxel):
        path = tmp_path / "seen.png"
        user.capture(path)
        x, y = (round(each) for each in user.place(voxel))
        near = cv2.imread(str(path))[y - 3 : y + 4, x - 3 : x + 4].astype(int)
        return bool((near[:, :, 2] - near[:, :, 0] > 60).any())

    def steps(user):
        pick(user, scores, 200.0)
        z, y, x = FIRST
        user.ctx.mouse_move_to_pos((5, 5))
        show(user, z)
        assert is_seen(user, (x + 5, y)), "the radius is 5 voxels of 20 A"
        show(user, z + 4)
        assert not is_seen(user, (x + 5, y))
        assert is_seen(user, (x + 3, y)), "5, 4 and 3 make a right angle"
        show(user, z + 8)
        assert not is_seen(user, (x + 3, y))
        assert not is_seen(user, (x, y))

    open_window(steps, [cell])


def test_the_score_slider_leaves_picks_out(open_window, cell, tmp_path):
    scores = balls.write_scores(tmp_path)

    def steps(user):
        pick(user, scores)
        lowest, highest = picks(user).all.scores.min(), picks(user).all.scores.max()
        user.ctx.item_input_value(f"{STAGE}/##least", float(lowest + highest) / 2)
        settled(user)
        user.wait_for(lambda: picks(user).least is not None)
        assert 0 < len(picks(user).kept) < len(picks(user))
        assert not user.ctx.item_exists("//Panels/**/###row 2")
        user.ctx.item_click(f"{STAGE}/##least", 1)
        user.ctx.yield_(2)
        assert len(picks(user).kept) == len(picks(user))
        user.press("Ctrl+Z")
        assert len(picks(user).kept) < len(picks(user))

    open_window(steps, [cell])


def test_picks_come_back_after_the_tomogram_was_closed(open_window, cell):
    def steps(user):
        to_stage(user, "Picks")
        place_by_hand(user, (20, 20), (50, 40))
        before = picks(user)
        assert len(before) == 2
        user.press("Ctrl+W")
        user.ctx.yield_(2)
        user.window.program.open((cell,))
        user.wait_for(lambda: user.session.active is not None)
        user.wait_for(lambda: annotation(user) is not None)
        assert picks(user) == before

    open_window(steps, [cell])


def test_all_settings_have_their_controls(open_window, cell):
    def steps(user):
        to_stage(user, "Picks")
        user.ctx.item_input_value(f"{STAGE}/##diameter", 270.0)
        user.ctx.item_input_value(f"{STAGE}/##spacing", 150.0)
        user.ctx.item_input_value(f"{STAGE}/##margin", 100.0)
        user.ctx.yield_(2)
        settings = state(user).picking
        assert (settings.diameter, settings.spacing, settings.margin) == (270, 150, 100)
        user.ctx.item_click(f"{STAGE}/##diameter", 1)
        user.ctx.item_click(f"{STAGE}/##spacing", 1)
        user.ctx.yield_(2)
        assert (state(user).picking.diameter, state(user).picking.spacing) == (None, None)
        for method in ("filaments", "centres", "peaks"):
            user.ctx.item_click(f"{STAGE}/###method")
            user.ctx.item_click(f"//$FOCUSED/###{method}")
            user.ctx.yield_(2)
            assert state(user).picking.method == method

    open_window(steps, [cell])


def test_centres_of_the_objects_that_are_kept(open_window, cell, tmp_path):
    mask = balls.write_mask(tmp_path)

    def steps(user):
        to_stage(user, "Source", "Find objects", "Picks")
        choose_volume(user, mask)
        find(user)
        volumes = np.sort(state(user).found.objects.volumes_nm3[1:])
        user.ctx.item_input_value(f"{STAGE}/##smallest", float(volumes[0] + volumes[1]) / 2)
        user.ctx.item_click(f"{STAGE}/###method")
        user.ctx.item_click("//$FOCUSED/###centres")
        user.ctx.item_click("//Panels/**/###pick")
        user.wait_for(lambda: len(picks(user)))
        found = picks(user).all.positions
        assert len(found) == 3
        assert (distances(found, MIDDLES[:3]) < 1e-6).all()

    open_window(steps, [cell])


def test_boxes_and_discs_of_a_new_feature(open_window, cell):
    def steps(user):
        to_stage(user, "Picks")
        show(user, 12)
        place_by_hand(user, (20, 20), (50, 40))
        user.ctx.item_input_value(f"{STAGE}/##across", 200.0)
        settled(user)
        user.ctx.yield_(2)
        assert picks(user).diameter == 200
        user.ctx.item_click("//Panels/**/###boxes")
        user.ctx.yield_(2)
        (feature,) = user.session.active.features
        assert annotation(user).boxes(feature.id) == ((12, 20, 20), (12, 40, 50))
        user.ctx.item_click(f"{STAGE}/###target")
        user.ctx.item_click(f"//$FOCUSED/###to {feature.id}")
        user.ctx.item_click("//Panels/**/###discs")
        user.wait_for(lambda: annotation(user).slices(feature.id))
        drawn = np.stack(
            [annotation(user).contents.mask(feature.id, z) == FEATURE for z in range(30)]
        )
        wanted = balls.balls(which=((12, 20, 20, 5.0), (12, 40, 50, 5.0)))
        assert np.count_nonzero(drawn != wanted) < 0.1 * wanted.sum()
        assert annotation(user).slices(feature.id) == tuple(range(8, 17))
        user.press("Ctrl+Z")
        assert not annotation(user).slices(feature.id)
        user.press("Ctrl+Z")
        assert user.session.active.features == ()
        assert len(picks(user)) == 2

    open_window(steps, [cell])


def test_every_control_of_the_stage_explains_itself(open_window, cell, tmp_path):
    scores = balls.write_scores(tmp_path)

    def steps(user):
        pick(user, scores)
        find_and_measure(user)
        user.do(at_once)
        for part in PARTS:
            to_stage(user, part)
            user.ctx.yield_(3)
            headers = {user.ctx.item_info(f"//Panels/**/{name}").id_ for name in HEADERS}
            silent = unexplained(user, "//Panels") - headers
            if part == "Measurements":
                # Its rows are wider than the panel, and the list above explains the histogram.
                assert len(silent) == len(balls.BALLS) + 1
            else:
                assert not silent, part

    def find_and_measure(user):
        to_stage(user, "Find objects", "Measurements")
        find(user)
        user.ctx.item_click("//Panels/**/###measure")
        user.wait_for(lambda: state(user).measured is not None)

    open_window(steps, [cell])


HEADERS = ("Datasets", "Filters", *PARTS)
