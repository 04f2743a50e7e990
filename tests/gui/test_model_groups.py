"""Models saved and loaded together with their rules, through menus and dialogs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scseg.actions.models import interactions, model_list
from scseg.interactions.group import Group, open_group
from scseg.interactions.rules import InteractionSettings, Rule
from scseg.models.files import open_model
from tests.fakes.models import write_model
from tests.gui.drawing import save_as

pytestmark = pytest.mark.gui


def opened_models(user, *paths):
    user.do(lambda: user.window.program.open(paths))
    user.wait_for(lambda: len(user.session.models) == len(paths))
    return user.session.models


def save_group(user, name):
    user.ctx.menu_click("//##MainMenuBar/File/###save-group")
    save_as(user, str(name))
    user.wait_for(lambda: Path(name).is_file())
    user.wait_for(lambda: not user.session.jobs)


def test_a_group_is_saved_and_loaded_in_a_fresh_start(open_window, tomogram, tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    membrane_path = write_model(here, name="Membrane")
    carbon_path = write_model(there, name="Carbon", colour=(1.0, 1.0, 0.0))

    def saving(user):
        membrane, carbon = opened_models(user, membrane_path, carbon_path)
        user.do(lambda: model_list.set_display(carbon, replace(carbon.display, threshold=0.25)))
        rules = (Rule("avoid", carbon.id, 12.0, 0.1), Rule("colocalise", membrane.id, 5.0))
        interaction = InteractionSettings(emit=True, absorb=True, rules=rules)
        user.do(lambda: interactions.change(user.session, membrane, interaction))
        user.do(lambda: interactions.toggle_deep(user.session))
        save_group(user, here / "cell.scnmgroup")
        # What stands elsewhere is copied, and is the model of that copy: the next time nothing is copied.
        assert Path(carbon.ref.path).parent == here
        save_group(user, here / "again.scnmgroup")
        assert len(list(here.glob("*.scnm"))) == 2
        assert user.session.notices[-1].level != "error"

    open_window(saving, [tomogram])
    group = open_group(here / "cell.scnmgroup")
    names = tuple(group.interactions)
    assert names[0] == membrane_path.name
    assert group == Group(
        {
            names[0]: InteractionSettings(
                True,
                True,
                (Rule("avoid", names[1], 12.0, 0.1), Rule("colocalise", names[0], 5.0)),
            ),
            names[1]: InteractionSettings(),
        },
        rules_3d=True,
    )
    assert open_model(here / names[1]).display.threshold == 0.25
    assert open_model(carbon_path).display.threshold == 0.5

    def loading(user):
        user.do(lambda: user.window.program.open((here / "cell.scnmgroup",)))
        user.wait_for(lambda: len(user.session.models) == 2)
        user.ctx.yield_(2)
        membrane, carbon = user.session.models
        assert membrane.interaction.rules == (
            Rule("avoid", carbon.id, 12.0, 0.1),
            Rule("colocalise", membrane.id, 5.0),
        )
        assert membrane.interaction.emit
        assert membrane.interaction.absorb
        assert carbon.display.threshold == 0.25
        assert user.session.settings.rules_in_3d
        user.press("Ctrl+Z")
        assert user.session.models == []

    open_window(loading, [tomogram])


def test_a_model_of_the_group_that_is_there_is_not_loaded_twice(open_window, tomogram, tmp_path):
    first = write_model(tmp_path, name="Membrane")
    second = write_model(tmp_path, name="Carbon")

    def steps(user):
        membrane, carbon = opened_models(user, first, second)
        user.do(lambda: interactions.add_rule(user.session, membrane))
        save_group(user, tmp_path / "g.scnmgroup")
        user.do(lambda: interactions.remove_rule(user.session, membrane, 0))
        user.do(lambda: user.window.program.open((tmp_path / "g.scnmgroup",)))
        user.wait_for(lambda: membrane.interaction.rules)
        assert user.session.models == [membrane, carbon]
        assert membrane.interaction.rules[0].partner == carbon.id
        assert "are open already" in user.session.notices[-1].sentence

    open_window(steps, [tomogram])


def test_a_group_whose_model_is_missing_says_so_and_changes_nothing(
    open_window, tomogram, tmp_path
):
    first = write_model(tmp_path, name="Membrane")
    path = tmp_path / "g.scnmgroup"

    def steps(user):
        opened_models(user, first)
        save_group(user, path)
        user.do(lambda: model_list.remove(user.session, user.session.models[0]))
        first.unlink()
        user.do(lambda: user.window.program.open((path,)))
        user.wait_for(lambda: any(each.level == "error" for each in user.session.notices))
        assert first.name in user.session.notices[-1].sentence
        assert user.session.models == []

    open_window(steps, [tomogram])
