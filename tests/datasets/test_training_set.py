"""Training sets on disk: what ImageJ reads, what comes back, what is refused."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st

from scseg.base.errors import CancelledError, ScsegError
from scseg.datasets.training_sets.training_set import (
    SourceTomogram,
    TrainingSet,
    check_fits_in_file,
    default_file_name,
    fingerprint,
    load_training_set,
    save_training_set,
)


def made(count=3, depth=1, box=8, seed=0):
    random = np.random.default_rng(seed)
    return TrainingSet(
        images=random.normal(size=(count, depth, box, box)).astype(np.float32),
        labels=random.integers(0, 3, (count, box, box)).astype(np.uint8),
        positions=random.integers(0, 99, (count, 3)),
        origins=np.zeros(count, np.int64),
        apix=13.92,
        features=("Membrane",),
        sources=(SourceTomogram("a.mrc", 13.92, 5.0, 2.0),),
        normalisation="tomogram quantiles 1",
        negative_features=("Background", "Ice"),
    )


def same(a, b):
    return all(
        np.array_equal(getattr(a, name), getattr(b, name))
        for name in ("images", "labels", "positions", "origins")
    ) and all(
        getattr(a, name) == getattr(b, name)
        for name in ("apix", "features", "negative_features", "sources", "normalisation")
    )


@given(st.integers(1, 5), st.integers(1, 4), st.integers(4, 20), st.integers(0, 9))
def test_a_saved_set_reads_back_equal(tmp_path_factory, count, depth, box, seed):
    path = tmp_path_factory.mktemp("sets") / "x.scnt"
    original = made(count, depth, box, seed)
    save_training_set(original, path)
    loaded = load_training_set(path)
    assert same(loaded, original)
    assert fingerprint(loaded) == fingerprint(original)


def test_a_set_that_is_written_in_pieces_reads_back_equal(tmp_path):
    told = []
    original = made(count=300, depth=2, box=64)
    save_training_set(original, tmp_path / "x.scnt", lambda done, _: told.append(done))
    assert same(load_training_set(tmp_path / "x.scnt"), original)
    assert len(told) > 2
    assert told == sorted(told)


def test_a_save_that_is_cancelled_leaves_the_older_file(saved):
    def stop(*_):
        raise CancelledError

    before = saved.read_bytes()
    with pytest.raises(CancelledError):
        save_training_set(made(count=9), saved, stop)
    assert saved.read_bytes() == before
    assert list(saved.parent.iterdir()) == [saved]


@pytest.mark.parametrize("depth", [1, 3])
def test_other_programs_find_all_axes_even_of_one_box(tmp_path, depth):
    original = made(count=1, depth=depth)
    save_training_set(original, tmp_path / "x.scnt")
    with tifffile.TiffFile(tmp_path / "x.scnt") as tiff:
        assert tiff.is_imagej
        stack = tiff.series[0].asarray(squeeze=False)
        assert tiff.series[0].get_axes(squeeze=False).replace("Z", "").replace("S", "") == "TCYX"
    assert np.array_equal(stack.reshape(1, depth + 1, 8, 8)[:, :depth], original.images)


def test_imagej_reads_a_hyperstack_in_nanometres(tmp_path):
    """Field by field what ImageJ's TiffDecoder takes from a file."""
    original = made(count=5, depth=3, box=16)
    save_training_set(original, tmp_path / "x.scnt")
    with tifffile.TiffFile(tmp_path / "x.scnt") as tiff:
        page = tiff.pages[0]
        description = dict(
            line.split("=", 1)
            for line in page.tags["ImageDescription"].value.splitlines()
            if "=" in line
        )
        assert description["ImageJ"]
        assert description["images"] == "20"
        assert description["channels"] == "4"
        assert description["frames"] == "5"
        assert description["hyperstack"] == "true"
        assert description["unit"] == "nm"
        assert tiff.series[0].axes == "TCYX"
        assert tiff.series[0].shape == (5, 4, 16, 16)
        assert page.dtype == np.float32
        assert page.compression == tifffile.COMPRESSION.NONE
        assert page.tags["ResolutionUnit"].value == 1
        numerator, denominator = page.tags["XResolution"].value
        assert numerator / denominator == pytest.approx(1 / 1.392, rel=1e-4)
        info = json.loads(tiff.imagej_metadata["Info"])
        assert info["apix"] == 13.92
        assert info["features"] == ["Membrane"]
        assert info["negative_features"] == ["Background", "Ice"]
        assert info["sources"][0]["tomogram"] == "a.mrc"
        assert len(info["positions"]) == 5
        # ImageJ itself finds further images by the first one's place and their size alone.
        start = page.dataoffsets[0]
        count = 5 * 4 * 16 * 16
    raw = np.fromfile(tmp_path / "x.scnt", tiff.byteorder + "f4", count, offset=start)
    stack = raw.reshape(5, 4, 16, 16)
    assert np.array_equal(stack[:, :3], original.images)
    assert np.array_equal(stack[:, 3], original.labels)


def test_a_set_saved_again_by_another_tiff_writer_still_opens(tmp_path):
    original = made()
    save_training_set(original, tmp_path / "x.scnt")
    with tifffile.TiffFile(tmp_path / "x.scnt") as tiff:
        stack, info = tiff.asarray(), tiff.imagej_metadata["Info"]
    tifffile.imwrite(
        tmp_path / "y.scnt", stack, imagej=True, metadata={"axes": "TCYX", "Info": info}
    )
    assert same(load_training_set(tmp_path / "y.scnt"), original)


def test_the_default_name():
    assert default_file_name(13.92, 64, ("Membrane",)) == "13.92_64_Membrane.scnt"
    assert default_file_name(13.92, 64, ("Membrane",), 3) == "13.92_64x3_Membrane.scnt"


def test_over_4_gb_is_refused_with_the_count_that_fits():
    check_fits_in_file(100_000, 1, 64)
    with pytest.raises(ScsegError, match=r"at most (\d+) boxes") as raised:
        check_fits_in_file(200_000, 1, 64)
    fit = int(str(raised.value).split("at most ")[1].split()[0])
    check_fits_in_file(fit, 1, 64)
    assert fit * 2 * 64 * 64 * 4 < 2**32


def test_an_empty_set_is_not_written(tmp_path):
    with pytest.raises(ScsegError, match="no boxes"):
        save_training_set(made(count=0), tmp_path / "x.scnt")
    assert not list(tmp_path.iterdir())


def write_stack(path, stack, info):
    tifffile.imwrite(path, stack, imagej=True, metadata={"axes": "TCYX", "Info": json.dumps(info)})


def info_of(path):
    with tifffile.TiffFile(path) as tiff:
        return json.loads(tiff.imagej_metadata["Info"]), tiff.asarray()


@pytest.fixture
def saved(tmp_path):
    save_training_set(made(), tmp_path / "x.scnt")
    return tmp_path / "x.scnt"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda info, stack: (info | {"box_size": 9}, stack), "shape"),
        (lambda info, stack: (info | {"count": 2**40}, stack), "shape"),
        (lambda info, stack: (info | {"count": -3}, stack), "positive"),
        (lambda info, stack: (info | {"count": "many"}, stack), "damaged"),
        (lambda info, stack: (info | {"depth": None}, stack), "damaged"),
        (lambda info, stack: (info | {"apix": 0}, stack), "A per pixel"),
        (lambda info, stack: (info | {"apix": float("nan")}, stack), "NaN"),
        (lambda info, stack: (info | {"positions": [[1]]}, stack), "damaged"),
        (lambda info, stack: (info | {"origins": [2**70] * 3}, stack), "damaged"),
        (lambda info, stack: (info | {"sources": [{"x": 1}]}, stack), "damaged"),
        (lambda info, stack: (info | {"origins": [9] * 3}, stack), "other than the"),
        (lambda info, stack: (info | {"origins": [-1] * 3}, stack), "other than the"),
        (
            lambda info, stack: (info | {"sources": [info["sources"][0] | {"apix": 0}]}, stack),
            "A per pixel",
        ),
        (
            lambda info, stack: (
                info | {"sources": [info["sources"][0] | {"scale": "nan"}]},
                stack,
            ),
            "'nan' is no number",
        ),
        (
            lambda info, stack: (info | {"sources": [info["sources"][0] | {"new": 1}]}, stack),
            "damaged",
        ),
        (lambda info, stack: (info | {"sources": ["a.mrc"]}, stack), "damaged"),
        (lambda info, stack: (info | {"apix": 1e-320}, stack), "A per pixel"),
        (lambda info, stack: (info | {"negative_features": 3}, stack), "damaged"),
        (lambda info, stack: (info | {"version": 2}, stack), "newer"),
        (lambda info, stack: (info | {"version": None}, stack), "damaged"),
        (lambda info, stack: (info | {"format": "other"}, stack), "not a training set"),
        (lambda info, stack: (info, stack + 0.5), "labels"),
        (lambda info, stack: (info, stack * np.float32("nan")), "not numbers"),
        (lambda info, stack: (info, stack.astype(np.uint16)), "uint16"),
        (lambda info, stack: (info, stack[:2]), "shape"),
        (lambda info, stack: (info, stack[..., :4]), "shape"),
    ],
)
def test_a_set_of_the_wrong_shape_or_content_is_refused(saved, change, words):
    info, stack = change(*info_of(saved))
    with np.errstate(all="ignore"):
        write_stack(saved, stack, info)
    with pytest.raises(ScsegError, match=words):
        load_training_set(saved)


def test_a_set_that_does_not_name_its_negative_features_opens(saved):
    info, stack = info_of(saved)
    del info["negative_features"]
    write_stack(saved, stack, info)
    assert load_training_set(saved).negative_features == ()


def test_a_truncated_set_is_refused(saved):
    content = saved.read_bytes()
    saved.write_bytes(content[: len(content) * 3 // 4])
    with pytest.raises(ScsegError):
        load_training_set(saved)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"hello", r"x\.scnt is not a training set of this program: make one with 'Generate set'"),
        (b"II", "not a training set of this program"),
        (b"II*\0\xff\xff\xff\x7f", "not a training set|damaged"),
    ],
)
def test_other_files_are_refused(tmp_path, content, words):
    path = tmp_path / "x.scnt"
    path.write_bytes(content)
    with pytest.raises(ScsegError, match=words):
        load_training_set(path)


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path):
    with pytest.raises(ScsegError, match="there is no such file"):
        load_training_set(tmp_path / "x.scnt")
    with pytest.raises(ScsegError, match="folder"):
        load_training_set(tmp_path)


def test_a_plain_tiff_is_refused(tmp_path):
    tifffile.imwrite(tmp_path / "x.tif", np.zeros((4, 4), np.float32))
    with pytest.raises(ScsegError, match="scseg extract"):
        load_training_set(tmp_path / "x.tif")


@given(st.data())
def test_any_flipped_bytes_open_or_are_refused_in_a_sentence(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("sets") / "x.scnt"
    save_training_set(made(count=1, box=4), path)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(content))
    # Any other exception fails the test.
    with contextlib.suppress(ScsegError):
        load_training_set(path)


def test_an_older_file_survives_a_failed_save(saved, monkeypatch):
    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    before = saved.read_bytes()
    monkeypatch.setattr(tifffile, "imwrite", full)
    with pytest.raises(ScsegError, match="disk is full"):
        save_training_set(replace(made(), apix=5.0), saved)
    assert saved.read_bytes() == before
    assert list(saved.parent.iterdir()) == [saved]
