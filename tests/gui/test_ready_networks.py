"""Ready networks and what a new model begins from, with real mouse and keys."""

from __future__ import annotations

import pytest

from tests.gui.drawing import in_file
from tests.gui.test_interactions import control
from tests.gui.test_model_copies import choose, open_menu, rows
from tests.gui.training import annotate, choose_below, made_set, the_model

pytestmark = pytest.mark.gui


def test_a_ready_network_predicts_at_once_and_is_copied_and_undone(open_window, tomogram):
    """The fake network finds row z on slice z, whatever its weights."""

    def steps(user):
        annotate(user)
        user.ctx.item_click("//Panels/**/Create a training dataset")
        user.ctx.item_click("//Panels/**/###ready")
        choose(user, "###ready-ribosome")
        model = the_model(user)
        assert (model.display.name, model.display.active) == ("Ribosome", True)
        assert model.description.apix == pytest.approx(user.session.active.apix)
        user.wait_for(lambda: user.window.program.on_screen.masks)
        # What is below keeps its place as long as the mouse is on it.
        user.point_at()
        user.ctx.yield_(3)
        open_menu(user)
        choose(user, "###new")
        feature = user.session.active.features[-1]
        assert feature.name == "Ribosome"
        z = user.session.active.z
        assert rows(in_file(user).mask(feature.id, z)) == {z}
        user.press("Ctrl+Z")
        assert "Ribosome" not in [each.name for each in user.session.active.features]
        user.ctx.item_click(control("###remove"))
        assert user.session.models == []

    open_window(steps, [tomogram])


def test_a_new_model_begins_from_what_is_chosen(open_window, tomogram):
    def steps(user):
        made_set(user)
        model = the_model(user)
        assert model.plan.parameters.start == "starter"
        user.ctx.item_click("//Panels/**/more")
        user.ctx.yield_(2)
        choose_below(user, "//Panels/**/use the graphics card", "scratch")
        assert model.plan.parameters.start == "scratch"

    open_window(steps, [tomogram])
