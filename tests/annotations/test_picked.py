"""Picks as a part of an annotation: they survive closing, undo, and what a hostile file says of them."""

from __future__ import annotations

import base64
import contextlib
import sqlite3

import numpy as np
import pytest

from scseg.annotations import steps
from scseg.annotations.contents import Contents
from scseg.annotations.picked import MOST_PICKS, NO_PICKS, PickedParticles, picks_from_record
from scseg.annotations.storage.opening import open_annotation
from scseg.annotations.storage.read_only import read_annotation
from scseg.annotations.storage.writing import save_copy
from scseg.base.errors import ScsegError
from scseg.objects.picks import Picks

SHAPE = (4, 12, 10)


@pytest.fixture
def tomogram(tmp_path):
    return tmp_path / "t.mrc"


def some(count=3, seed=0):
    rng = np.random.default_rng(seed)
    return Picks(rng.random((count, 3)) * SHAPE, rng.random(count))


def along(count=4):
    picks = some(count)
    directions = np.tile([0.0, 0.6, 0.8], (count, 1))
    return Picks(picks.positions, picks.scores, directions, np.array([1, 1, 2, 2])[:count])


def encoded(*numbers):
    return base64.b64encode(np.array(numbers, "<f8").tobytes()).decode("ascii")


def put(opened, picked, label="pick"):
    opened.apply(steps.change_picks(opened.annotation.contents, picked, label))


@pytest.mark.parametrize("picks", [some(), along()])
def test_picks_come_back_after_a_restart(tomogram, picks):
    picked = PickedParticles(diameter=270.0, least=0.25, of="Ribosom ä").with_picks(picks)
    opened = open_annotation(tomogram, SHAPE)
    put(opened, picked)
    assert opened.close()
    found = read_annotation(tomogram, SHAPE).picks
    assert found == picked
    np.testing.assert_allclose(found.all.positions, picks.positions, rtol=0)
    np.testing.assert_allclose(found.all.scores, picks.scores, rtol=0)
    if picks.filaments is not None:
        np.testing.assert_allclose(found.all.directions, picks.directions, rtol=0)
        np.testing.assert_array_equal(found.all.filaments, picks.filaments)


def test_only_picks_from_the_least_score_on_count():
    picks = Picks(np.zeros((3, 3)), np.array([0.9, 0.5, 0.25]))
    picked = PickedParticles(least=0.5).with_picks(picks)
    assert len(picked) == 3
    assert picked.kept.scores.tolist() == [0.9, 0.5]


def test_a_step_of_picks_is_taken_back():
    contents = Contents.empty(SHAPE)
    first = PickedParticles(of="a").with_picks(some())
    step = steps.change_picks(contents, first, "pick")
    contents.apply(step)
    assert steps.change_picks(contents, first, "again") is None
    second = steps.change_picks(contents, first.with_picks(some(2, 1)), "pick")
    contents.apply(second)
    contents.apply(second.inverse())
    assert contents.picks == first
    contents.apply(step.inverse())
    assert contents.picks == NO_PICKS


def test_what_has_no_picks_has_no_record_of_them(tomogram):
    opened = open_annotation(tomogram, SHAPE)
    put(opened, PickedParticles(of="a").with_picks(some()))
    put(opened, NO_PICKS)
    assert opened.close()
    with contextlib.closing(sqlite3.connect(opened.path)) as database:
        names = {name for (name,) in database.execute("SELECT name FROM record")}
    assert names == {"shape", "features", "crop", "contrast", "written"}


def test_a_copy_has_the_picks(tmp_path):
    contents = Contents.empty(SHAPE)
    contents.apply(steps.change_picks(contents, NO_PICKS.with_picks(some()), "pick"))
    save_copy(tmp_path / "copy.mrc.scna", contents)
    assert read_annotation(tmp_path / "copy.mrc", SHAPE).picks == contents.picks


@pytest.mark.parametrize(
    "record",
    [
        "",
        "no JSON\nAAAA",
        "{}\n????",
        "{}\nAAAA",
        '{"along": true}\n' + encoded(0, 0, 0, 0),
        "{}\n" + encoded(0, 0, 0),
        "{}\n" + encoded(1e30, 0, 0, 0),
        "{}\n" + encoded(float("nan"), 0, 0, 0),
        "{" * 10_000 + "\n",
    ],
)
def test_a_hostile_record_is_refused(tomogram, record):
    opened = open_annotation(tomogram, SHAPE)
    put(opened, NO_PICKS.with_picks(some()))
    assert opened.close()
    with contextlib.closing(sqlite3.connect(opened.path)) as database, database:
        database.execute("UPDATE record SET value = ? WHERE name = 'picks'", (record,))
    before = opened.path.read_bytes()
    with pytest.raises(ScsegError, match="is damaged"):
        read_annotation(tomogram, SHAPE)
    assert opened.path.read_bytes() == before


def test_odd_words_of_a_record_are_left_out():
    picked = picks_from_record('{"along": 3, "diameter": -5, "least": "x", "of": 7, "more": []}\n')
    assert picked == PickedParticles(least=0.0)


def test_more_picks_than_are_kept_are_told():
    many = Picks(np.zeros((MOST_PICKS + 1, 3)), np.zeros(MOST_PICKS + 1))
    with pytest.raises(ScsegError, match="raise the threshold"):
        NO_PICKS.with_picks(many)


def test_a_pick_without_a_place_is_refused():
    nowhere = Picks(np.array([[0.0, np.nan, 0.0]]), np.ones(1))
    with pytest.raises(ScsegError, match="no position"):
        NO_PICKS.with_picks(nowhere)
