"""Annotations that follow a moved tomogram."""

from __future__ import annotations

import pytest

from scseg.annotations.contents import Contents
from scseg.annotations.feature import Feature
from scseg.annotations.storage import relocate
from scseg.annotations.storage.location import annotation_path, fallback_path
from scseg.annotations.storage.opening import open_annotation
from scseg.annotations.storage.relocate import copy_to_moved_tomogram, read_left_behind
from scseg.annotations.storage.writing import save_copy
from scseg.base.errors import ScsegError

SHAPE = (3, 8, 9)


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch):
    monkeypatch.setenv("SCSEG_HOME", str(tmp_path / "home"))


def contents(name="Membrane"):
    made = Contents.empty(SHAPE)
    made.features = (Feature(name, (0.1, 0.2, 0.3)),)
    return made


def opened(tomogram):
    annotated = open_annotation(tomogram, SHAPE)
    annotated.close()
    return annotated.annotation.contents


def test_it_is_there_when_the_tomogram_is_opened_at_its_new_place(tmp_path):
    old, new = tmp_path / "old.mrc", tmp_path / "new.mrc"
    save_copy(annotation_path(old), contents())
    copy_to_moved_tomogram(read_left_behind(old, SHAPE), new)
    assert opened(new).features == opened(old).features
    assert opened(new).features[0].name == "Membrane"


def test_one_that_was_moved_along_is_left_as_it_is(tmp_path):
    new = tmp_path / "new.mrc"
    save_copy(annotation_path(new), contents("moved along"))
    copy_to_moved_tomogram(contents("old"), new)
    assert opened(new).features[0].name == "moved along"


def test_nothing_is_written_where_nothing_is_annotated(tmp_path):
    copy_to_moved_tomogram(Contents.empty(SHAPE), tmp_path / "new.mrc")
    assert not annotation_path(tmp_path / "new.mrc").exists()
    assert read_left_behind(tmp_path / "old.mrc", SHAPE) is None


def test_a_folder_that_takes_no_file_sends_it_to_the_users_own(tmp_path, monkeypatch):
    new = tmp_path / "new.mrc"

    def read_only(path, what):
        if path.parent == tmp_path:
            raise ScsegError("you may not write there")
        save_copy(path, what)

    monkeypatch.setattr(relocate, "save_copy", read_only)
    copy_to_moved_tomogram(contents(), new)
    assert fallback_path(new).exists()
    assert opened(new).features[0].name == "Membrane"


def test_a_damaged_one_is_told_and_left(tmp_path):
    damaged = annotation_path(tmp_path / "old.mrc")
    damaged.write_bytes(b"words" * 999)
    with pytest.raises(ScsegError, match=r"old\.mrc\.scna"):
        read_left_behind(tmp_path / "old.mrc", SHAPE)
    assert damaged.read_bytes() == b"words" * 999
