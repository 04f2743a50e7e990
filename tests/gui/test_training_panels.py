"""Training in the real window: the set from sliders and ticks, the model, its run, what becomes of it."""

from __future__ import annotations

from dataclasses import replace

import mrcfile
import numpy as np
import pytest

from scseg import last_session
from scseg.actions import annotation, models, training, training_plan
from scseg.annotations import steps as make
from scseg.annotations.feature import Feature
from scseg.datasets.training_set import load_training_set
from scseg.gui.panels.training_set import GREEN, RED
from scseg.models import unsaved
from scseg.models.files import open_model
from tests.fakes.models import write_model
from tests.gui.conftest import SHAPE
from tests.gui.drawing import is_enabled, save_as

pytestmark = pytest.mark.gui

SET = "//Panels/**/###generate"
POSITIVE, NEGATIVE = "//Panels/**/##choice Membrane", "//Panels/**/##choice Background"
MEMBRANE = Feature("Membrane", (0.2, 0.4, 0.9), box_size=16, show=False)
BACKGROUND = Feature("Background", (0.9, 0.6, 0.1), box_size=16)


def annotate(user, opened=None):
    """Draw rows 10 to 13 on slice 6. Of three boxes of the membrane two are on it; three are negative."""

    def go():
        tomogram = opened or user.session.active
        contents = tomogram.annotation.contents
        for feature in (MEMBRANE, BACKGROUND):
            annotation.take(user.session, tomogram, make.add_feature(contents, feature))
        mask = np.zeros(SHAPE[1:], np.uint8)
        mask[10:14] = 1
        for step in (
            make.change_masks(contents, MEMBRANE.id, {6: mask}, "draw"),
            make.change_boxes(contents, MEMBRANE.id, add=[(6, 12, 12), (6, 12, 36), (6, 30, 48)]),
            make.change_boxes(contents, BACKGROUND.id, add=[(6, 28, x) for x in (10, 20, 30)]),
        ):
            annotation.take(user.session, tomogram, step)

    user.wait_for(lambda: all(each.annotation is not None for each in user.session.tomograms))
    user.do(go)
    user.press("2")
    for header in ("Datasets", "Filters"):
        user.ctx.item_click(f"//Panels/{header}")
    user.ctx.yield_(2)


def click_third(user, item, third):
    """Click into the left (-1), middle or right (1) third of a slider."""
    box = user.ctx.item_info(item).rect_full
    x = (box.min.x + box.max.x) / 2 + third * (box.max.x - box.min.x) / 3
    user.ctx.mouse_move_to_pos((x, (box.min.y + box.max.y) / 2))
    user.ctx.mouse_click(0)
    user.ctx.yield_(2)


def choose_below(user, item, choice, rows=1):
    """Choose from the list that is drawn so many rows below an item: wildcards do not find lists."""
    box = user.ctx.item_info(item).rect_full
    row = user.do(user.imgui.get_frame_height_with_spacing)
    x, y = (box.min.x + box.max.x) / 2, (box.min.y + box.max.y) / 2 + rows * row
    user.ctx.mouse_move_to_pos((x, y))
    user.ctx.mouse_click(0)
    user.ctx.yield_(2)
    user.ctx.item_click(f"//$FOCUSED/{choice}")
    user.ctx.yield_(2)


def choose_both(user):
    click_third(user, POSITIVE, 1)
    click_third(user, NEGATIVE, -1)


def the_model(user):
    (model,) = user.session.models
    return model


def generate(user, name="set"):
    user.ctx.item_click(SET)
    save_as(user, name)
    user.wait_for(lambda: user.session.models and the_model(user).plan.training_set is not None)
    user.ctx.yield_(3)


def show_training(user):
    user.ctx.item_click("//Panels/**/Training")
    user.ctx.yield_(2)


def train(user, name="Membrane"):
    model = the_model(user)
    user.do(lambda: models.set_display(model, replace(model.display, name=name)))
    user.ctx.item_click("//Panels/**/###train")
    return model


# The training set


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
        counts = user.window.program.ui.counts
        # The membrane's box without membrane is a negative.
        assert (counts.positives, counts.negatives) == (2, 4)
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
        counted = lambda: user.window.program.ui.counts  # noqa: E731 - read anew each time
        assert (counted().positives, counted().negatives) == (4, 8)
        user.ctx.item_click("//Panels/**/###sample 0")
        user.ctx.yield_(2)
        assert (counted().positives, counted().negatives) == (2, 4)
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
            annotation.take(user.session, opened, make.add_feature(contents, MEMBRANE))
            annotation.take(user.session, opened, make.add_feature(contents, BACKGROUND))
            source = first.annotation.contents
            for feature in (MEMBRANE, BACKGROUND):
                boxes = [(z, y, x) for z, y, x in first.annotation.boxes(feature.id)]
                step = make.change_boxes(contents, feature.id, add=boxes)
                annotation.take(user.session, opened, step)
            masks = {6: source.mask(MEMBRANE.id, 6)}
            annotation.take(
                user.session, opened, make.change_masks(contents, MEMBRANE.id, masks, "draw")
            )

        user.do(go)

    open_window(steps, [tomogram, other])


# Models


def test_a_model_is_added_named_by_right_click_removed_and_brought_back(open_window, tomogram):
    def steps(user):
        annotate(user)
        user.press("Ctrl+M")
        model = the_model(user)
        assert model.weights is None
        user.ctx.item_click("//Panels/**/###name", 1)
        user.ctx.item_click("//$FOCUSED/###feature Membrane")
        assert (model.display.name, model.display.colour) == ("Membrane", MEMBRANE.colour)
        choose_below(user, "//Panels/**/###name", "###UNet deep")
        assert model.plan.architecture == "UNet deep"
        for button in ("save", "train"):
            assert not is_enabled(user, f"//Panels/**/###{button}")
        user.ctx.item_click("//Panels/**/###remove")
        assert user.session.models == []
        user.press("Ctrl+Z")
        assert user.session.models == [model]
        user.press("Ctrl+Z")
        assert user.session.models == []
        user.press("Ctrl+Shift+Z")
        assert user.session.models == [model]

    open_window(steps, [tomogram])


def made_set(user, name="set"):
    """Make a training set of boxes of 16 pixels with the panel, and fold that."""
    annotate(user)
    choose_both(user)
    user.ctx.item_input_value("//Panels/**/##box size", 16.0)
    user.ctx.yield_(2)
    generate(user, name)
    user.ctx.item_click("//Panels/**/Create a training dataset")
    user.press("Escape")
    user.ctx.yield_(2)


def test_every_parameter_has_its_control(open_window, tomogram):
    def steps(user):
        made_set(user)
        plan = lambda: the_model(user).plan.parameters  # noqa: E731 - read anew each time
        for field, value in (("epochs", 7), ("batch_size", 8), ("copies", 2)):
            user.ctx.item_input_value(f"//Panels/**/##{field}", float(value))
            user.ctx.yield_()
            assert getattr(plan(), field) == value
        user.ctx.item_input_value("//Panels/**/##negatives", 100.0)
        user.ctx.yield_()
        assert plan().negatives == 1.0
        user.ctx.item_click("//Panels/**/more")
        user.ctx.item_input_value("//Panels/**/##learning rate", 0.01)
        choose_below(user, "//Panels/**/##learning rate", "none")
        choose_below(user, "//Panels/**/##learning rate", "strong", rows=2)
        user.ctx.item_click("//Panels/**/use the graphics card")
        assert (plan().validation, plan().augmentation, plan().gpu) == (0.0, "strong", False)
        assert plan().learning_rate == pytest.approx(0.01)

    open_window(steps, [tomogram])


def test_a_model_learns_is_watched_and_goes_on(open_window, tomogram):
    def steps(user):
        made_set(user)
        model = train(user)
        user.wait_for(lambda: model.run is None)
        assert len(model.epochs) == 25
        assert model.weights.ref.path.startswith(str(unsaved.folder_of(model.id)))
        assert not model.weights.kept
        # What nobody needs any more is gone.
        user.wait_for(lambda: len(list(unsaved.folder_of(model.id).rglob("*.scnm"))) == 1)
        user.wait_for(lambda: any(request.model == model.ref for request in asked(user)))
        user.ctx.item_click("//Panels/**/###train")
        user.wait_for(lambda: model.run is None and model.description.epochs_trained == 50)

    open_window(steps, [tomogram])


def asked(user):
    return [request for wanted in user.clients[0].wanted for request in wanted]


def test_stop_takes_the_place_of_remove_and_keeps_what_was_learnt(open_window, tomogram):
    def steps(user):
        made_set(user)
        model = train(user, "slow")
        user.wait_for(lambda: len(model.epochs) >= 2)
        assert not user.ctx.item_exists("//Panels/**/###remove")
        for item in ("##epochs", "###browse", "###load", "###save", "###train"):
            assert not is_enabled(user, f"//Panels/**/{item}")
        user.ctx.item_click("//Panels/**/###stop")
        user.wait_for(lambda: model.run is None)
        assert 2 <= model.description.epochs_trained < 25
        open_model_path = model.weights.ref.path
        assert open_model_path.endswith(".scnm")
        assert user.ctx.item_exists("//Panels/**/###remove")

    open_window(steps, [tomogram])


def test_models_are_trained_one_after_the_other(open_window, tomogram):
    def steps(user):
        made_set(user)
        first = the_model(user)
        user.do(lambda: models.set_display(first, replace(first.display, name="slow")))
        second = user.do(lambda: models.new(user.session))
        third = user.do(lambda: models.new(user.session))

        def begin():
            for model in (second, third):
                training_plan.take_set(user.session, model, first.plan.training_set)
            for model in (first, second, third):
                training.begin(user.session, model)

        user.do(begin)
        user.wait_for(lambda: first.run.started)
        assert [training.place(user.session, each) for each in (first, second, third)] == [0, 1, 2]
        assert not second.run.started
        user.do(lambda: training.stop(third))
        assert third.run is None
        user.do(lambda: training.stop(first))
        user.wait_for(lambda: second.run is None and second.weights is not None)
        assert first.run is None

    open_window(steps, [tomogram])


def test_a_run_whose_process_dies_leaves_its_last_epoch(open_window, tomogram):
    def steps(user):
        made_set(user)
        model = train(user, "dies")
        user.wait_for(lambda: model.run is None and model.epochs)
        assert model.weights.description.epochs_trained == 2
        open_model(unsaved.newest(model.id))
        (notice,) = [each for each in user.session.notices if each.level == "error"]
        assert "The training stopped" in notice.sentence
        user.press("Right")
        user.wait_until_shown()

    open_window(steps, [tomogram])


def test_a_set_that_does_not_fit_is_refused_with_both_numbers(open_window, tomogram, tmp_path):
    def steps(user):
        made_set(user)
        path = write_model(tmp_path, box_size=32, name="Carbon")
        user.do(lambda: user.window.drop(None, [str(path)]))
        user.wait_for(lambda: len(user.session.models) == 2)
        first, loaded = user.session.models
        user.do(
            lambda: training_plan.read_set(user.session, loaded, tmp_path / "set.scnt"),
        )
        user.wait_for(lambda: any(each.level == "error" for each in user.session.notices))
        (told,) = [each.sentence for each in user.session.notices if each.level == "error"]
        assert "32" in told
        assert "16" in told
        assert loaded.plan.training_set is None
        assert first.plan.training_set is not None

    open_window(steps, [tomogram])


def test_a_model_is_saved_with_its_looks_and_loaded_again(open_window, tomogram, tmp_path):
    def steps(user):
        made_set(user)
        model = train(user)
        user.wait_for(lambda: model.run is None)
        user.ctx.yield_(3)
        looks = replace(model.display, threshold=0.25, alpha=0.5, name="Mine")
        user.do(lambda: models.set_display(model, looks))
        user.ctx.item_click("//Panels/**/###save")
        save_as(user)
        user.wait_for(lambda: model.weights.kept)
        path = tmp_path / f"10.00_16_{model.description.loss:.4f}_Mine.scnm"
        assert model.ref.path == str(path)
        saved = open_model(path)
        assert (saved.name, saved.display.threshold, saved.display.alpha) == ("Mine", 0.25, 0.5)
        user.press("Ctrl+M")
        fresh = user.session.models[1]
        user.do(lambda: user.session.models.remove(model))
        user.ctx.yield_(2)
        show_training(user)
        user.ctx.item_click("//Panels/**/###load")
        user.wait_for(lambda: user.ctx.item_exists(f"//###files/**/###{path.name}"))
        user.ctx.item_click(f"//###files/**/###{path.name}")
        user.ctx.item_click("//###files/###open")
        user.wait_for(lambda: fresh.weights is not None)
        assert (fresh.display.name, fresh.display.threshold) == ("Mine", 0.25)

    open_window(steps, [tomogram])


def test_closing_while_a_model_learns_keeps_what_was_learnt(open_window, tomogram):
    models_seen = []

    def first(user):
        made_set(user)
        model = train(user, "slow")
        user.wait_for(lambda: len(model.epochs) >= 3)
        models_seen.append(model)

    def second(user):
        user.do(user.window.restore)
        user.wait_for(lambda: user.session.models and not user.session.jobs)
        model = the_model(user)
        (before,) = models_seen
        assert model.id == before.id
        assert model.description.epochs_trained >= 3
        # Not only up to the last checkpoint: up to the last batch.
        assert model.ref == before.ref == before.last.ref
        assert model.plan.training_set == before.plan.training_set
        assert (model.display.name, model.weights.kept) == ("slow", False)

    open_window(first, [tomogram])
    open_window(second)


def test_a_window_that_crashed_while_a_model_learnt_offers_it_again(open_window, tomogram):
    def first(user):
        made_set(user)
        model = train(user)
        user.wait_for(lambda: model.run is None)
        # As it was written down before the first epoch.
        last = last_session.remembered(user.session)
        told = replace(last.models[0], path="", kept=True, training=True)
        last_session.save(replace(last, models=(told,)), last_session.session_path())
        user.window.program._remembering.held = True

    def second(user):
        user.do(user.window.restore)
        user.wait_for(lambda: user.session.models and not user.session.jobs)
        assert the_model(user).description.epochs_trained == 25

    open_window(first, [tomogram])
    open_window(second)


def test_unsaved_models_are_brought_back_by_a_command(open_window, tomogram):
    def first(user):
        made_set(user)
        model = train(user)
        user.wait_for(lambda: model.run is None)
        user.ctx.item_click("//Panels/**/###remove")

    def second(user):
        user.ctx.menu_click("//##MainMenuBar/File/###unsaved-models")
        user.wait_for(lambda: user.session.models)
        assert the_model(user).description.name == "Membrane"
        assert not the_model(user).weights.kept

    open_window(first, [tomogram])
    open_window(second)


def test_a_training_set_dropped_on_the_models_goes_to_one(open_window, tomogram, tmp_path):
    def steps(user):
        made_set(user)
        user.press("Ctrl+M")
        fresh = user.session.models[1]
        copy = tmp_path / "copy.scnt"
        copy.write_bytes((tmp_path / "set.scnt").read_bytes())
        user.do(lambda: user.window.drop(None, [str(copy)]))
        user.wait_for(lambda: fresh.plan.training_set is not None)
        assert fresh.plan.training_set.path == str(copy)

    open_window(steps, [tomogram])
