"""Every fault of an annotation's file is told and leaves it as it was; a full disk loses nothing."""

from __future__ import annotations

import json
import os
import re
import resource
import sqlite3

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scseg.annotations import steps
from scseg.annotations.contents import Contents
from scseg.annotations.feature import Feature
from scseg.annotations.storage import location
from scseg.annotations.storage.opening import open_annotation
from scseg.annotations.storage.reading import read_database
from scseg.annotations.storage.writing import save_copy
from scseg.base.errors import ScsegError
from tests.fakes.bounded_memory import bounded_memory
from tests.fakes.disks import fill, small_disk

SHAPE = (5, 64, 48)
ANEW = "restore it from a backup, or move it away to begin anew."


@pytest.fixture(scope="module")
def valid(tmp_path_factory):
    contents = Contents.empty(SHAPE)
    contents.apply(steps.add_feature(contents, Feature("Membrane", (1, 0, 0), id="m")))
    masks = np.random.default_rng(0).integers(0, 3, SHAPE, dtype=np.uint8)
    contents.apply(steps.change_masks(contents, "m", dict(enumerate(masks)), "draw"))
    boxes = [(z, y, 5) for z in range(5) for y in range(9)]
    contents.apply(steps.change_boxes(contents, "m", add=boxes))
    path = tmp_path_factory.mktemp("valid") / "valid.scna"
    save_copy(path, contents)
    return path.read_bytes()


@pytest.fixture
def tomogram(tmp_path):
    return tmp_path / "t.mrc"


@pytest.fixture
def with_500_mb():
    with bounded_memory(500_000_000):
        yield


def refusal(tomogram, content):
    """Return why a file is refused, after a look that it was left alone and that nothing stays locked."""
    path = location.annotation_path(tomogram)
    path.write_bytes(content)
    with pytest.raises(ScsegError) as caught:
        open_annotation(tomogram, SHAPE)
    assert path.read_bytes() == content
    assert {each.name for each in tomogram.parent.iterdir()} == {path.name}
    sentence = str(caught.value)
    assert sentence.startswith(f"{path} ") or sentence.startswith(f"Cannot read {path}: ")
    return sentence.removeprefix(f"{path} ")


def changed(valid, folder, *statements):
    """Return the bytes of a file after SQL that whoever made it may have run."""
    path = folder / "made"
    path.write_bytes(valid)
    database = sqlite3.connect(path, isolation_level=None)
    for statement in statements:
        database.execute(*(statement if isinstance(statement, tuple) else (statement,)))
    database.close()
    return path.read_bytes()


def another_database(_):
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE record (name, value)")
    return database.serialize()


FOREIGN = "is no annotation of this program, whatever its name says; move it away to begin anew."
RAW_FAULTS = {
    "text": (lambda _: b"not a database\n" * 100, FOREIGN),
    "pickle": (lambda _: b"\x80\x04\x95" + bytes(500), FOREIGN),
    "one byte": (lambda _: b"S", FOREIGN),
    "another database": (another_database, FOREIGN),
    "newer": (
        lambda raw: raw[:60] + (2).to_bytes(4) + raw[64:],
        "was written by a newer version of this program (format 2, this one knows 1); "
        "install that version to open it.",
    ),
    "write-ahead log": (
        lambda raw: raw[:18] + b"\x02\x02" + raw[20:],
        f"is damaged (its header); {ANEW}",
    ),
    "half": (
        lambda raw: raw[: len(raw) // 2],
        f"is damaged (database disk image is malformed); {ANEW}",
    ),
    "header only": (
        lambda raw: raw[:100],
        f"is damaged (database disk image is malformed); {ANEW}",
    ),
}


@pytest.mark.usefixtures("with_500_mb")
@pytest.mark.parametrize("fault", RAW_FAULTS)
def test_what_is_no_annotation(tomogram, valid, fault):
    damage, sentence = RAW_FAULTS[fault]
    assert refusal(tomogram, damage(valid)) == sentence


SQL_FAULTS = {
    "a trigger": (
        ["CREATE TRIGGER t AFTER INSERT ON mask BEGIN DELETE FROM mask; END"],
        "it has other tables",
    ),
    "a view for a table": (
        ["DROP TABLE box", "CREATE VIEW box AS SELECT 1 AS feature, 2 AS z, 3 AS y, 4 AS x"],
        "it has other tables",
    ),
    "another column": (["ALTER TABLE mask ADD COLUMN more"], "it has other tables"),
    "an index": (["CREATE INDEX i ON mask (packed)"], "it has other tables"),
    "a mask of nothing": (["UPDATE mask SET packed = x''"], "a mask is not of the tomogram's size"),
    "a mask of noise": (["UPDATE mask SET packed = x'123456'"], "a mask cannot be unpacked"),
    "a text as mask": (["UPDATE mask SET packed = 'text'"], "a mask is no mask"),
    "a mask beyond": (
        ["UPDATE mask SET z = 5 WHERE z = 4"],
        "something lies outside of the tomogram",
    ),
    "a mask at no number": (["UPDATE mask SET z = 'a' WHERE z = 4"], "something lies outside"),
    "a box beyond": (
        ["UPDATE box SET x = 48 WHERE y = 1"],
        "something lies outside of the tomogram",
    ),
    "a box below": (["UPDATE box SET y = -1 WHERE y = 1 AND z = 1"], "something lies outside"),
    "a nameless feature": (["UPDATE mask SET feature = x'00' WHERE z = 1"], "of no feature"),
    "no records": (["DELETE FROM record"], "'shape'"),
    "no list": (
        ["UPDATE record SET value = '{}' WHERE name = 'features'"],
        "its features are no list",
    ),
    "no feature": (["UPDATE record SET value = '[7]' WHERE name = 'features'"], "no feature"),
    "deep": (
        [("UPDATE record SET value = ? WHERE name = 'features'", ("[" * 100_000,))],
        "nested too deeply",
    ),
    "huge": (["UPDATE mask SET packed = zeroblob(30000000)"], "string or blob too big"),
    "huge text": (
        ["UPDATE record SET value = hex(zeroblob(20000000)) WHERE name = 'crop'"],
        "string or blob too big",
    ),
    "no text": (["UPDATE record SET value = x'ff'"], "a record is no text"),
    "no utf-8": (["UPDATE record SET value = CAST(x'ff' AS TEXT)"], "Could not decode to UTF-8"),
    "no crop": (["UPDATE record SET value = '[1, 2]' WHERE name = 'crop'"], "no crop"),
    "a contrast of words": (
        ["UPDATE record SET value = '3' WHERE name = 'contrast'"],
        "its contrast is no record",
    ),
    "too many boxes": (
        [
            "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) "
            "INSERT INTO box SELECT i, 0, 0, 0 FROM n"
        ],
        "too many boxes",
    ),
}


@pytest.mark.usefixtures("with_500_mb")
@pytest.mark.parametrize("fault", SQL_FAULTS)
def test_what_is_wrong_inside(tomogram, tmp_path_factory, valid, fault):
    statements, detail = SQL_FAULTS[fault]
    content = changed(valid, tmp_path_factory.mktemp("made"), *statements)
    sentence = refusal(tomogram, content)
    assert sentence.startswith("is damaged (")
    assert detail in sentence
    assert sentence.endswith(ANEW)


FEATURE = {"name": "a", "colour": [0, 0, 0], "id": "a"}


@pytest.mark.parametrize(
    "feature",
    [
        {"name": "a"},
        FEATURE | {"name": ""},
        FEATURE | {"name": "x" * 101},
        FEATURE | {"name": 5},
        FEATURE | {"colour": [0, 0]},
        FEATURE | {"colour": [0, 0, 2]},
        FEATURE | {"colour": [0, 0, "0"]},
        FEATURE | {"colour": "red"},
        FEATURE | {"brush_px": float("nan")},
        FEATURE | {"brush_px": float("inf")},
        FEATURE | {"brush_px": -1},
        FEATURE | {"alpha": True},
        FEATURE | {"box_size": 2.5},
        FEATURE | {"box_size": 10**9},
        FEATURE | {"show": 1},
        FEATURE | {"id": "m"},
    ],
)
def test_features_out_of_bounds(tomogram, tmp_path_factory, valid, feature):
    listed = [FEATURE | {"id": "m"}, feature]
    change = ("UPDATE record SET value = ? WHERE name = 'features'", (json.dumps(listed),))
    content = changed(valid, tmp_path_factory.mktemp("made"), change)
    assert refusal(tomogram, content).startswith("is damaged (")


def test_the_annotation_of_another_tomogram(tomogram, valid):
    location.annotation_path(tomogram).write_bytes(valid)
    with pytest.raises(
        ScsegError, match=r"of shape \[5, 64, 48\] .* has \[5, 64, 49\]; move it away"
    ):
        open_annotation(tomogram, (5, 64, 49))


def test_an_empty_file_and_a_folder(tomogram):
    assert "it is empty" in refusal(tomogram, b"")
    path = location.annotation_path(tomogram)
    path.unlink()
    path.mkdir()
    with pytest.raises(ScsegError, match="it is a folder"):
        open_annotation(tomogram, SHAPE)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.usefixtures("with_500_mb")
@given(
    changes=st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 255)), max_size=8),
    length=st.integers(1, 10**6),
)
def test_any_change_of_a_file_opens_or_is_told(tmp_path, valid, changes, length):
    raw = bytearray(valid)
    for at, bits in changes:
        raw[at % len(raw)] ^= bits
    path = tmp_path / "t.scna"
    path.write_bytes(raw[:length])
    try:
        contents, _ = read_database(path, SHAPE)
    except ScsegError:
        pass
    else:
        for feature, z in contents.masks:
            assert contents.mask(feature, z).max() <= 2
    assert path.read_bytes() == bytes(raw[:length])


@pytest.fixture
def disk(tmp_path):
    """A disk of 1 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    with small_disk(folder):
        yield folder


def scribble(opened, rng, z):
    """Draw noise, which takes as much room as a mask can."""
    stroke = opened.annotation.begin_stroke("m", z)
    stroke.values[:] = rng.integers(0, 2, stroke.values.shape)
    opened.keep(stroke.finish())


@pytest.mark.parametrize("from_start", [False, True])
def test_a_full_disk_loses_nothing(disk, rng, from_start):
    shape = (40, 256, 256)
    opened = open_annotation(disk / "t.mrc", shape)
    opened.apply(steps.add_feature(opened.annotation.contents, Feature("M", (1, 0, 0), id="m")))
    if not from_start:
        scribble(opened, rng, 0)
        assert opened.flush(30)
    on_disk = opened.annotation.contents.snapshot()
    ballast = disk / "ballast"
    fill(ballast)
    for z in range(1, 20):
        scribble(opened, rng, z)
    assert not opened.flush(0.5)
    sentence = f"Cannot write {opened.path}: the disk is full; free some space"
    assert re.match(re.escape(sentence), opened.state.problem)
    assert opened.state.waiting > 0
    if not from_start:
        assert read_database(opened.path, shape)[0] == on_disk
    ballast.unlink()
    assert opened.flush(30)
    assert read_database(opened.path, shape)[0] == opened.annotation.contents
    assert opened.close()


def test_a_disk_that_fails_without_a_mount(tmp_path, rng):
    """The same with a limit on the size of files, which everybody may set."""
    shape = (40, 256, 256)
    opened = open_annotation(tmp_path / "t.mrc", shape)
    opened.apply(steps.add_feature(opened.annotation.contents, Feature("M", (1, 0, 0), id="m")))
    assert opened.flush(30)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, limits[1]))
    try:
        for z in range(20):
            scribble(opened, rng, z)
        assert not opened.flush(0.5)
        assert opened.state.problem.startswith(f"Cannot write {opened.path}: ")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert opened.flush(30)
    assert read_database(opened.path, shape)[0] == opened.annotation.contents
    assert opened.close()


@pytest.mark.parametrize("left", range(4))
def test_a_process_without_handles_loses_nothing(tmp_path, rng, left):
    shape = (4, 64, 64)
    opened = open_annotation(tmp_path / "t.mrc", shape)
    opened.apply(steps.add_feature(opened.annotation.contents, Feature("M", (1, 0, 0), id="m")))
    assert opened.flush(30)
    before = opened.annotation.contents.snapshot()
    scribble_with_handles(opened, rng, left)
    assert read_database(opened.path, shape)[0] in (before, opened.annotation.contents)
    assert opened.flush(30)
    assert read_database(opened.path, shape)[0] == opened.annotation.contents
    assert opened.close()


def scribble_with_handles(opened, rng, left):
    """Draw while the process may have so many handles more than it has."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = os.open("/dev/null", os.O_RDONLY)
    os.close(free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free + left, limits[1]))
    try:
        scribble(opened, rng, 1)
        if not opened.flush(0.2):
            assert opened.state.problem.startswith(f"Cannot write {opened.path}: ")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
