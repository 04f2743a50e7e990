"""What tests of the stage Models do: annotate, make a set, train."""

from __future__ import annotations

from dataclasses import replace

from scseg.actions.models import model_list
from scseg.actions.training import training_plan
from tests.fakes.annotated import BOXES, annotate_active
from tests.gui.drawing import save_as

SET = "//Panels/**/###generate"
POSITIVE, NEGATIVE = "//Panels/**/##choice Membrane", "//Panels/**/##choice Background"


def annotate(user, boxes=BOXES):
    """Draw rows 10 to 13 on slice 6, and place boxes."""
    user.wait_for(lambda: all(each.annotation is not None for each in user.session.tomograms))
    user.do(lambda: annotate_active(user.session, boxes))
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
    # The panels scroll to the model.
    user.ctx.yield_(8)


def show_training(user):
    user.ctx.item_click("//Panels/**/Training")
    user.ctx.yield_(2)


def train(user, name="Membrane"):
    """Train the model under a name; one that is "slow" is to be stopped."""
    model = the_model(user)
    parameters = replace(model.plan.parameters, epochs=1000 if name == "slow" else 25)
    user.do(lambda: training_plan.set_parameters(model, parameters))
    user.do(lambda: model_list.set_display(model, replace(model.display, name=name)))
    user.ctx.item_click("//Panels/**/###train")
    return model


def made_set(user, name="set", boxes=BOXES):
    """Make a training set of boxes of 16 pixels with the panel, and fold that."""
    annotate(user, boxes)
    choose_both(user)
    user.ctx.item_input_value("//Panels/**/##box size", 16.0)
    user.ctx.yield_(2)
    generate(user, name)
    user.ctx.item_click("//Panels/**/Create a training dataset")
    user.press("Escape")
    user.ctx.yield_(2)


def asked(user):
    return [request for wanted in user.clients[0].wanted for request in wanted]
