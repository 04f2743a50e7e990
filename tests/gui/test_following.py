"""The panel of a feature that is added, or chosen by a key, comes into view; one that is clicked stays."""

from __future__ import annotations

import pytest

from scseg.actions.models import model_list
from scseg.state.requests import OpenPaths
from tests.fakes.models import write_model
from tests.gui.drawing import annotation, begin

pytestmark = pytest.mark.gui

FEATURES = 5
MOST_FRAMES = 8


def scrolled(user):
    """Return how far the panels are scrolled, and how far they can be."""
    panels = user.ctx.window_info("//Panels").window
    return panels.scroll.y, panels.scroll_max.y


def several_features(user):
    begin(user)
    for _ in range(FEATURES - 1):
        # With the mouse alone: the test engine itself would scroll.
        add = user.ctx.item_info("//Panels/**/###add-feature").rect_full
        user.ctx.mouse_move_to_pos(((add.min.x + add.max.x) / 2, (add.min.y + add.max.y) / 2))
        user.ctx.mouse_click(0)
        user.ctx.yield_(MOST_FRAMES)


def in_view(user, model):
    """Tell whether the whole panel of a model is to be seen."""
    panels = user.ctx.window_info("//Panels").rect_full
    panel = user.ctx.window_info(f"//Panels/stages/Models/model {model.id}").rect_full
    return panels.min.y <= panel.min.y < panel.max.y <= panels.max.y


def choose_by_key(user, key):
    user.point_at((30, 20))
    user.press(key, FEATURES - 1)
    user.ctx.yield_(MOST_FRAMES)


def test_new_features_and_those_chosen_by_keys_come_into_view(open_window, tomogram):
    def steps(user):
        several_features(user)
        assert len(annotation(user).contents.features) == FEATURES
        now, most = scrolled(user)
        assert now == most > 0
        choose_by_key(user, "W")
        above, _ = scrolled(user)
        assert above < now
        choose_by_key(user, "S")
        now, most = scrolled(user)
        assert now == most

    open_window(steps, [tomogram])


def test_a_panel_stays_where_it_was_clicked(open_window, tomogram):
    def steps(user):
        several_features(user)
        choose_by_key(user, "W")
        before, chosen = scrolled(user), user.session.active.feature
        panels = user.ctx.window_info("//Panels").rect_full
        # On the panel that the window's edge cuts.
        user.ctx.mouse_move_to_pos((panels.min.x + 18, panels.max.y - 30))
        user.ctx.mouse_click(0)
        user.ctx.yield_(MOST_FRAMES)
        assert user.session.active.feature != chosen
        assert scrolled(user) == before

    open_window(steps, [tomogram])


def test_a_model_that_is_added_or_loaded_comes_into_view(open_window, tomogram, tmp_path):
    path = write_model(tmp_path)

    def steps(user):
        begin(user)
        for _ in range(2):
            user.do(lambda: model_list.new(user.session))
            user.ctx.yield_(MOST_FRAMES)
        assert in_view(user, user.session.models[-1])
        user.do(lambda: user.session.requests.append(OpenPaths((path,))))
        user.wait_for(lambda: len(user.session.models) == 3)
        user.ctx.yield_(MOST_FRAMES)
        assert in_view(user, user.session.models[-1])
        assert not in_view(user, user.session.models[0])

    open_window(steps, [tomogram])
