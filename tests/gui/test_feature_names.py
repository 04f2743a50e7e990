"""Names of features and models, typed and picked with real mouse and keys."""

from __future__ import annotations

import pytest

from scseg.actions.annotation import features
from scseg.annotations.feature import Feature
from scseg.gui.following import FRAMES
from scseg.state.feature_library import Template
from tests.gui.drawing import begin, in_file, settled
from tests.gui.test_interactions import load

pytestmark = pytest.mark.gui

RED, GREEN = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)
NAME = "//Panels/**/###name"
MOST_FRAMES = 40


def two_features(user):
    """Feature 1, whose panel is the first, and Membrane."""
    begin(user)
    user.do(lambda: features.add(user.session, Feature("Membrane", GREEN)))
    # The new panel comes into view, by its own.
    user.ctx.yield_(FRAMES + 3)
    user.ctx.item_click("//Panels/Datasets")
    user.ctx.item_click("//Panels/Filters")
    user.ctx.yield_(3)


def names(user):
    return [feature.name for feature in user.session.active.features]


def type_name(user, name):
    """Type over the first name, and stay in the field."""
    user.ctx.item_click(NAME)
    user.ctx.key_chars_replace(name)
    user.ctx.yield_(2)


def test_the_name_of_another_feature_is_refused_and_the_user_is_told(
    open_window, tomogram, tmp_path
):
    def steps(user):
        two_features(user)
        type_name(user, "Membrane")
        user.ctx.yield_(MOST_FRAMES)
        assert names(user) == ["Feature 1", "Membrane"]
        assert not user.session.messages
        user.capture(tmp_path / "typing.png")
        user.ctx.key_chars(" inner")
        user.ctx.yield_(2)
        assert names(user) == ["Membrane inner", "Membrane"]
        user.press("Enter")
        settled(user)
        type_name(user, "Membrane")
        user.press("Enter")
        user.ctx.yield_(2)
        settled(user)
        (message,) = user.session.messages
        assert message.sentence == (
            "gradient.mrc has a feature Membrane already: choose another name. "
            "This one is still called Membrane inner."
        )
        assert [each.name for each in in_file(user).features] == ["Membrane inner", "Membrane"]

    open_window(steps, [tomogram])


def test_a_name_is_kept_once_the_field_is_left_as_one_step(open_window, tomogram):
    def steps(user):
        two_features(user)
        for part in ("Ves", "Vesicle"):
            type_name(user, part)
            user.wait_for(lambda: user.session.active.draft is not None)
            user.ctx.yield_(MOST_FRAMES)
        assert user.session.active.draft.name == "Vesicle"
        user.press("Enter")
        settled(user)
        assert names(user) == ["Vesicle", "Membrane"]
        user.press("Ctrl+Z")
        assert names(user) == ["Feature 1", "Membrane"]

    open_window(steps, [tomogram])


def test_a_name_that_is_wiped_out_stays(open_window, tomogram):
    def steps(user):
        two_features(user)
        user.ctx.item_click(NAME)
        user.press("Ctrl+A")
        user.press("Delete")
        user.ctx.yield_(3)
        user.press("Enter")
        settled(user)
        assert names(user) == ["Feature 1", "Membrane"]
        assert not user.session.messages

    open_window(steps, [tomogram])


def test_names_are_picked_with_their_colours_for_features_and_models(
    open_window, tomogram, tmp_path
):
    def steps(user):
        user.session.library = (Template("Ribosome", RED), Template("Membrane", RED))
        two_features_of_a_library(user)
        user.ctx.item_click(NAME, 1)
        user.ctx.yield_(2)
        user.capture(tmp_path / "names.png")
        # What another feature here is called cannot be picked.
        user.ctx.item_click("//$FOCUSED/###feature Membrane")
        user.ctx.yield_(2)
        assert names(user) == ["Feature 1", "Membrane"]
        user.ctx.item_click("//$FOCUSED/###feature Ribosome")
        user.ctx.yield_(2)
        first = user.session.active.features[0]
        assert (first.name, first.colour) == ("Ribosome", RED)
        user.press("Ctrl+Z")
        assert names(user) == ["Feature 1", "Membrane"]

        user.press("2")
        model = load(user, "Carbon", GREEN)
        user.ctx.item_click("//Panels/**/Create a training dataset")
        user.ctx.yield_(3)
        user.ctx.item_click(NAME, 1)
        user.ctx.yield_(2)
        user.ctx.item_click("//$FOCUSED/###feature Ribosome")
        user.ctx.yield_(2)
        assert (model.display.name, model.display.colour) == ("Ribosome", RED)

    def two_features_of_a_library(user):
        user.wait_for(lambda: user.session.active.annotation is not None)
        user.do(lambda: features.add(user.session))
        user.do(lambda: features.add(user.session, Feature("Membrane", GREEN)))
        user.ctx.yield_(FRAMES + 3)
        user.ctx.item_click("//Panels/Datasets")
        user.ctx.item_click("//Panels/Filters")
        user.ctx.yield_(3)

    open_window(steps, [tomogram])
