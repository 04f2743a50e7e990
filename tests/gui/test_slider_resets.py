"""A right-click on a slider sets it back to what it is usually."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scseg.actions.models import interactions
from scseg.annotations.feature import Feature
from scseg.gui.number_widgets import number_in
from scseg.gui.panels.models.advice import SlicesToSearch
from scseg.interactions.rules import InteractionSettings, Rule
from scseg.models.description import TrainingParameters
from scseg.state.filters import usual
from scseg.state.models import Display
from tests.fakes.gradient import SHAPE
from tests.gui.drawing import begin, settled
from tests.gui.test_interactions import control, load, open_tab
from tests.gui.test_prediction_tab import load_one

pytestmark = pytest.mark.gui


def right_click(user, *items):
    for item in items:
        user.ctx.item_click(f"//Panels/**/{item}", 1)
        user.ctx.yield_(2)


def test_a_features_sliders(open_window, tomogram):
    def steps(user):
        begin(user, brush=30.0, alpha=0.9)
        user.ctx.item_input_value("//Panels/**/##boxes", 20)
        settled(user)
        right_click(user, "##brush", "##alpha", "##boxes")
        settled(user)
        (feature,) = user.session.active.features
        assert feature == Feature(feature.name, feature.colour, feature.id)
        # Nothing would come above the pointer, on the panels below.
        user.point_at((30, 20))
        user.press("G")
        user.ctx.yield_(2)
        user.ctx.item_input_value("//Panels/**/##sensitivity", 0.9)
        right_click(user, "##sensitivity")
        assert user.session.sensitivity == 0.4

    open_window(steps, [tomogram])


def test_sliders_of_contrast_crop_and_filters(open_window, tomogram):
    def steps(user):
        user.wait_for(lambda: user.session.active.annotation is not None)
        opened = user.session.active
        automatic = user.window.program.on_screen.shown.seen.automatic
        user.ctx.item_input_value("//Panels/**/##min", 100.0)
        user.ctx.item_input_value("//Panels/**/##max", 120.0)
        assert (opened.contrast.minimum, opened.contrast.maximum) == (100.0, 120.0)
        right_click(user, "##min", "##max")
        assert (opened.contrast.minimum, opened.contrast.maximum) == pytest.approx(automatic)
        user.press("C")
        user.ctx.item_input_value("//Panels/**/##first", 3)
        user.ctx.item_input_value("//Panels/**/##last", 8)
        assert (opened.crop.z0, opened.crop.z1) == (2, 8)
        right_click(user, "##first", "##last")
        assert (opened.crop.z0, opened.crop.z1) == (0, SHAPE[0])
        user.ctx.item_click("//Panels/###add-filter")
        user.ctx.item_click("//$FOCUSED/Gaussian blur")
        user.ctx.item_input_value("//Panels/**/##sigma", 7.0)
        user.ctx.item_input_value("//Panels/**/##weight", 0.5)
        assert opened.filters != (usual("gaussian"),)
        right_click(user, "##sigma", "##weight")
        assert opened.filters == (usual("gaussian"),)

    open_window(steps, [tomogram])


def test_sliders_of_training_and_of_the_training_set(open_window, tomogram):
    def steps(user):
        begin(user)
        user.press("Ctrl+M")
        (model,) = user.session.models
        for field in ("epochs", "negatives", "batch_size", "copies"):
            user.ctx.item_input_value(f"//Panels/**/##{field}", 7.0)
        assert model.plan.parameters.copies == 7
        right_click(user, "##epochs", "##negatives", "##batch_size", "##copies")
        assert model.plan.parameters == TrainingParameters()
        user.ctx.item_input_value("//Panels/**/##box size", 96.0)
        user.ctx.yield_(2)
        assert user.session.set_plan.box_size == 96
        right_click(user, "##box size")
        assert user.session.set_plan.box_size == 64

    open_window(steps, [tomogram])


def test_a_models_sliders_and_those_of_its_rules(open_window, tomogram):
    def steps(user):
        model = load_one(user)
        changed = replace(model.display, alpha=0.3, threshold=0.9, overlap=0.6, averaging=4)
        user.do(lambda: setattr(model, "display", changed))
        user.ctx.yield_(2)
        right_click(user, "##alpha", "##threshold", "##overlap", "##averaging")
        assert model.display == Display(model.display.name, model.display.colour)
        other = load(user, "Other", (0.0, 1.0, 0.0))
        rules = InteractionSettings(rules=(Rule("avoid", other.id, 77.0, 0.9),))
        user.do(lambda: interactions.change(user.session, model, rules))
        open_tab(user)
        user.ctx.item_click(control("###radius"), 1)
        user.ctx.item_click(control("###threshold"), 1)
        user.ctx.yield_(2)
        assert model.interaction.rules == (Rule("avoid", other.id),)

    open_window(steps, [tomogram])


def test_the_range_of_where_next(open_window, tomogram):
    def steps(user):
        load_one(user)
        for name, value, back in (("from", 4, 1), ("to", 6, SHAPE[0])):
            item = f"//Panels/**/###{name}"
            user.ctx.item_input_value(item, value)
            right_click(user, f"###{name}")
            user.ctx.yield_()
            assert shown_span(user)[name == "to"] == back - 1

    open_window(steps, [tomogram])


def shown_span(user):
    return user.window.frame.ui.state_of(SlicesToSearch).spans[user.session.active.ref]


@pytest.mark.parametrize(
    ("shown", "value", "number"),
    [
        ("%.2f alpha", 0.5, "0.50"),
        ("+%.0f%% negatives", 30.0, "30%"),
        ("%.1f px / 20.0 nm brush", 10.0, "10.0"),
        ("learning rate %.5f", 1e-3, "0.00100"),
        ("from slice %.0f", 1, "1"),
    ],
)
def test_the_tooltip_names_the_number_alone(shown, value, number):
    assert number_in(shown, value).lstrip("+") == number
