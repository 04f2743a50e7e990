"""What a model finds becomes annotation, with real mouse and keys."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scseg.actions.annotation import cropping
from scseg.actions.models import model_list
from scseg.actions.tomograms import closing
from scseg.annotations.crop import Crop
from scseg.annotations.edits import MaskEdit, Step
from scseg.annotations.packed_masks import pack
from scseg.compute.messages import Failed
from scseg.interactions.rules import InteractionSettings, Rule
from tests.fakes.client import FakeClient
from tests.fakes.gradient import SHAPE
from tests.gui.drawing import in_file
from tests.gui.test_interactions import PatternClient, control, load_both
from tests.gui.test_prediction_tab import MIDDLE, load_one

pytestmark = pytest.mark.gui


def open_menu(user):
    user.wait_for(lambda: user.session.active.annotation is not None)
    user.ctx.item_click(control("###copy"))
    user.ctx.yield_(2)


def choose(user, entry):
    user.ctx.item_click(f"//$FOCUSED/{entry}")
    user.wait_for(lambda: not user.session.jobs and not user.session.requests)
    user.ctx.yield_(2)


def set_end(user, name, number):
    user.ctx.item_input_value(f"//$FOCUSED/###{name}", number)
    user.ctx.yield_(2)


def rows(mask):
    return set(np.flatnonzero(mask.any(axis=1)).tolist())


def test_a_new_feature_has_the_models_name_and_is_one_step(open_window, tomogram):
    """The fake network finds row z on slice z."""

    def steps(user):
        model = load_one(user)
        open_menu(user)
        choose(user, "###new")
        (feature,) = user.session.active.features
        assert (feature.name, feature.colour) == (model.display.name, model.display.colour)
        contents = in_file(user)
        assert list(contents.masks) == [(feature.id, MIDDLE)]
        assert rows(contents.mask(feature.id, MIDDLE)) == {MIDDLE}
        user.press("Ctrl+Z")
        assert user.session.active.features == ()
        assert in_file(user).masks == {}

    open_window(steps, [tomogram])


def draw(user, feature, z, values):
    annotated = user.session.active.annotated
    edit = MaskEdit(feature=feature.id, z=z, before=None, after=pack(values))
    user.do(lambda: annotated.apply(Step((edit,), "draw")))


def test_what_is_drawn_and_ignored_stays_over_a_range_of_slices(open_window, tomogram):
    def steps(user):
        load_one(user)
        open_menu(user)
        choose(user, "###new")
        user.press("Ctrl+Z")
        user.press("Ctrl+Shift+Z")
        (feature,) = user.session.active.features
        drawn = np.zeros(SHAPE[1:], np.uint8)
        drawn[3, :10], drawn[20, :10] = 2, 1
        draw(user, feature, 3, drawn)
        open_menu(user)
        set_end(user, "from", 3)
        set_end(user, "to", 5)
        choose(user, f"###feature {feature.id}")
        contents = in_file(user)
        assert sorted(z for _, z in contents.masks) == [2, 3, 4, MIDDLE]
        drawn[3, 10:] = 1
        np.testing.assert_array_equal(contents.mask(feature.id, 3), drawn)
        assert rows(contents.mask(feature.id, 4)) == {4}
        user.press("Ctrl+Z")
        assert sorted(z for _, z in in_file(user).masks) == [3, MIDDLE]

    open_window(steps, [tomogram])


def test_rules_and_crop_hold_for_what_is_copied(open_window, tomogram):
    def steps(user):
        membrane, carbon = load_both(user)
        rule = Rule("avoid", carbon.id, 10.0)
        user.do(lambda: setattr(membrane, "interaction", InteractionSettings(rules=(rule,))))
        opened = user.session.active
        user.wait_for(lambda: opened.annotation is not None)
        crop = Crop(4, 8, 10, 30, 5, 36, enabled=True)
        user.do(lambda: cropping.edit(user.session, opened, crop))
        open_menu(user)
        set_end(user, "from", 1)
        set_end(user, "to", 6)
        choose(user, "###new")
        (feature,) = opened.features
        contents = in_file(user)
        assert sorted(z for _, z in contents.masks) == [4, 5]
        expected = np.zeros(SHAPE[1:], np.uint8)
        expected[10:30, 5:30] = 1
        np.testing.assert_array_equal(contents.mask(feature.id, 4), expected)

    open_window(steps, [tomogram], client=PatternClient)


def begin_long_copy(user):
    (client,) = user.clients
    client.at_once = False
    open_menu(user)
    set_end(user, "from", 1)
    set_end(user, "to", 12)
    user.ctx.item_click("//$FOCUSED/###new")
    user.wait_for(lambda: user.session.slice_batches)
    user.ctx.yield_(3)
    return client


def test_what_is_in_view_comes_first_and_the_window_stays_live(open_window, tomogram):
    def steps(user):
        load_one(user)
        client = begin_long_copy(user)
        assert [each.z for each in client.wanted[-1]][:2] == [0, 1]
        user.press("End")
        user.wait_until_shown()
        assert [each.z for each in client.wanted[-1]][:3] == [11, 0, 1]
        job = user.session.jobs[0]
        user.do(lambda: client.answer(client.wanted[-1][1]))
        user.wait_for(lambda: job.fraction > 0)
        job.cancelled = True
        user.wait_for(lambda: not user.session.slice_batches and not user.session.jobs)
        user.ctx.yield_(3)
        assert 1 not in {each.z for each in client.wanted[-1]}
        assert user.session.notices == []
        assert user.session.active.features == ()

    open_window(steps, [tomogram])


def test_a_slice_that_cannot_be_predicted_ends_the_copy_and_says_so(open_window, tomogram):
    def steps(user):
        load_one(user)
        client = begin_long_copy(user)
        failed = client.wanted[-1][0]
        user.do(lambda: client.replies.append(Failed(failed, "No such weights.")))
        user.wait_for(lambda: not user.session.jobs)
        told = {notice.sentence for notice in user.session.notices}
        assert told == {"No such weights.", "Slice 1 cannot be predicted: the messages tell why."}

    open_window(steps, [tomogram])


def test_a_tomogram_that_is_closed_ends_the_copy(open_window, tomogram):
    def steps(user):
        load_one(user)
        begin_long_copy(user)
        user.do(lambda: closing.close(user.session, user.session.active))
        user.wait_for(lambda: not user.session.jobs)
        assert "was closed" in user.session.notices[0].sentence

    open_window(steps, [tomogram])


def test_nothing_found_is_told(open_window, tomogram):
    def steps(user):
        model = load_one(user)
        user.do(lambda: model_list.set_display(model, replace(model.display, threshold=1.0)))
        open_menu(user)
        set_end(user, "from", 12)
        set_end(user, "to", 12)
        choose(user, "###new")
        assert "finds nothing" in user.session.notices[0].sentence
        assert user.session.active.features == ()

    class Weak(FakeClient):
        def answer(self, request):
            super().answer(request)
            self.replies = [
                replace(each, values=each.values * 0.5) if hasattr(each, "values") else each
                for each in self.replies
            ]

    open_window(steps, [tomogram], client=Weak)
