"""Panels keep their places while one of their list goes or comes back."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from scseg.runtime.display.places import Itself, Place, kept


def shown(places):
    """Return the keys by place, and dots for free ones."""
    return "".join("." if place.free else place.key for place in places)


def test_one_that_goes_leaves_its_place_free_and_comes_back_into_it():
    places = kept(kept([], "abc"), "ac")
    assert shown(places) == "a.c"
    assert shown(kept(places, "abc")) == "abc"
    assert shown(kept(kept(places, ""), "b")) == ".b."


def test_a_free_place_is_as_high_as_what_was_there():
    places = [replace(place, high=high) for place, high in zip(kept([], "ab"), (7, 9), strict=True)]
    assert [place.high for place in kept(places, "b")] == [7, 9]


def test_another_that_comes_takes_a_free_place_where_it_belongs():
    assert shown(kept(kept([], "abc"), "abcd")) == "abcd"
    assert shown(kept(kept(kept([], "abc"), "ac"), "acd")) == "a.cd"
    assert shown(kept(kept(kept([], "abc"), "ab"), "abd")) == "abd"
    assert shown(kept(kept(kept([], "abc"), "bc"), "dbc")) == "dbc"


def test_what_is_moved_leaves_the_free_place_where_it_is():
    assert shown(kept(kept(kept([], "abc"), "bc"), "cb")) == ".cb"


def test_what_has_no_name_stays_where_it_changes():
    before = [float("1"), float("1"), 2.0]
    places = kept([], [*map(Itself, before)])
    first, second, third = places
    assert first.key != second.key
    places = kept(places, [first.key, third.key])
    assert [place.free for place in places] == [False, True, False]
    changed = Itself(3.0)
    places = kept(places, [first.key, changed])
    assert [place.key for place in places if not place.free] == [first.key, changed]
    assert [place.free for place in places] == [False, True, False]


@given(st.lists(st.lists(st.sampled_from("abcdefg"), unique=True), max_size=6))
def test_all_panels_have_a_place_in_their_order(lists):
    places: list[Place] = []
    for keys in lists:
        places = kept(places, keys)
        assert [place.key for place in places if not place.free] == keys


def test_keys_that_are_equal_still_have_a_place_each():
    assert shown(kept(kept([], "aab"), "ab")).count("a") == 1
    assert len(kept(kept([], "aab"), "aaab")) == 4
