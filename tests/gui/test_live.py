"""Learning while one draws, in the real window, with mouse and keys."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scseg.actions.training import live_sets
from scseg.datasets.training_sets.training_set import load_training_set
from scseg.state.live_learning import learner_of
from scseg.state.panel_layout import Stage
from tests.gui.drawing import annotation, begin, drag, save_as
from tests.gui.training import show_training, the_model

pytestmark = pytest.mark.gui


def learnt(user):
    """Wait until all that is drawn has been learnt."""

    def all_of_it():
        model = the_model(user)
        made, run = model.plan.training_set, model.run
        return (
            made is not None
            and run is not None
            and not run.live.writing
            and run.live.of == live_sets.drawn_state(user.session, run.live.name)
            and run.text.startswith("rests")
            and model.description is not None
            and model.description.training_set_sha256 == made.sha256
        )

    user.wait_for(all_of_it)
    return load_training_set(live_sets.set_path(the_model(user)))


def small_boxes(user):
    user.ctx.item_input_value("//Panels/**/##boxes", 16)
    user.wait_for(lambda: annotation(user).contents.features[0].box_size == 16)


def add_model(user):
    """Add a model on its stage, and show how it is trained."""
    user.press("2")
    for header in ("Datasets", "Filters", "**/Create a training dataset"):
        user.ctx.item_click(f"//Panels/{header}")
    user.ctx.item_click("//Panels/**/###add-model")
    user.ctx.yield_(8)
    show_training(user)


def test_a_feature_is_learnt_while_it_is_drawn_and_erased(open_window, tomogram):
    def steps(user):
        begin(user)
        small_boxes(user)
        user.ctx.item_click("//Panels/**/learn live")
        user.wait_for(lambda: the_model(user).run is not None)
        assert user.session.stage == Stage.SEGMENTATION, "the hand stays where it was"
        drag(user, [(20, 12), (40, 12)])
        first = learnt(user)
        assert first.positive.all()
        drag(user, [(20, 30), (40, 30)], button=1)
        name = the_model(user).display.name
        assert not learnt(user).positive.all()
        names = [each.name for each in annotation(user).contents.features]
        assert names == [name, f"not {name}"]
        user.press("Ctrl+Z")
        assert learnt(user).positive.all()
        assert [each.name for each in annotation(user).contents.features] == [name]
        user.press("Shift+L")
        user.wait_for(lambda: the_model(user).run is None)
        assert learner_of(user.session, name) is None
        assert the_model(user).description is not None

    open_window(steps, [tomogram])


def test_a_model_is_switched_and_its_set_saved_in_its_tab(open_window, tomogram, tmp_path):
    def steps(user):
        begin(user)
        small_boxes(user)
        drag(user, [(20, 12), (40, 12)])
        add_model(user)
        user.ctx.item_click("//Panels/**/learn live")
        made = learnt(user)
        feature = annotation(user).contents.features[0]
        assert the_model(user).display.name == feature.name
        user.ctx.item_click("//Panels/**/###save set")
        save_as(user, "drawn")
        kept = tmp_path / "drawn.scnt"
        user.wait_for(kept.exists)
        assert (load_training_set(kept).labels == made.labels).all()
        user.ctx.item_click("//Panels/**/learn live")
        user.wait_for(lambda: the_model(user).run is None)
        assert the_model(user).weights is not None

    open_window(steps, [tomogram])


def test_a_model_of_no_feature_says_what_is_missing(open_window, tomogram):
    def steps(user):
        begin(user)
        add_model(user)
        model = the_model(user)
        user.do(lambda: setattr(model, "display", replace(model.display, name="Carbon")))
        user.ctx.item_click("//Panels/**/learn live")
        user.ctx.yield_(2)
        assert model.run is None

    open_window(steps, [tomogram])
