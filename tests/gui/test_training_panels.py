"""The panel Create a training dataset in the real window, with mouse and keys."""

from __future__ import annotations

import mrcfile
import pytest

from scseg.actions.annotation import changes
from scseg.actions.training import new_set, training_plan
from scseg.annotations import steps as make
from scseg.datasets.training_sets.training_set import load_training_set
from scseg.models.sampling import Counts
from scseg.runtime.display.boxes import GREEN, RED
from tests.fakes.annotated import BACKGROUND, MEMBRANE
from tests.fakes.models import write_model
from tests.gui.drawing import is_enabled, save_as
from tests.gui.training import (
    NEGATIVE,
    POSITIVE,
    SET,
    annotate,
    choose_both,
    click_third,
    generate,
    made_set,
    the_model,
)

pytestmark = pytest.mark.gui


def test_sliders_are_clicked_dragged_and_moved_by_keys(open_window, tomogram):
    def steps(user):
        annotate(user)
        choices = lambda: dict(user.session.set_plan.choices)  # noqa: E731 - read anew each time
        click_third(user, POSITIVE, 1)
        assert choices() == {"Membrane": 1}
        click_third(user, POSITIVE, -1)
        assert choices() == {"Membrane": -1}
        click_third(user, POSITIVE, 0)
        assert choices() == {"Membrane": 0}
        box = user.ctx.item_info(NEGATIVE).rect_full
        middle = (box.min.x + box.max.x) / 2, (box.min.y + box.max.y) / 2
        user.ctx.mouse_move_to_pos(middle)
        user.ctx.mouse_down(0)
        user.ctx.mouse_move_to_pos((box.min.x + 5, middle[1]))
        user.ctx.mouse_up(0)
        assert choices() == {"Membrane": 0, "Background": -1}
        user.press("Tab")
        user.ctx.nav_move_to(POSITIVE)
        user.ctx.nav_activate()
        user.press("Right")
        user.ctx.yield_(2)
        assert choices() == {"Membrane": 1, "Background": -1}

    open_window(steps, [tomogram])


def test_boxes_are_green_and_red_as_they_will_be_sampled(open_window, tomogram, screen):
    def steps(user):
        annotate(user)
        choose_both(user)
        user.ctx.mouse_move_to_pos((10, 10))
        user.ctx.yield_(2)
        # The membrane's box without membrane is a negative.
        user.wait_for(lambda: user.session.counted.counts == Counts(2, 4))
        user.ctx.item_input_value("//Panels/**/##box size", 16.0)
        user.ctx.mouse_move_to_pos((10, 10))
        user.ctx.yield_(2)
        near = screen(user)
        assert near((12, 3.5), GREEN) > 3
        assert near((36, 3.5), GREEN) > 3
        assert near((48, 37.5), RED) > 3
        assert near((10, 35.5), RED) > 3
        user.ctx.item_click("//Panels/**/Create a training dataset")
        user.ctx.mouse_move_to_pos((10, 10))
        user.ctx.yield_(2)
        near = screen(user)
        assert near((12, 3.5), GREEN) == near((10, 35.5), RED) == 0

    open_window(steps, [tomogram])


def test_a_set_is_generated_and_given_to_a_new_model(open_window, tomogram, tmp_path):
    def steps(user):
        annotate(user)
        assert not is_enabled(user, SET)
        choose_both(user)
        user.ctx.item_input_value("//Panels/**/##box size", 16.0)
        user.ctx.yield_(2)
        user.ctx.item_click(SET)
        save_as(user)
        user.wait_for(lambda: user.session.models)
        model = the_model(user)
        found = model.plan.training_set
        assert found.path == str(tmp_path / "10.00_16_Membrane.scnt")
        assert (found.count, found.positives, found.box_size) == (6, 2, 16)
        assert (model.display.name, model.display.colour) == ("Membrane", MEMBRANE.colour)
        written = load_training_set(tmp_path / "10.00_16_Membrane.scnt")
        assert written.features == ("Membrane",)
        assert int(written.positive.sum()) == 2
        assert user.session.history.undoable is not None

    open_window(steps, [tomogram])


def test_several_tomograms_their_ticks_and_their_pixel_sizes(
    open_window, tomogram, tmp_path, volume
):
    other = tmp_path / "other.mrc"
    with mrcfile.new(other) as file:
        file.set_data(volume)
        file.voxel_size = 12.0

    def steps(user):
        user.wait_for(lambda: len(user.session.tomograms) == 2)
        annotate(user)
        annotate_other(user)
        choose_both(user)
        user.wait_for(lambda: user.session.counted.counts == Counts(4, 8))
        user.ctx.item_click("//Panels/**/###sample 0")
        user.wait_for(lambda: user.session.counted.counts == Counts(2, 4))
        user.ctx.item_click("//Panels/**/###sample 0")
        user.ctx.item_input_value("//Panels/**/##box size", 16.0)
        user.ctx.item_input_value("//Panels/**/##apix", 10.0)
        user.ctx.yield_(2)
        generate(user)
        found = the_model(user).plan.training_set
        assert (found.count, found.apix) == (12, 10.0)

    def annotate_other(user):
        opened = next(each for each in user.session.tomograms if each.name == "other.mrc")
        user.do(lambda: None)
        annotate_now(user, opened)

    def annotate_now(user, opened):
        def go():
            contents = opened.annotation.contents
            first = next(each for each in user.session.tomograms if each is not opened)
            changes.apply_step(user.session, opened, make.add_feature(contents, MEMBRANE))
            changes.apply_step(user.session, opened, make.add_feature(contents, BACKGROUND))
            source = first.annotation.contents
            for feature in (MEMBRANE, BACKGROUND):
                boxes = [(z, y, x) for z, y, x in first.annotation.boxes(feature.id)]
                step = make.change_boxes(contents, feature.id, add=boxes)
                changes.apply_step(user.session, opened, step)
            masks = {6: source.mask(MEMBRANE.id, 6)}
            changes.apply_step(
                user.session, opened, make.change_masks(contents, MEMBRANE.id, masks, "draw")
            )

        user.do(go)

    open_window(steps, [tomogram, other])


def test_a_box_size_is_dragged_in_steps_that_suit_and_one_that_does_not_is_refused(
    open_window, tomogram
):
    slider = "//Panels/**/##box size"

    def steps(user):
        annotate(user)
        choose_both(user)
        box = user.ctx.item_info(slider).rect_full
        y = (box.min.y + box.max.y) / 2
        user.ctx.mouse_move_to_pos((box.min.x + 20, y))
        user.ctx.mouse_down(0)
        for part in (0.3, 0.37, 0.41):
            user.ctx.mouse_move_to_pos((box.min.x + part * (box.max.x - box.min.x), y))
            assert user.session.set_plan.box_size % 8 == 0
        user.ctx.mouse_up(0)
        assert 80 <= user.session.set_plan.box_size <= 136
        for size, works in ((50, False), (52, True), (16, True)):
            user.ctx.item_input_value(slider, float(size))
            user.ctx.yield_(2)
            assert user.session.set_plan.box_size == size
            assert is_enabled(user, SET) == works
            assert ("52" in new_set.box_size_concern(user.session)) == (size == 52)

    open_window(steps, [tomogram])


def test_a_set_that_does_not_fit_is_refused_with_both_numbers(open_window, tomogram, tmp_path):
    def steps(user):
        made_set(user)
        path = write_model(tmp_path, box_size=32, name="Carbon")
        user.drop(path)
        user.wait_for(lambda: len(user.session.models) == 2)
        first, loaded = user.session.models
        user.do(
            lambda: user.session.requests.append(
                training_plan.read_set(user.session, loaded, tmp_path / "set.scnt")
            ),
        )
        user.wait_for(lambda: any(each.level == "error" for each in user.session.notices))
        (told,) = [each.sentence for each in user.session.notices if each.level == "error"]
        assert "32" in told
        assert "16" in told
        assert loaded.plan.training_set is None
        assert first.plan.training_set is not None

    open_window(steps, [tomogram])


def test_a_training_set_dropped_on_the_models_goes_to_that_of_its_feature(
    open_window, tomogram, tmp_path
):
    def steps(user):
        made_set(user)
        user.press("Ctrl+M")
        membrane, fresh = user.session.models
        before = membrane.plan.training_set.path
        copy = tmp_path / "copy.scnt"
        copy.write_bytes((tmp_path / "set.scnt").read_bytes())
        user.drop(copy)
        user.wait_for(lambda: membrane.plan.training_set.path == str(copy))
        assert fresh.plan.training_set is None
        told = [each.sentence for each in user.session.messages]
        assert f"Membrane learns from {copy} now, no more from {before}." in told

    open_window(steps, [tomogram])
