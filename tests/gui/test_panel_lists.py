"""In lists of panels, one that is removed leaves a gap until the pointer has left."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scseg.actions import undo
from scseg.actions.annotation import features
from scseg.actions.models import interactions, model_list
from scseg.actions.view import filters
from tests.gui.test_steady import click, fold, leave, middle, middle_in

pytestmark = pytest.mark.gui


def leave_all_well(user):
    leave(user)
    assert [each.sentence for each in user.session.notices if each.level == "error"] == []


def annotated(user):
    opened = user.session.active
    user.wait_for(lambda: opened.annotation is not None)
    return opened


def test_features(open_window, tomogram):
    def steps(user):
        opened = annotated(user)
        for _ in range(2):
            user.do(lambda: features.add(user.session))
        fold(user, "Datasets", "Filters")
        first, second = (f"stages/Segmentation/feature {each.id}" for each in opened.features)
        check(user, (first, second), "###remove", lambda: len(opened.features))

    open_window(steps, [tomogram])


def test_models(open_window, tomogram):
    def steps(user):
        fold(user, "Datasets", "Filters", "Create a training dataset")
        models = [user.do(lambda: model_list.new(user.session)) for _ in range(2)]
        user.ctx.yield_(6)
        first, second = (f"stages/Models/model {each.id}" for each in models)
        check(user, (first, second), "###remove", lambda: len(user.session.models))

    open_window(steps, [tomogram])


def check(user, sheets, cross, count):
    """Remove the first of two with the pointer, bring it back, and remove it again."""
    first, second = sheets
    place, below = middle_in(user, first, cross), middle_in(user, second, cross)
    click(user, place)
    assert count() == 1
    assert middle_in(user, second, cross) == below
    # Nothing is in the gap to be hit.
    click(user, place)
    assert count() == 1
    user.press("Ctrl+Z")
    user.ctx.yield_(6)
    assert count() == 2
    assert middle_in(user, first, cross) == place
    assert middle_in(user, second, cross) == below
    click(user, place)
    assert middle_in(user, second, cross) == below
    leave_all_well(user)
    # The gap is closed; the panels may have been scrolled by as much as now fits.
    assert place[1] <= middle_in(user, second, cross)[1] < below[1]


def test_filters(open_window, tomogram):
    def steps(user):
        opened = user.session.active
        user.do(lambda: filters.add(opened, "gaussian"))
        user.do(lambda: filters.add(opened, "sobel"))
        user.ctx.yield_(6)
        place = middle_in(user, "filter 0", "###remove")
        below = middle_in(user, "filter 1", "###remove")
        click(user, place)
        assert [each.kind for each in opened.filters] == ["sobel"]
        assert middle_in(user, "filter 1", "###remove") == below
        # It can be changed where it is.
        user.do(lambda: filters.change(opened, 0, replace(opened.filters[0], weight=0.5)))
        user.ctx.yield_(6)
        assert middle_in(user, "filter 1", "###remove") == below
        leave_all_well(user)
        assert middle_in(user, "filter 0", "###remove") == place

    open_window(steps, [tomogram])


def test_rules(open_window, tomogram):
    def steps(user):
        fold(user, "Datasets", "Filters", "Create a training dataset")
        one, _ = (user.do(lambda: model_list.new(user.session)) for _ in range(2))
        user.ctx.yield_(6)
        for _ in range(2):
            user.do(lambda: interactions.add_rule(user.session, one))
            user.do(lambda: interactions.commit(user.session))
        rules = one.interaction.rules
        sheet = user.ctx.window_info(f"//Panels/stages/Models/model {one.id}").id_
        user.ctx.set_ref(sheet)
        user.ctx.item_click("tabs/Interactions")
        user.ctx.yield_(6)
        crosses = [f"tabs/Interactions/{number}/###remove rule" for number in range(2)]
        place, below = (middle(user, cross) for cross in crosses)
        for _ in range(2):
            click(user, place)
            assert one.interaction.rules == rules[1:]
            assert middle(user, crosses[1]) == below
            user.do(lambda: undo.undo(user.session))
            user.ctx.yield_(6)
            assert one.interaction.rules == rules
            assert [middle(user, cross) for cross in crosses] == [place, below]
        click(user, place)
        leave_all_well(user)
        assert middle(user, crosses[0]) == place
        assert not user.ctx.item_exists(crosses[1])
        user.ctx.set_ref("")

    open_window(steps, [tomogram])


def test_the_only_feature_comes_and_goes_below_its_tools(open_window, tomogram):
    def steps(user):
        opened = annotated(user)
        fold(user, "Datasets", "Filters")
        tool = middle(user, "//Panels/**/###tool-lasso")
        add = middle(user, "//Panels/**/###add-feature")
        click(user, add)
        assert len(opened.features) == 1
        assert middle(user, "//Panels/**/###tool-lasso") == tool
        sheet = f"stages/Segmentation/feature {opened.features[0].id}"
        click(user, middle_in(user, sheet, "###remove"))
        assert opened.features == ()
        assert middle(user, "//Panels/**/###tool-lasso") == tool
        leave_all_well(user)
        assert middle(user, "//Panels/**/###add-feature") == add

    open_window(steps, [tomogram])


def test_what_is_chosen_in_place_of_one_that_is_removed_is_not_scrolled_to(open_window, tomogram):
    def steps(user):
        opened = annotated(user)
        for _ in range(7):
            user.do(lambda: features.add(user.session))
        user.ctx.yield_(10)
        last, before = (
            f"stages/Segmentation/feature {each.id}" for each in reversed(opened.features[-2:])
        )
        place = middle_in(user, before, "###remove")
        click(user, middle_in(user, last, "###remove"))
        assert len(opened.features) == 6
        assert middle_in(user, before, "###remove") == place
        leave_all_well(user)

    open_window(steps, [tomogram])


def test_a_list_that_was_out_of_sight_has_no_gaps(open_window, tomogram):
    def steps(user):
        opened = annotated(user)
        for _ in range(2):
            user.do(lambda: features.add(user.session))
        fold(user, "Datasets", "Filters")
        first, second = (f"stages/Segmentation/feature {each.id}" for each in opened.features)
        place = middle_in(user, first, "###remove")
        click(user, place)
        user.press("2")
        user.ctx.yield_(4)
        user.press("1")
        user.ctx.yield_(6)
        assert middle_in(user, second, "###remove") == pytest.approx(place)

    open_window(steps, [tomogram])
