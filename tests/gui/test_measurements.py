"""Measurements in the real window: the table, its rows and order, the histogram, the file."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from scseg.runtime.display.columns import histogram
from tests.fakes import balls
from tests.gui.drawing import begin, drag, save_as
from tests.gui.objects import STAGE, choose_file, choose_volume, find, state, to_stage

pytestmark = pytest.mark.gui

VOXEL_NM3 = (balls.APIX / 10) ** 3


@pytest.fixture
def cell(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return balls.write_tomogram(tmp_path)


def measure(user):
    before = state(user).measured
    user.ctx.item_click("//Panels/**/###measure")
    user.wait_for(lambda: state(user).measured is not before and not state(user).at_work)
    user.ctx.yield_(2)


def measured(user, mask):
    """Find and measure the balls of a mask."""
    to_stage(user, "Source", "Find objects", "Measurements")
    choose_volume(user, mask)
    find(user)
    measure(user)
    return state(user).measured.rows


def place_of(user, row):
    """Return how high on the screen a row of the table is."""
    return user.ctx.item_info(f"//Panels/**/###row {row}").rect_full.min.y


def test_each_object_has_its_row(open_window, cell, tmp_path):
    mask = balls.write_mask(tmp_path)

    def steps(user):
        rows = measured(user, mask)
        wanted = sorted(balls.balls(which=[ball]).sum() * VOXEL_NM3 for ball in balls.BALLS)
        assert sorted(row.volume_nm3 for row in rows) == pytest.approx(wanted)
        to_stage(user, "Measurements")
        for row, one in enumerate(rows):
            place = user.ctx.item_info(f"//Panels/**/###row {row}").rect_full.min
            # Its middle is out of sight: the table is wider than the panel.
            user.ctx.mouse_move_to_pos((place.x + 10, place.y + 10))
            user.ctx.mouse_click(0)
            user.ctx.yield_(2)
            assert user.session.active.z == round(one.z)
            assert state(user).chosen == one.label

    open_window(steps, [cell])


def test_a_click_on_a_column_sorts_by_it(open_window, cell, tmp_path):
    mask = balls.write_mask(tmp_path)

    def steps(user):
        rows = measured(user, mask)
        to_stage(user, "Measurements")
        by_volume = np.argsort([-row.volume_nm3 for row in rows]).tolist()
        for wanted in (by_volume, by_volume[::-1]):
            user.ctx.item_click("//Panels/**/volume nm³")
            user.ctx.yield_(3)
            assert sorted(range(len(rows)), key=lambda row: place_of(user, row)) == wanted

    open_window(steps, [cell])


def test_rows_of_objects_that_are_left_out_go(open_window, cell, tmp_path):
    mask = balls.write_mask(tmp_path)

    def steps(user):
        rows = measured(user, mask)
        assert "4 objects of mask.mrc measured." in [n.sentence for n in user.session.notices]
        volumes = sorted(row.volume_nm3 for row in rows)
        user.ctx.item_input_value(f"{STAGE}/##smallest", (volumes[0] + volumes[1]) / 2)
        to_stage(user, "Measurements")
        assert not user.ctx.item_exists("//Panels/**/###row 3")
        user.ctx.item_click("//Panels/**/###save-table")
        save_as(user)
        written = tmp_path / "cell__mask_measured.csv"
        user.wait_for(lambda: written.exists() and not user.session.jobs)
        table = list(csv.DictReader(written.read_text().splitlines()))
        assert [each["volume"] for each in table] == ["cell.mrc"] * 3
        assert sorted(float(each["volume_nm3"]) for each in table) == pytest.approx(
            volumes[1:], rel=1e-5
        )

    open_window(steps, [cell])


def test_any_column_has_its_histogram(open_window, cell, tmp_path):
    mask = balls.write_mask(tmp_path)

    def steps(user):
        measured(user, mask)
        to_stage(user, "Measurements")
        for column in ("area nm²", "length nm", "x"):
            user.ctx.item_click(f"{STAGE}/###histogram-of")
            user.ctx.item_click(f"//$FOCUSED/###of {column}")
            user.ctx.yield_(3)
            assert user.ctx.item_exists(f"{STAGE}/###histogram-of")
        assert all(notice.level == "info" for notice in user.session.notices)

    open_window(steps, [cell])


def test_a_histogram_counts_every_number_once():
    values = np.random.default_rng(0).normal(size=200)
    bars = histogram(np.append(values, np.nan))
    assert bars.counts.sum() == 200
    assert histogram(np.array([np.nan])) is None
    assert histogram(np.array([3.0, 3.0])).counts.sum() == 2


def test_distances_to_what_is_drawn_and_to_a_volume(open_window, cell, tmp_path):
    mask = balls.write_mask(tmp_path)
    plane = np.zeros(balls.SHAPE, np.int8)
    plane[:, :, 0:2] = 1
    wall = balls.write(tmp_path / "wall.mrc", plane)

    def steps(user):
        begin(user)
        drag(user, [(20, 15)])
        feature = user.session.active.features[0].id
        measured(user, mask)
        user.ctx.item_click(f"{STAGE}/###other")
        user.ctx.item_click(f"//$FOCUSED/###far {feature}")
        measure(user)
        assert all(row.nearest_nm is not None for row in state(user).measured.rows)
        user.ctx.item_click(f"{STAGE}/###other")
        user.ctx.item_click("//$FOCUSED/###volume")
        choose_file(user, wall)
        user.wait_for(lambda: getattr(state(user).other, "volume", None))
        measure(user)
        found = {round(row.x): row.nearest_nm for row in state(user).measured.rows}
        for _, _, x, radius in balls.BALLS:
            assert found[x] == pytest.approx((x - radius - 1.5) * balls.APIX / 10, abs=1.5)
        user.ctx.item_click(f"{STAGE}/###other")
        user.ctx.item_click("//$FOCUSED/###none")
        user.ctx.yield_()
        assert state(user).other is None

    open_window(steps, [cell])
