"""On which tomograms a model predicts: the switch for one, for all, and pixel sizes that do not fit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scseg.actions.models import interactions as model_interactions
from scseg.actions.tomograms import reopening
from scseg.compute.messages import ModelRef, TomogramRef
from scseg.interactions.rules import InteractionSettings, Rule
from scseg.persistence.last_session import record_of_session
from scseg.preview import needed_slices
from scseg.state.active_models import (
    active_only_on,
    is_active,
    switched,
    switched_everywhere,
    why_waiting,
)
from scseg.state.models import Display, Model, SetPlan, Weights
from scseg.state.session import Session
from tests.fakes.models import DESCRIPTION
from tests.preview.test_needed_slices import tomogram


def model(name="m", *, apix=10.0, **display):
    weights = Weights(ModelRef(name, "0"), replace(DESCRIPTION, apix=apix))
    return Model(Display(name, (1, 0, 0), **display), weights=weights)


def tomograms(*sizes):
    """Return tomograms called a, b, … of these pixel sizes (A)."""
    made = [tomogram(name) for name, _ in zip("abcdef", sizes, strict=False)]
    for opened, size in zip(made, sizes, strict=True):
        opened.tomogram.apix = size
    return made


def active(one, opened):
    return [is_active(one, each) for each in opened]


def test_the_switch_acts_on_one_tomogram():
    one, opened = model(), tomograms(10.0, 10.0, 10.0)
    assert active(one, opened) == [True, True, True]
    one.display = switched(one, opened[1], active=False)
    assert active(one, opened) == [True, False, True]
    one.display = switched(one, opened[1], active=True)
    # Nothing is left to be kept of a switch that is where it was.
    assert one.display == model().display


@pytest.mark.parametrize(
    ("apix", "fits"),
    [(10.0, True), (20.0, True), (20.000002, True), (5.0, True), (21.0, False), (4.7, False)],
)
def test_a_model_waits_where_the_pixel_size_is_another_by_more_than_a_factor_of_2(apix, fits):
    one, (opened,) = model(), tomograms(apix)
    assert is_active(one, opened) is fits
    assert (why_waiting(one, opened) == "") is fits
    one.display = switched(one, opened, active=True)
    assert is_active(one, opened)
    assert why_waiting(one, opened) == ""
    one.display = switched(one, opened, active=False)
    assert not is_active(one, opened)


def test_why_it_waits_is_told():
    one, (opened,) = model(apix=13.92), tomograms(41.5)
    assert why_waiting(one, opened).startswith(
        "Not active here: it learnt from 13.92 A per pixel, this tomogram has 41.50."
    )
    one.display = switched_everywhere(one, [opened], active=False)
    assert why_waiting(one, opened) == ""


def test_nothing_waits_where_a_pixel_size_is_unknown_or_nothing_was_learnt():
    one, opened = model(), tomograms(None, 100.0)
    untrained = Model(Display("new", (1, 0, 0)))
    assert is_active(one, opened[0])
    assert active(untrained, opened) == [True, True]
    # The user's word on the pixel size counts.
    opened[0].ref = TomogramRef("a", 100.0, None, 0)
    assert not is_active(one, opened[0])


def test_all_none_and_only_here():
    one, opened = model(), tomograms(10.0, 10.0, 100.0)
    one.display = switched(one, opened[0], active=False)
    one.display = active_only_on(one, opened[1])
    assert active(one, [*opened, *tomograms(10, 10, 10, 10)[3:]]) == [False, True, False, False]
    one.display = switched_everywhere(one, opened, active=True)
    assert active(one, [*opened, *tomograms(10, 10, 10, 10, 100)[3:]]) == [
        True,
        True,
        True,
        True,
        False,
    ]
    one.display = switched_everywhere(one, opened, active=False)
    assert active(one, opened) == [False, False, False]
    one.display = switched(one, opened[2], active=True)
    assert active(one, opened) == [False, False, True]


def test_without_a_tomogram_the_switch_is_for_those_to_come():
    one, opened = model(), tomograms(10.0)
    one.display = switched(one, None, active=False)
    assert not is_active(one, None)
    assert active(one, opened) == [False]


def test_what_is_predicted_and_which_rules_act_depends_on_the_tomogram():
    membrane, carbon = model("membrane"), model("carbon")
    membrane.interaction = InteractionSettings(rules=(Rule("avoid", carbon.id, threshold=0.5),))
    first, second = opened = tomograms(10.0, 10.0)
    session = Session(tomograms=opened, active=first, models=[membrane, carbon])
    carbon.display = switched(carbon, second, active=False)

    def predicted(one):
        return {
            each.model.path for each in needed_slices.requests_of_slice(session, one, 4).values()
        }

    assert (predicted(first), predicted(second)) == ({"membrane", "carbon"}, {"membrane"})
    assert needed_slices.interactions(session, first)[membrane.id].rules
    assert not needed_slices.interactions(session, second)[membrane.id].rules
    assert model_interactions.why_resting(carbon, first) == ""
    assert model_interactions.why_resting(carbon, second) == "carbon is not active"
    assert {each.model.path for each in needed_slices.all_needed(session)} == {"membrane", "carbon"}
    session.active = second
    assert {each.model.path for each in needed_slices.all_needed(session)} == {"membrane"}


def test_what_was_switched_is_kept_for_the_tomograms_that_come_back():
    one, opened = model(), tomograms(10.0, 10.0)
    for each in opened:
        one.display = switched(one, each, active=False)
    session = Session(tomograms=opened[:1], models=[one])
    (kept,) = record_of_session(session).models
    assert kept.display.active_on == {"a": False}
    assert kept.display.active


def test_what_was_switched_follows_a_tomogram_that_was_moved():
    one, opened = model(), tomograms(10.0)
    one.display = switched(one, opened[0], active=False)
    session = Session(tomograms=opened, active=opened[0], models=[one])
    session.set_plan = SetPlan(left_out=frozenset({"a"}))
    moved = reopening.put_in_place(
        session, opened[0], opened[0].tomogram, TomogramRef("moved", None, None, 0)
    )
    assert not is_active(one, moved)
    assert one.display.active_on == {"moved": False}
    assert session.set_plan.left_out == {"moved"}
