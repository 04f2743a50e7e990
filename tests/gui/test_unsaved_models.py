"""What was learnt is saved and loaded, and comes back where it was not saved."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scseg.actions.models import model_list
from scseg.models.files import open_model
from tests.fakes.models import write_model
from tests.gui.drawing import save_as
from tests.gui.training import (
    made_set,
    show_training,
    the_model,
    train,
)

pytestmark = pytest.mark.gui


def test_a_model_is_saved_with_its_looks_and_loaded_again(open_window, tomogram, tmp_path):
    def steps(user):
        made_set(user)
        model = train(user)
        user.wait_for(lambda: model.run is None)
        user.ctx.yield_(3)
        looks = replace(model.display, threshold=0.25, alpha=0.5, name="Mine")
        user.do(lambda: model_list.set_display(model, looks))
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


def test_recent_models_are_offered_in_the_menu_of_the_next_start(open_window, tmp_path):
    path = write_model(tmp_path)

    def second(user):
        user.ctx.menu_click("//##MainMenuBar/File/Load recent model/###recent 0")
        user.wait_for(lambda: user.session.models)
        assert user.session.models[0].ref.path == str(path)

    open_window(lambda user: user.wait_for(lambda: user.session.models), [path], ready=False)
    open_window(second)
