"""The stage Objects in the real window: a source, its objects over the slice, their labels."""

from __future__ import annotations

import mrcfile
import numpy as np
import pytest

from scseg.actions.commands import action
from scseg.state.objects import DrawnSource
from scseg.state.panel_layout import Stage
from tests.fakes import balls
from tests.gui.drawing import begin, drag, save_as
from tests.gui.objects import STAGE, choose_volume, find, state, to_stage

pytestmark = pytest.mark.gui

FIRST, SECOND, LARGE, SMALL = ((x, y) for _, y, x, _ in balls.BALLS)
SLICE = 13
"""All balls but the large one reach it."""


@pytest.fixture
def cell(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return balls.write_tomogram(tmp_path)


def show(user, z=SLICE):
    user.session.active.z = z
    user.wait_until_shown()
    user.ctx.yield_(2)


def is_coloured(user, voxel):
    """Grey has the same red, green and blue."""
    colour = user.colour_at(voxel)
    return max(colour) - min(colour) > 30


def test_objects_of_a_mask_are_coloured_each_in_its_own(open_window, cell, tmp_path):
    mask = balls.write_mask(tmp_path)

    def steps(user):
        to_stage(user, "Source", "Find objects")
        choose_volume(user, mask)
        find(user)
        assert state(user).found.objects.count == len(balls.BALLS)
        show(user)
        hues = [np.argmax(user.colour_at(each)) for each in (FIRST, SECOND, SMALL)]
        assert all(is_coloured(user, each) for each in (FIRST, SECOND, SMALL))
        assert len({user.colour_at(each) for each in (FIRST, SECOND, SMALL)}) == 3, hues
        assert not is_coloured(user, (2, 2))
        user.press("V")
        user.ctx.yield_(2)
        assert not is_coloured(user, FIRST)
        user.press("V")
        user.ctx.item_click("//Panels/stages/Models")
        user.ctx.yield_(3)
        assert not is_coloured(user, FIRST)

    open_window(steps, [cell])


def test_the_size_slider_acts_on_the_next_frame(open_window, cell, tmp_path):
    mask = balls.write_mask(tmp_path)

    def steps(user):
        to_stage(user, "Source", "Find objects")
        choose_volume(user, mask)
        find(user)
        show(user)
        volumes = np.sort(state(user).found.objects.volumes_nm3[1:])
        between = float(volumes[0] + volumes[1]) / 2
        user.ctx.item_input_value("//Panels/**/##smallest", between)
        user.ctx.yield_(1)
        assert not is_coloured(user, SMALL)
        assert is_coloured(user, FIRST)
        assert int(state(user).kept.sum()) == len(balls.BALLS) - 1
        user.ctx.item_click("//Panels/**/##smallest", user.imgui.MouseButton_.right)
        user.ctx.yield_(1)
        assert is_coloured(user, SMALL)

    open_window(steps, [cell])


def test_labels_are_saved_as_they_are_kept(open_window, cell, tmp_path):
    mask = balls.write_mask(tmp_path)

    def steps(user):
        to_stage(user, "Source", "Find objects")
        choose_volume(user, mask)
        find(user)
        volumes = np.sort(state(user).found.objects.volumes_nm3[1:])
        user.ctx.item_input_value("//Panels/**/##smallest", float(volumes[0] + volumes[1]) / 2)
        user.ctx.item_click("//Panels/**/###labels")
        save_as(user)
        written = tmp_path / "cell__mask_objects.mrc"
        user.wait_for(written.exists)
        user.wait_for(lambda: not user.session.jobs)
        labels = mrcfile.read(written)
        assert labels.dtype == np.int16
        assert np.unique(labels).tolist() == [0, 1, 2, 3]
        assert np.array_equal(labels > 0, balls.balls(which=balls.BALLS[:3]))

    open_window(steps, [cell])


def test_switches_fill_holes_and_leave_the_border(open_window, cell, tmp_path):
    hollow = balls.balls()
    hollow[balls.BALLS[2][:3]] = False
    hollow[0:3, 0:4, 0:4] = True
    mask = balls.write(tmp_path / "hollow.mrc", hollow.astype(np.int8))

    def steps(user):
        to_stage(user, "Source", "Find objects")
        choose_volume(user, mask)
        find(user)
        before = int(state(user).found.objects.voxels[1:].sum())
        user.ctx.item_click("//Panels/**/fill holes")
        user.ctx.item_click("//Panels/**/split touching")
        find(user)
        assert int(state(user).found.objects.voxels[1:].sum()) == before + 1
        assert state(user).found.finding.split
        user.ctx.item_click("//Panels/**/keep those at the border")
        user.ctx.yield_()
        assert int(state(user).kept.sum()) == len(balls.BALLS)
        assert state(user).found.objects.count == len(balls.BALLS) + 1
        user.ctx.item_input_value("//Panels/**/##objects alpha", 0.0)
        assert state(user).alpha == 0.0

    open_window(steps, [cell])


def test_what_is_drawn_is_the_source_without_a_choice(open_window, cell):
    def steps(user):
        begin(user)
        drag(user, [(20, 20), (40, 20)])
        drag(user, [(60, 50)])
        key = action("stage-objects").shortcuts[0]
        user.press(key)
        user.ctx.yield_(2)
        assert user.session.stage == Stage.OBJECTS
        to_stage(user, "Source", "Find objects")
        find(user)
        assert state(user).found.objects.count == 2
        feature = user.session.active.features[0].id
        assert state(user).found.source == DrawnSource(feature)
        user.press("Ctrl+Z")
        user.ctx.yield_(2)
        find(user)
        assert state(user).found.objects.count == 1

    open_window(steps, [cell])


def test_one_of_several_features_is_chosen_in_the_list(open_window, cell):
    def steps(user):
        begin(user)
        drag(user, [(20, 20)])
        user.ctx.item_click("//Panels/**/###add-feature")
        user.ctx.yield_(2)
        to_stage(user, "Source", "Find objects")
        first, second = user.session.active.features
        user.ctx.item_click(f"{STAGE}/###source")
        user.ctx.item_click(f"//$FOCUSED/###of {second.id}")
        assert state(user).source == DrawnSource(second.id)
        user.ctx.item_click(f"{STAGE}/###source")
        user.ctx.item_click(f"//$FOCUSED/###of {first.id}")
        assert state(user).source == DrawnSource(first.id)

    open_window(steps, [cell])


def test_a_volume_of_another_shape_is_refused_in_a_sentence(open_window, cell, tmp_path):
    other = balls.write(tmp_path / "other.mrc", np.zeros((3, 4, 5), np.int8))

    def steps(user):
        to_stage(user, "Source")
        user.ctx.item_click("//Panels/**/###browse")
        user.wait_for(lambda: user.ctx.item_exists("//###files/**/###other.mrc"))
        user.ctx.item_click("//###files/**/###other.mrc")
        user.ctx.item_click("//###files/###open")
        user.wait_for(lambda: user.session.notices)
        assert "has shape (3, 4, 5)" in user.session.notices[0].sentence
        assert state(user).source is None

    open_window(steps, [cell])
    assert other.exists()


def test_labels_of_another_program_are_a_choice(open_window, cell, tmp_path):
    labels = np.zeros(balls.SHAPE, np.int16)
    for number, ball in enumerate(balls.BALLS, 2):
        labels[balls.balls(which=[ball])] = number
    volume = balls.write(tmp_path / "labels.mrc", labels)

    def steps(user):
        to_stage(user, "Source", "Find objects")
        choose_volume(user, volume)
        assert state(user).source.meaning.label == 2
        user.ctx.item_click(f"{STAGE}/###label")
        user.ctx.item_click("//$FOCUSED/###4")
        assert state(user).source.meaning.label == 4
        find(user)
        assert state(user).found.objects.count == 1
        user.ctx.item_click("//Panels/**/###above")
        user.ctx.item_input_value("//Panels/**/##threshold", 3.0)
        find(user)
        assert state(user).found.objects.count == 3
        user.ctx.item_click("//Panels/**/###each")
        find(user)
        assert state(user).found.objects.names.tolist() == [0, 2, 3, 4, 5]
        user.ctx.item_click("//Panels/**/###one")
        assert state(user).source.meaning.label == 2

    open_window(steps, [cell])


def test_the_threshold_of_scores_is_a_slider(open_window, cell, tmp_path):
    scores = balls.write_scores(tmp_path)

    def steps(user):
        to_stage(user, "Source", "Find objects")
        choose_volume(user, scores)
        find(user)
        usual = int(state(user).found.objects.voxels[1:].sum())
        user.ctx.item_input_value("//Panels/**/##threshold", 0.9)
        find(user)
        assert 0 < int(state(user).found.objects.voxels[1:].sum()) < usual

    open_window(steps, [cell])
