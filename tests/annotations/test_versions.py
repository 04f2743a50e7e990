"""Annotations of other versions: one file of each format is kept in data/, and opens equal for ever."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from scseg.annotations import steps
from scseg.annotations.contents import Contents
from scseg.annotations.crop import Crop
from scseg.annotations.feature import Feature
from scseg.annotations.storage import location
from scseg.annotations.storage.database import FORMAT
from scseg.annotations.storage.opening import open_annotation, take_over
from scseg.annotations.storage.read_only import read_annotation
from scseg.annotations.storage.relocate import read_left_behind
from scseg.base.errors import ScsegError

SHAPE = (4, 12, 10)
DATA = Path(__file__).parent / "data"


@pytest.fixture
def tomogram(tmp_path):
    return tmp_path / "t.mrc"


def put(number, tomogram):
    path = location.annotation_path(tomogram)
    shutil.copyfile(DATA / f"format_{number}.scna", path)
    return path


def check(contents):
    membrane, ribosome = contents.features
    assert membrane == Feature(
        "Membran ä", (0.25, 0.5, 1.0), "m", brush_px=2.5, alpha=0.75, box_size=32
    )
    assert ribosome == Feature("Ribosome", (1.0, 0.0, 0.0), "r", show=False)
    y, x = np.mgrid[:12, :10]
    assert set(contents.masks) == {("m", 1), ("m", 3)}
    np.testing.assert_array_equal(contents.mask("m", 1), (y + x) % 3)
    np.testing.assert_array_equal(contents.mask("m", 3), y < 4)
    assert contents.boxes == {("m", 1): {(5, 6)}, ("m", 3): {(0, 9)}, ("r", 0): {(11, 0)}}
    assert contents.crop == Crop(0, 3, 2, 9, 1, 8, enabled=True)
    assert contents.contrast == '{"auto": false, "minimum": -0.25}'


@pytest.mark.parametrize("number", range(1, FORMAT + 1))
def test_an_older_one_is_read_and_goes_on(tomogram, number):
    path = put(number, tomogram)
    check(read_annotation(tomogram, SHAPE))
    assert path.read_bytes() == (DATA / f"format_{number}.scna").read_bytes()
    opened = open_annotation(tomogram, SHAPE)
    assert not opened.read_only
    assert opened.messages == ()
    check(opened.annotation.contents)
    opened.apply(steps.add_feature(opened.annotation.contents, Feature("New", (0, 0, 0))))
    assert opened.close()
    features = read_annotation(tomogram, SHAPE).features
    assert [feature.name for feature in features] == ["Membran ä", "Ribosome", "New"]


@pytest.mark.parametrize("way", [open_annotation, read_annotation, read_left_behind, take_over])
def test_a_newer_one_is_told_and_left_as_it_is(tomogram, way):
    path = put(FORMAT, tomogram)
    raw = path.read_bytes()
    newer = raw[:60] + (FORMAT + 1).to_bytes(4) + raw[64:]
    path.write_bytes(newer)
    with pytest.raises(ScsegError, match=r"newer version .* install that version to open it\.$"):
        way(tomogram, SHAPE)
    assert {each.name: each.read_bytes() for each in tomogram.parent.iterdir()} == {
        path.name: newer
    }


def test_nothing_replaces_a_newer_one_while_somebody_draws(tomogram):
    opened = open_annotation(tomogram, SHAPE)
    opened.apply(steps.add_feature(opened.annotation.contents, Feature("Mine", (0, 0, 0))))
    assert opened.flush(30)
    raw = put(FORMAT, tomogram).read_bytes()
    newer = raw[:60] + (FORMAT + 1).to_bytes(4) + raw[64:]
    opened.path.write_bytes(newer)
    opened.apply(steps.add_feature(opened.annotation.contents, Feature("More", (0, 0, 0))))
    assert not opened.flush(0.1)
    assert "another program has changed it" in opened.state.problem
    assert opened.path.read_bytes() == newer
    assert not opened.close(0.1)


def test_an_empty_annotation_is_of_the_format_of_today(tomogram):
    opened = open_annotation(tomogram, SHAPE)
    assert opened.annotation.contents == Contents.empty(SHAPE)
    opened.apply(steps.add_feature(opened.annotation.contents, Feature("Mine", (0, 0, 0))))
    assert opened.close()
    assert int.from_bytes(opened.path.read_bytes()[60:64]) == FORMAT
