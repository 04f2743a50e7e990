"""The panels of models in the real window, and runs that stop, wait, die."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scseg.actions.models import model_list
from scseg.actions.training import runs, training_plan, validation_shares
from scseg.models import unsaved_models
from tests.fakes.annotated import MEMBRANE
from tests.gui.drawing import is_enabled
from tests.gui.training import (
    annotate,
    asked,
    choose_below,
    made_set,
    the_model,
    train,
)

pytestmark = pytest.mark.gui


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
        user.ctx.item_input_value("//Panels/**/###seed", 7)
        user.ctx.item_click("//Panels/**/use the graphics card")
        user.ctx.yield_()
        assert (plan().validation, plan().augmentation, plan().gpu) == (0.0, "strong", False)
        assert plan().seed == 7
        assert plan().learning_rate == pytest.approx(0.01)

    open_window(steps, [tomogram])


def test_a_model_learns_is_watched_and_goes_on(open_window, tomogram):
    def steps(user):
        made_set(user)
        model = train(user)
        user.wait_for(lambda: model.run is None)
        assert len(model.epochs) == 25
        assert model.weights.ref.path.startswith(str(unsaved_models.model_folder(model.id)))
        assert not model.weights.kept
        # What nobody needs any more is gone.
        user.wait_for(lambda: len(list(unsaved_models.model_folder(model.id).rglob("*.scnm"))) == 1)
        user.wait_for(lambda: any(request.model == model.ref for request in asked(user)))
        user.ctx.item_click("//Panels/**/###train")
        user.wait_for(lambda: model.run is None and model.description.epochs_trained == 50)

    open_window(steps, [tomogram])


def test_the_epoch_before_is_seen_until_the_new_one_is_predicted(open_window, tomogram):
    def steps(user):
        made_set(user)
        model = train(user, "slow")
        ui = user.window.frame.ui
        user.wait_for(lambda: ui.on_screen.masks and model.before)
        busy = property(lambda client: not client.at_once)
        user.monkeypatch.setattr(type(user.clients[0]), "busy", busy)
        user.clients[0].at_once = False
        seen = model.ref
        user.ctx.item_click("//Panels/**/###stop")
        user.wait_for(lambda: model.run is None and model.ref != seen)
        user.ctx.yield_(5)
        (mask,) = ui.on_screen.masks
        assert mask.request.model in model.before
        user.do(lambda: user.clients[0].answer(user.clients[0].wanted[-1][0]))
        user.wait_for(lambda: [mask.request.model for mask in ui.on_screen.masks] == [model.ref])

    open_window(steps, [tomogram])


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
        assert 2 <= model.description.epochs_trained < 1000
        open_model_path = model.weights.ref.path
        assert open_model_path.endswith(".scnm")
        assert user.ctx.item_exists("//Panels/**/###remove")

    open_window(steps, [tomogram])


def test_models_are_trained_one_after_the_other(open_window, tomogram):
    def steps(user):
        made_set(user)
        first = the_model(user)
        user.do(lambda: model_list.set_display(first, replace(first.display, name="slow")))
        second = user.do(lambda: model_list.new(user.session))
        third = user.do(lambda: model_list.new(user.session))

        def begin():
            training_plan.set_parameters(first, replace(first.plan.parameters, epochs=1000))
            for model in (second, third):
                training_plan.take_set(user.session, model, first.plan.training_set)
            for model in (first, second, third):
                runs.begin(user.session, model)

        user.do(begin)
        user.wait_for(lambda: first.run.started)
        assert [runs.place_in_queue(user.session, each) for each in (first, second, third)] == [
            0,
            1,
            2,
        ]
        assert not second.run.started
        user.do(lambda: runs.stop(third))
        assert third.run is None
        user.do(lambda: runs.stop(first))
        user.wait_for(lambda: second.run is None and second.weights is not None)
        assert first.run is None

    open_window(steps, [tomogram])


def test_a_small_set_says_before_training_that_nothing_is_held_out_and_why(open_window, tomogram):
    def steps(user):
        made_set(user)
        model = the_model(user)
        user.wait_for(lambda: model.shares is not None and model.shares.learnt is not None)
        assert "all 6 boxes" in validation_shares.held_out_told(model)
        user.ctx.item_click("//Panels/**/more")
        choose_below(user, "//Panels/**/##learning rate", "20 % of the boxes")
        user.ctx.item_click("//Panels/**/more")
        user.wait_for(lambda: model.shares.learnt is not None and model.shares.validation == 0.2)
        told = validation_shares.held_out_told(model)
        train(user)
        user.wait_for(lambda: model.run is None)
        held_out = model.shares.held_out.total > 0
        assert [each.validation is not None for each in model.epochs] == [held_out] * 25
        assert ("held out to judge by" in told) == held_out

    open_window(steps, [tomogram])


def test_where_boxes_were_held_out_the_best_epoch_can_be_chosen(open_window, tomogram):
    def steps(user):
        many = [(6, 12, x) for x in range(8, 52)], [(6, 30, x) for x in range(8, 52)]
        made_set(user, boxes=many)
        user.ctx.item_click("//Panels/**/more")
        choose_below(user, "//Panels/**/##learning rate", "20 % of the boxes")
        user.ctx.item_click("//Panels/**/more")
        model = train(user)
        user.wait_for(lambda: model.run is None)
        assert all(each.validation is not None for each in model.epochs)
        assert (model.ref, model.best.description.epochs_trained) == (model.last.ref, 3)
        # The pointer is on the panels, whose end is out of sight, and further down once the rows are drawn.
        user.ctx.yield_(3)
        user.ctx.mouse_wheel_y(-10)
        user.ctx.yield_(2)
        user.ctx.item_click("//Panels/**/###best")
        assert model.ref == model.best.ref
        # Both are needed until the user has saved one of them.
        user.wait_for(lambda: len(list(unsaved_models.model_folder(model.id).rglob("*.scnm"))) == 2)

    open_window(steps, [tomogram])
