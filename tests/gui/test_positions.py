"""Positions in the real window: written for other programs, read from their files, dropped."""

from __future__ import annotations

import numpy as np
import pytest
import starfile

from tests.fakes import balls
from tests.gui.drawing import annotation, save_as
from tests.gui.objects import (
    STAGE,
    choose_file,
    distances,
    picks,
    place_by_hand,
    show,
    state,
    to_stage,
)

pytestmark = pytest.mark.gui


@pytest.fixture
def cell(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return balls.write_tomogram(tmp_path)


def test_positions_are_written_and_read_again(open_window, cell, tmp_path):
    def steps(user):
        to_stage(user, "Picks")
        show(user, 12)
        place_by_hand(user, (20, 20), (50, 40))
        before = picks(user)
        save_positions(user, "cell_picks.star")
        table = starfile.read(tmp_path / "cell_picks.star")
        centred = table[[f"rlnCenteredCoordinate{axis}Angst" for axis in "ZYX"]].to_numpy()
        wanted = (before.all.positions - np.array(balls.SHAPE) / 2) * balls.APIX
        np.testing.assert_allclose(centred, wanted, atol=0.01)
        for name, suffix in (("text", ".txt"), ("table", ".csv"), ("imod", ".mod")):
            choose_format(user, name)
            save_positions(user, f"cell_picks{suffix}")
        choose_format(user, "relion4")
        user.ctx.item_input_value(f"{STAGE}/##binning", 4.0)
        save_positions(user, "cell_binned.star", "cell_binned.star")
        binned = starfile.read(tmp_path / "cell_binned.star")
        np.testing.assert_allclose(
            binned[["rlnCoordinateZ", "rlnCoordinateY", "rlnCoordinateX"]].to_numpy(),
            before.all.positions * 4,
            atol=0.01,
        )
        choose_format(user, "warp")
        assert state(user).written == "warp"
        for name in ("cell_picks.star", "cell_picks.txt", "cell_picks.csv", "cell_picks.mod"):
            user.ctx.item_click("//Panels/**/###clear")
            user.ctx.yield_(2)
            assert not len(picks(user))
            user.ctx.item_click("//Panels/**/###positions")
            choose_file(user, tmp_path / name)
            user.wait_for(lambda: len(picks(user)))
            found = picks(user).all.positions
            assert (distances(found, before.all.positions) < 0.01).all()
            assert len(found) == 2
        assert any("rlnCenteredCoordinate" in each.sentence for each in user.session.messages)

    def choose_format(user, name):
        user.ctx.item_click(f"{STAGE}/###format")
        user.ctx.item_click(f"//$FOCUSED/{LABELS[name]}")
        user.ctx.yield_(2)
        assert state(user).written == name

    def save_positions(user, name, called=None):
        user.ctx.item_click("//Panels/**/###save-positions")
        save_as(user, called)
        user.wait_for(lambda: (tmp_path / name).exists() and not user.session.jobs)

    open_window(steps, [cell])


LABELS = {
    "relion4": "RELION 4 (.star)",
    "warp": "Warp, M (.star)",
    "text": "Text (.txt)",
    "table": "Table (.csv)",
    "imod": "IMOD (.mod)",
}


def test_positions_that_are_dropped_are_picks(open_window, cell, tmp_path):
    (tmp_path / "list.txt").write_text("20 15 8\n30 40 12\n500 1 1\n")

    def steps(user):
        user.wait_for(lambda: annotation(user) is not None)
        user.drop(tmp_path / "list.txt")
        user.wait_for(lambda: len(picks(user)))
        assert picks(user).all.positions.tolist() == [[8, 15, 20], [12, 40, 30]]
        told = user.session.messages[-1].sentence
        assert "1 of 3 positions lie outside" in told
        assert "x, y, z in voxels from 0" in told

    open_window(steps, [cell])


def test_positions_of_another_tomogram_are_refused(open_window, cell, tmp_path):
    (tmp_path / "list.txt").write_text("2000 1500 800\n")

    def steps(user):
        user.wait_for(lambda: annotation(user) is not None)
        user.drop(tmp_path / "list.txt")
        user.wait_for(lambda: user.session.notices)
        assert "None of the 1 positions of list.txt lies in cell.mrc" in (
            user.session.notices[0].sentence
        )
        assert not len(picks(user))

    open_window(steps, [cell])


def test_positions_become_boxes_by_the_menu_of_a_feature(open_window, cell, tmp_path):
    (tmp_path / "list.txt").write_text("20 15 8\n30 40 12\n")

    def steps(user):
        user.wait_for(lambda: annotation(user) is not None)
        user.ctx.item_click("//Panels/**/###add-feature")
        user.ctx.yield_(2)
        user.ctx.item_click("//Panels/**/###menu")
        user.ctx.item_click("//$FOCUSED/###positions")
        choose_file(user, tmp_path / "list.txt")
        (feature,) = user.session.active.features
        user.wait_for(lambda: annotation(user).boxes(feature.id))
        assert annotation(user).boxes(feature.id) == ((8, 15, 20), (12, 40, 30))

    open_window(steps, [cell])
