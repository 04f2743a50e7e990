"""Training sets from annotations on the command line, from the very files that the window writes."""

from __future__ import annotations

import json
import shutil
import sqlite3

import mrcfile
import numpy as np
import pytest
import tifffile

from scseg.annotations import steps
from scseg.annotations.feature import COLOURS, Feature
from scseg.annotations.storage.location import annotation_path, fallback_path
from scseg.annotations.storage.opening import open_annotation
from scseg.annotations.storage.side_files import journal_path
from scseg.annotations.storage.writing import save_copy
from scseg.base.labels import BACKGROUND, FEATURE, IGNORE
from scseg.cli import main
from scseg.datasets.normalisation import measure_normalisation
from scseg.datasets.tomogram import open_tomogram
from scseg.datasets.training_sets.training_set import load_training_set
from tests.annotations.side_files import header, super_journal

SHAPE = (5, 50, 60)


def write_tomogram(path, apix, seed):
    values = np.random.default_rng(seed).normal(20.0, 5.0, SHAPE).astype(np.float32)
    with mrcfile.new(path) as mrc:
        mrc.set_data(values)
        mrc.voxel_size = apix
    return path


def annotate(tomogram, *, box_size=16):
    """Draw a membrane of rows 20 to 24 with an ignored end, and boxes, as the window does."""
    membrane = Feature("Membrane", COLOURS[0], box_size=box_size)
    background = Feature("Background", COLOURS[1], box_size=box_size)
    mask = np.zeros(SHAPE[1:], np.uint8)
    mask[20:25] = FEATURE
    mask[20:25, 40:] = IGNORE
    opened = open_annotation(tomogram, SHAPE)
    contents = opened.annotation.contents
    for feature in (membrane, background):
        opened.apply(steps.add_feature(contents, feature))
    opened.apply(steps.change_masks(contents, membrane.id, {1: mask, 2: mask}, "draw"))
    opened.apply(
        steps.change_boxes(contents, membrane.id, add=[(1, 22, 20), (2, 22, 44), (3, 22, 20)])
    )
    opened.apply(steps.change_boxes(contents, background.id, add=[(1, 24, 20), (4, 5, 57)]))
    assert opened.close()
    return annotation_path(tomogram)


@pytest.fixture
def pair(tmp_path):
    """Two annotated tomograms, of 10 and 20 A per pixel."""
    folder = tmp_path / "data"
    folder.mkdir()
    return [
        annotate(write_tomogram(folder / name, apix, seed))
        for seed, (name, apix) in enumerate([("a.mrc", 10.0), ("b.rec", 20.0)])
    ]


def with_a_twin(scna):
    """Add a second feature called Membrane, as earlier programs let users do; it has one box."""
    opened = open_annotation(scna.with_suffix(""), SHAPE)
    twin = Feature("Membrane", COLOURS[2], box_size=16)
    opened.apply(steps.add_feature(opened.annotation.contents, twin))
    opened.apply(steps.change_boxes(opened.annotation.contents, twin.id, add=[(1, 22, 10)]))
    assert opened.close()


def state(folder):
    return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}


def extract(capsys, *arguments):
    code = main.run(["extract", *map(str, arguments)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def made(capsys, tmp_path, *arguments):
    target = tmp_path / "set.scnt"
    code, out, err = extract(capsys, *arguments, "--box-size", 16, "-o", target)
    assert code == 0, err
    return load_training_set(target), out, err


MEMBRANE = ("--positive", "Membrane", "--negative", "Background")


def test_boxes_and_labels_are_those_of_the_annotation(capsys, tmp_path, pair):
    found, out, err = made(capsys, tmp_path, pair[0], *MEMBRANE)
    assert "2 positive and 3 negative boxes" in out
    assert "resampled" not in err
    assert found.features == ("Membrane",)
    assert found.negative_features == ("Background",)
    assert found.apix == 10.0
    assert found.positions.tolist() == [
        [1, 22, 20], [1, 24, 20], [2, 22, 44], [3, 22, 20], [4, 5, 57]
    ]  # fmt: skip
    tomogram = open_tomogram(pair[0].with_suffix(""))
    normal = measure_normalisation(tomogram)
    expected = (tomogram.voxels[1, 14:30, 12:28] - normal.centre) / normal.scale
    np.testing.assert_allclose(found.images[0, 0], expected, rtol=1e-5, atol=1e-5)
    drawn, on_membrane, partly, empty, outside = found.labels
    assert (drawn[6:11] == FEATURE).all()
    assert (np.delete(drawn, range(6, 11), axis=0) == BACKGROUND).all()
    assert (on_membrane == BACKGROUND).all()
    assert (partly[6:11, :4] == FEATURE).all()
    assert (partly[6:11, 4:] == IGNORE).all()
    assert (empty == BACKGROUND).all()
    assert (outside[:3] == IGNORE).all()
    assert (outside[:, 11:] == IGNORE).all()
    assert (outside[3:, :11] == BACKGROUND).all()
    assert found.positive.tolist() == [True, False, True, False, False]


def test_what_lies_beside_an_annotation_is_not_read_and_told(capsys, tmp_path, pair):
    precious = tmp_path / "precious.txt"
    precious.write_bytes(b"of the user")
    strange = journal_path(pair[0])
    strange.write_bytes(header(pair[0].stat().st_size // 4096) + super_journal(precious))
    before = state(pair[0].parent)
    found, _, err = made(capsys, tmp_path, pair[0], *MEMBRANE)
    assert found.positive.sum() == 2
    assert precious.read_bytes() == b"of the user"
    assert f"{strange.name} was not left there by this program" in "".join(err.splitlines())
    assert state(pair[0].parent) == before


def test_two_tomograms_of_different_pixel_sizes(capsys, tmp_path, pair):
    before = state(tmp_path / "data")
    found, _, err = made(capsys, tmp_path, *pair, *MEMBRANE, "--apix", 10)
    assert state(tmp_path / "data") == before, "extraction only looks"
    assert found.apix == 10.0
    assert [source.tomogram for source in found.sources] == ["a.mrc", "b.rec"]
    assert [source.apix for source in found.sources] == [10.0, 20.0]
    assert found.origins.tolist() == [0] * 5 + [1] * 5
    assert "b.rec, which has 20.00" in err
    assert "a.mrc, which" not in err
    # Five rows of 20 A are ten of 10 A.
    assert (found.labels[5] == FEATURE).any(axis=1).sum() == 10


@pytest.mark.parametrize(
    ("apix", "words"), [(10.9, ""), (13, "may be poorer"), (21, "will be poor")]
)
def test_a_pixel_size_far_from_the_data_s_is_told(capsys, tmp_path, pair, apix, words):
    _, _, err = made(capsys, tmp_path, pair[0], *MEMBRANE, "--apix", apix)
    assert ("resampled" in err) == bool(words)
    assert words in err


def test_the_pixel_size_is_asked_for_where_tomograms_differ(capsys, tmp_path, pair):
    code, _, err = extract(capsys, *pair, *MEMBRANE, "-o", tmp_path / "x.scnt")
    assert code == 1
    assert "--apix" in err


def test_a_tomogram_stands_for_its_annotation_and_none_counts_twice(capsys, tmp_path, pair):
    by_annotation, _, _ = made(capsys, tmp_path, pair[0], *MEMBRANE)
    tomogram = pair[0].with_suffix("")
    otherwise = tmp_path / "data" / ".." / "data" / "a.mrc.scna"
    by_both, _, _ = made(capsys, tmp_path, tomogram, pair[0], otherwise, *MEMBRANE)
    assert np.array_equal(by_both.labels, by_annotation.labels)
    assert np.array_equal(by_both.images, by_annotation.images)


def test_an_annotation_in_the_user_s_folder_is_found_by_its_tomogram(capsys, tmp_path, pair):
    tomogram = pair[0].with_suffix("")
    kept = fallback_path(tomogram)
    kept.parent.mkdir(parents=True, exist_ok=True)
    pair[0].rename(kept)
    found, _, _ = made(capsys, tmp_path, tomogram, *MEMBRANE)
    assert len(found.images) == 5
    code, _, err = extract(capsys, kept, *MEMBRANE, "-o", tmp_path / "x.scnt")
    assert code == 1
    assert "name the tomogram itself" in err


def test_an_annotation_called_after_the_tomogram_without_its_ending(capsys, tmp_path, pair):
    short = pair[1].with_name("b.scna")
    pair[1].rename(short)
    assert len(made(capsys, tmp_path, short, *MEMBRANE)[0].images) == 5


def test_what_the_window_has_open_can_be_extracted(capsys, tmp_path, pair):
    opened = open_annotation(pair[0].with_suffix(""), SHAPE)
    try:
        assert len(made(capsys, tmp_path, pair[0], *MEMBRANE)[0].images) == 5
    finally:
        opened.close()


def test_a_transaction_that_was_cut_off_counts_for_nothing_and_is_left_as_it_is(
    capsys, tmp_path, pair
):
    """As a killed window leaves it: the file half changed, and the journal that undoes it."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with sqlite3.connect(pair[0], isolation_level=None) as database:
        database.execute("PRAGMA cache_size = 1")
        database.execute("BEGIN IMMEDIATE")
        database.execute("DELETE FROM box")
        database.executemany(
            "INSERT INTO mask VALUES (?, ?, ?)",
            [("nobody", z, bytes(5000)) for z in range(100)],
        )
        for path in (pair[0].with_suffix(""), pair[0], pair[0].with_name("a.mrc.scna-journal")):
            shutil.copy(path, elsewhere)
        database.execute("ROLLBACK")
    database.close()
    before = state(elsewhere)
    assert before[elsewhere / "a.mrc.scna"][0] != pair[0].read_bytes()
    found, _, _ = made(capsys, tmp_path, elsewhere / "a.mrc.scna", *MEMBRANE)
    assert len(found.images) == 5
    assert state(elsewhere) == before


def test_neighbouring_slices_go_into_the_file(capsys, tmp_path, pair):
    found, _, _ = made(capsys, tmp_path, pair[0], *MEMBRANE, "--depth", 3)
    assert found.depth == 3
    tomogram = open_tomogram(pair[0].with_suffix(""))
    normal = measure_normalisation(tomogram)
    expected = normal.apply(tomogram.voxels[0:3, 14:30, 12:28])
    np.testing.assert_allclose(found.images[0], expected, rtol=1e-5, atol=1e-5)
    with tifffile.TiffFile(tmp_path / "set.scnt") as tiff:
        assert tiff.series[0].axes == "TCYX"
        assert tiff.series[0].shape == (5, 4, 16, 16)
        info = json.loads(tiff.imagej_metadata["Info"])
    assert info["depth"] == 3
    assert info["features"] == ["Membrane"]
    assert info["negative_features"] == ["Background"]
    assert info["positions"][0] == [1, 22, 20]
    assert info["sources"][0]["tomogram"] == "a.mrc"


def test_larger_boxes_than_were_annotated_know_nothing_beyond(capsys, tmp_path):
    annotated = annotate(write_tomogram(tmp_path / "t.mrc", 10.0, 0), box_size=10)
    found, _, _ = made(capsys, tmp_path, annotated, *MEMBRANE)
    inside = np.zeros((16, 16), bool)
    inside[3:13, 3:13] = True
    for label in found.labels[:2]:
        assert (label[~inside] == IGNORE).all()
        assert (label[inside] != IGNORE).all()


def test_unused_features_are_not_sampled(capsys, tmp_path, pair):
    found, _, _ = made(capsys, tmp_path, pair[0], "--positive", "Membrane")
    assert len(found.images) == 3
    assert found.negative_features == ()


def test_info_tells_the_features_of_a_set(capsys, tmp_path, pair):
    made(capsys, tmp_path, pair[0], *MEMBRANE)
    assert main.run(["info", str(tmp_path / "set.scnt"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["features"] == ["Membrane"]
    assert told["negative_features"] == ["Background"]


def test_two_positive_features_are_one_to_the_network(capsys, tmp_path, pair):
    code, out, err = extract(
        capsys, pair[0], "--positive", "Membrane", "--positive", "Background", "--box-size", 16,
        "-o", tmp_path,
    )  # fmt: skip
    assert code == 0, err
    assert "10.00_16_Membrane+Background.scnt" in out
    found = load_training_set(tmp_path / "10.00_16_Membrane+Background.scnt")
    assert found.positive.tolist() == [True, True, True, False, False]


def test_a_tomogram_without_boxes_is_left_out_with_a_word(capsys, tmp_path, pair):
    bare = write_tomogram(tmp_path / "bare.mrc", 10.0, 5)
    found, _, err = made(capsys, tmp_path, pair[0], bare, *MEMBRANE)
    assert len(found.sources) == 1
    assert f"{bare} has no boxes" in err
    assert not annotation_path(bare).exists()


def without_boxes(pair):
    """Remove the boxes of all features but Background."""
    with sqlite3.connect(pair[0]) as database:
        records = dict(database.execute("SELECT name, value FROM record"))
        (membrane,) = (
            each["id"] for each in json.loads(records["features"]) if each["name"] == "Membrane"
        )
        database.execute("DELETE FROM box WHERE feature = ?", (membrane,))
    database.close()


def other_shape(pair):
    with mrcfile.new(pair[0].with_suffix(""), overwrite=True) as mrc:
        mrc.set_data(np.zeros((4, 50, 60), np.float32))
        mrc.voxel_size = 10.0


@pytest.mark.parametrize(
    ("change", "arguments", "words"),
    [
        (None, ("--positive", "membrane"), "There is no feature membrane"),
        (None, ("--positive", "membrane"), "there are Membrane, Background"),
        (None, (*MEMBRANE, "--negative", "Ice"), "There is no feature Ice"),
        (None, (*MEMBRANE, "--depth", 7), "5 slices"),
        (None, (*MEMBRANE, "--apix", 500), "closer"),
        (without_boxes, ("--positive", "Membrane"), "no boxes for Membrane"),
        (without_boxes, MEMBRANE, "No box of 2 holds any Membrane"),
        (other_shape, MEMBRANE, "is of a tomogram of shape"),
        (lambda pair: pair[0].with_suffix("").unlink(), MEMBRANE, "not beside it"),
        (lambda pair: pair[0].unlink(), MEMBRANE, "there is no such file"),
        (lambda pair: pair[0].write_bytes(b"hello" * 99), MEMBRANE, "no annotation"),
    ],
)
def test_what_cannot_be_is_told_and_leaves_nothing(
    capsys, tmp_path, pair, change, arguments, words
):
    if change is not None:
        change(pair)
    code, _, err = extract(capsys, pair[0], *arguments, "--box-size", 16, "-o", tmp_path / "x.scnt")
    assert code == 1
    assert words in err
    assert not (tmp_path / "x.scnt").exists()


def test_where_nothing_is_annotated_that_is_told(capsys, tmp_path):
    bare = write_tomogram(tmp_path / "bare.mrc", 10.0, 5)
    code, _, err = extract(capsys, bare, *MEMBRANE, "-o", tmp_path / "x.scnt")
    assert code == 1
    assert "nothing is annotated there" in err


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--negative", "Background"),
        ("--positive", "Membrane", "--negative", "Membrane"),
        ("--positive", "Membrane", "--mask", "m.mrc"),
        ("--mask", "m.mrc"),
        ("other.mrc", "--mask", "m.mrc", "--boxes", "b.txt"),
        ("--mask", "m.mrc", "--boxes", "b.txt", "--negative", "Background"),
    ],
)
def test_arguments_that_do_not_belong_together_are_refused(capsys, pair, arguments):
    with pytest.raises(SystemExit) as ended:
        extract(capsys, pair[0], *arguments, "-o", "x.scnt")
    assert ended.value.code == 2
    assert "scseg extract: error:" in capsys.readouterr().err


def test_a_copy_of_the_annotation_serves_as_well(capsys, tmp_path, pair):
    opened = open_annotation(pair[0].with_suffix(""), SHAPE)
    opened.close()
    moved = write_tomogram(tmp_path / "moved.mrc", 10.0, 0)
    save_copy(annotation_path(moved), opened.annotation.contents)
    found, _, _ = made(capsys, tmp_path, moved, *MEMBRANE)
    original, _, _ = made(capsys, tmp_path, pair[0], *MEMBRANE)
    assert np.array_equal(found.labels, original.labels)
    assert np.array_equal(found.images, original.images)


def test_two_features_of_one_name_go_by_the_names_that_the_window_shows(capsys, tmp_path, pair):
    with_a_twin(pair[0])
    before = state(pair[0].parent)
    found, _, told = made(capsys, tmp_path, pair[0], "--positive", "Membrane")
    assert found.positions.tolist() == [[1, 22, 20], [2, 22, 44], [3, 22, 20]]
    sentence = f"{pair[0].with_suffix('')} has 2 features called Membrane"
    assert f"{sentence}: they go by Membrane, Membrane (2)." in " ".join(told.split())
    second = ("--positive", "Membrane (2)", "--positive", "Membrane")
    found, _, _ = made(capsys, tmp_path, pair[0], *second)
    assert found.positions.tolist() == [[1, 22, 20], [1, 22, 10], [2, 22, 44], [3, 22, 20]]
    assert found.features == ("Membrane (2)", "Membrane")
    assert state(pair[0].parent) == before
