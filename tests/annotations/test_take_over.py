"""The second window goes on where the first one ended."""

from __future__ import annotations

import subprocess
import sys

import pytest

from scseg.annotations import steps
from scseg.annotations.feature import Feature
from scseg.annotations.storage import location
from scseg.annotations.storage.opening import open_annotation, take_over
from tests.annotations.side_files import cut_off_a_transaction

SHAPE = (3, 20, 25)
HOLD = """
import sys, time
from pathlib import Path
from scseg.annotations import steps
from scseg.annotations.feature import Feature
from scseg.annotations.storage.opening import open_annotation
opened = open_annotation(Path(sys.argv[1]), (3, 20, 25))
opened.apply(steps.add_feature(opened.annotation.contents, Feature("first", (0, 0, 0))))
assert opened.flush(30)
print("saved", flush=True)
time.sleep(600)
"""


@pytest.fixture
def tomogram(tmp_path):
    return tmp_path / "t.mrc"


def add(opened, name):
    opened.apply(steps.add_feature(opened.annotation.contents, Feature(name, (0, 0, 0))))


def names(opened):
    return [feature.name for feature in opened.annotation.contents.features]


def test_it_is_edited_as_it_was_left_once_the_first_has_closed_it(tomogram):
    first = open_annotation(tomogram, SHAPE)
    add(first, "early")
    assert first.flush(30)
    second = open_annotation(tomogram, SHAPE)
    assert names(second) == ["early"]
    add(first, "late")
    assert take_over(tomogram, SHAPE) is None
    assert first.close()
    taken = take_over(tomogram, SHAPE)
    assert second.close()
    assert taken.messages == ()
    assert names(taken) == ["early", "late"]
    assert location.is_held(tomogram)
    add(taken, "mine")
    assert taken.close()
    again = open_annotation(tomogram, SHAPE)
    assert names(again) == ["early", "late", "mine"]
    again.close()


def test_it_is_edited_once_the_first_was_killed(tomogram):
    command = [sys.executable, "-c", HOLD, str(tomogram)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "saved\n"
        second = open_annotation(tomogram, SHAPE)
        assert second.read_only
        assert second.locked_elsewhere
        assert take_over(tomogram, SHAPE) is None
        process.kill()
    cut_off_a_transaction(second.path)
    taken = take_over(tomogram, SHAPE)
    assert names(taken) == ["first"]
    add(taken, "mine")
    assert taken.close()
    second.close()


def test_what_may_not_be_edited_for_another_reason_is_not_taken_over(tmp_path, tomogram):
    first = open_annotation(tomogram, SHAPE)
    add(first, "early")
    assert first.close()
    linked = tmp_path / "linked.mrc"
    location.annotation_path(linked).symlink_to(first.path)
    before = sorted(tmp_path.iterdir())
    seen = open_annotation(linked, SHAPE)
    assert (seen.read_only, seen.locked_elsewhere) == (True, False)
    again = take_over(linked, SHAPE)
    assert (again.read_only, again.locked_elsewhere) == (True, False)
    assert again.messages == seen.messages
    assert sorted(tmp_path.iterdir()) == before


def test_looking_whether_it_is_held_leaves_nothing_behind(tomogram, monkeypatch):
    assert not location.is_held(tomogram)
    assert list(tomogram.parent.iterdir()) == []

    def read_only(_):
        raise PermissionError

    monkeypatch.setattr(location.Lock, "acquire", read_only)
    assert not location.is_held(tomogram)
