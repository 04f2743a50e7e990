"""The list of commands: found by the words of the field, and what to try where nothing is found."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from scseg.actions.command_search import advice, search
from scseg.actions.commands import ACTIONS, GESTURES, action
from scseg.actions.hints import HINTS, segment_line
from scseg.actions.models import model_list
from scseg.state.session import Session
from tests.actions.test_actions import add, description

USED = (
    "export train learn pick draw erase brush size contrast brightness crop mask save segment predict undo "
    "redo open load import annotate label zoom threshold opacity epochs negative background rename colour "
    "filter denoise blur pixel angstrom 3d avoid competition lasso fill interpolate feature model settings "
    "font dark delete remove quit help keys slice histogram invert box boxes volume coordinates demo example"
)


@pytest.fixture
def session():
    return Session()


def ids(found):
    return [each.id for each in found.possible]


@pytest.mark.parametrize("word", USED.split())
def test_what_people_look_for_is_found_also_before_anything_is_open(session, word):
    assert search(word, session)


def test_no_word_is_found_where_there_is_none_and_there_is_advice_on_what_to_try(session):
    assert not search("zebra", session)
    assert "draw" in advice("zebra")
    for word in advice("zebra").partition(": ")[2].rstrip(".").split(", "):
        assert search(word, session)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("tresholt", "threshold"), ("contarst", "contrast"), ("anotate", "annotate")],
)
def test_a_slip_of_the_fingers_is_understood(session, typed, meant):
    assert not search(typed, session)
    assert f"Did you mean {meant}" in advice(typed)


def test_words_that_are_each_known_but_never_together_are_told_apart(session):
    assert not search("undo threshold", session)
    assert "one of them" in advice("undo threshold")


@pytest.mark.parametrize(
    ("word", "first"),
    [
        ("undo", "undo"),
        ("fit", "fit"),
        ("brush", "tool-brush"),
        ("erase", "tool-brush"),
        ("example", "demo"),
        ("demo", "demo"),
        ("quit", "quit"),
    ],
)
def test_a_command_of_that_name_comes_first(session, word, first):
    found = search(word, session)
    assert (*found.possible, *found.impossible)[0].id == first


def test_training_leads_to_where_one_trains(session):
    assert {"stage-models", "add-model"} <= set(ids(search("train", session)))
    assert {"generate-set", "train"} <= {each.id for each in search("train", session).impossible}


def test_what_is_not_possible_now_is_told_and_not_offered(session):
    found = search("contrast", session)
    assert "auto-contrast" in [each.id for each in found.impossible]
    add(session)
    found = search("contrast", session)
    assert "auto-contrast" in ids(found)
    assert all(each.enabled(session) for each in found.possible)
    assert not any(each.enabled(session) for each in found.impossible)


def test_a_word_within_another_is_none(session):
    assert "tool-brush" not in ids(search("rush", session))


def test_without_a_word_every_command_is_listed_that_is_possible(session):
    found = search("  ", session)
    possible = {each.id for each in ACTIONS if each.enabled(session)}
    assert set(ids(found)) == possible - {"commands"}
    assert found.hints == found.impossible == ()


def test_every_gesture_of_the_mouse_is_found(session):
    for gesture in GESTURES:
        word = gesture.what.split()[0]
        assert any(gesture.how in each.sentence for each in search(word, session).hints)


def test_hints_are_sentences_and_lead_to_commands_that_there_are():
    for hint in HINTS:
        assert hint.sentence.endswith(".")
        assert not (hint.leads_to and hint.line)
        if hint.leads_to:
            assert action(hint.leads_to).enabled(Session())


def test_export_leads_to_the_command_line_with_what_is_open(session):
    (hint,) = (each for each in search("export volume", session).hints if each.line)
    assert hint.line(session) == "scseg segment TOMOGRAM --model MODEL.scnm -o results"
    add(session, "a b.mrc")
    model_list.add(session, Path("/models/m.scnm"), description())
    assert shlex.split(segment_line(session)) == [
        *("scseg", "segment", "/data/a b.mrc", "--model", "/models/m.scnm", "-o", "results")
    ]


@pytest.mark.parametrize("word", ["pick", "star", "particles", "measure", "components"])
def test_picking_and_measuring_lead_to_their_stage(session, word):
    found = search(word, session)
    assert "stage-objects" in [each.id for each in found.possible]
    assert {each.id for each in found.impossible} & {
        *("pick-particles", "measure-objects", "find-objects", "open-positions")
    }
