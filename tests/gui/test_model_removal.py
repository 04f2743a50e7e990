"""The cross that removes a model stands where the button was that stops its training."""

from __future__ import annotations

import pytest

from scseg.actions.models import model_list

pytestmark = pytest.mark.gui


def test_a_double_click_removes_no_model(open_window, tomogram):
    """Its first half may have stopped a training, which puts the cross under the second."""

    def steps(user):
        model = user.do(lambda: model_list.new(user.session))
        user.ctx.yield_(2)
        user.ctx.mouse_move("//Panels/**/###remove")
        # What the first half of a double click does is the button's that was there before.
        user.monkeypatch.setattr(model_list, "remove", lambda *_: user.removed.append(1))
        user.removed = []
        user.ctx.mouse_double_click(0)
        user.ctx.yield_(2)
        assert user.removed == [1]
        assert user.session.models == [model]

    open_window(steps, [tomogram])


def test_a_click_removes_it_and_undo_tells_what_comes_back(open_window, tomogram):
    def steps(user):
        model = user.do(lambda: model_list.new(user.session))
        user.ctx.yield_(2)
        user.ctx.item_click("//Panels/**/###remove")
        user.ctx.yield_(2)
        assert user.session.models == []
        user.press("Ctrl+Z")
        assert user.session.models == [model]
        assert user.session.feedback.sentence == f"Undone: remove {model.display.name}"

    open_window(steps, [tomogram])
