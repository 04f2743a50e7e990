"""Panels of features and models are folded to their titles, each by its own triangle."""

from __future__ import annotations

import pytest

from tests.gui.drawing import begin

pytestmark = pytest.mark.gui

FOLD = "//Panels/**/###fold"


def shown(user, *items):
    return [user.ctx.item_exists(f"//Panels/**/{item}") for item in items]


def test_a_feature_is_folded_and_can_still_be_named(open_window, tomogram):
    def steps(user):
        begin(user)
        user.ctx.item_click(FOLD)
        user.ctx.yield_(2)
        assert shown(user, "###name", "##brush", "###remove") == [True, False, False]
        user.ctx.item_click("//Panels/**/###name")
        user.ctx.key_chars_replace_enter("Membrane")
        user.ctx.yield_(2)
        assert user.session.active.features[0].name == "Membrane"
        user.ctx.item_click("//Panels/**/###add-feature")
        user.ctx.yield_(2)
        # The new one is whole.
        assert shown(user, "##brush") == [True]
        assert user.session.panels.folded == {user.session.active.features[0].id}
        user.ctx.item_click(FOLD)
        user.ctx.yield_(2)
        assert user.session.panels.folded == set()

    open_window(steps, [tomogram])


def test_a_model_is_folded(open_window, tomogram):
    def steps(user):
        user.press("Ctrl+M")
        user.ctx.yield_(2)
        assert shown(user, "##epochs", "###train") == [True, True]
        user.ctx.item_click(FOLD)
        user.ctx.yield_(2)
        assert shown(user, "###name", "###remove", "##epochs", "###train") == [
            True,
            True,
            False,
            False,
        ]
        user.ctx.item_click(FOLD)
        user.ctx.yield_(2)
        assert shown(user, "##epochs", "###train") == [True, True]

    open_window(steps, [tomogram])
