"""Objects on the slice in view: which colours they have, and when these are made anew."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from scseg.objects.components import find_objects
from scseg.runtime.objects_on_slice import CHOSEN, ObjectsOnSlice
from scseg.state.objects import DrawnSource, Finding, FoundObjects, Keeping, ObjectsState
from tests.fakes import balls


@pytest.fixture
def state():
    objects = find_objects(balls.balls(), (20.0, 20.0, 20.0))
    return ObjectsState(found=FoundObjects(objects, DrawnSource("f"), Finding()))


def on_screen(state, z=13, shape=balls.SHAPE):
    opened = SimpleNamespace(objects=state, shape=shape)
    return SimpleNamespace(opened=opened, image=SimpleNamespace(key=SimpleNamespace(z=z)))


def test_each_object_of_a_slice_has_a_number_of_its_own(state):
    numbers = ObjectsOnSlice().shown(on_screen(state)).numbers.values
    assert np.array_equal(numbers > 0, balls.balls()[13])
    labels = state.found.objects.labels[13]
    assert len(np.unique(numbers)) == len(np.unique(labels)) > 4
    for label in np.unique(labels[labels > 0]):
        assert len(np.unique(numbers[labels == label])) == 1


def test_they_are_made_anew_only_when_something_has_changed(state):
    on_slice = ObjectsOnSlice()
    first = on_slice.shown(on_screen(state)).numbers
    assert on_slice.shown(on_screen(state)).numbers is first
    seen = {id(first)}
    revisions = {first.revision}
    for change in ("z", "keeping", "chosen"):
        z = 13
        if change == "z":
            z = 14
        elif change == "keeping":
            state.keeping = Keeping(500.0)
        else:
            state.chosen = 1
        now = on_slice.shown(on_screen(state, z)).numbers
        assert now is not first
        seen.add(id(now))
        revisions.add(now.revision)
    assert len(revisions) == 4, "no two are taken for each other"
    assert (now.values == CHOSEN).any()


def test_what_is_left_out_is_not_shown(state):
    state.keeping = Keeping(1e6)
    assert not ObjectsOnSlice().shown(on_screen(state)).numbers.values.any()


def test_nothing_is_held_of_what_is_out_of_sight(state):
    on_slice = ObjectsOnSlice()
    on_slice.shown(on_screen(state))
    assert on_slice.shown(None) is None
    assert not on_slice._of
    state.found = None
    assert on_slice.shown(on_screen(state)) is None


def test_objects_of_another_shape_are_not_shown(state):
    assert ObjectsOnSlice().shown(on_screen(state, shape=(3, 4, 5))) is None
