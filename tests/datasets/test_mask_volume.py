"""Masks in the conventions of other programs: what is taken for the feature, and what the user is asked."""

from __future__ import annotations

import struct
import tracemalloc

import mrcfile
import numpy as np
import pytest
import tifffile

from scseg.base.errors import ScsegError
from scseg.base.labels import BACKGROUND, FEATURE, IGNORE
from scseg.datasets.mask_values import MOST_LABELS, survey
from scseg.datasets.mask_volume import MaskMeaning, read_mask
from scseg.datasets.tomogram import open_tomogram
from tests.datasets.makers import tomogram_of

SHAPE = (5, 12, 15)


@pytest.fixture
def inside(rng):
    inside = rng.random(SHAPE) < 0.3
    inside[0] = False
    return inside


def all_labels(mask):
    return np.stack([mask.labels(z) for z in range(mask.volume.shape[0])])


def with_flags(path, flags):
    """Give an MRC file IMOD's stamp and flags: 1 tells that bytes are signed."""
    raw = bytearray(path.read_bytes())
    struct.pack_into("<ii", raw, 152, 1146047817, flags)
    path.write_bytes(bytes(raw))


def mrc(path, values, flags=None):
    mrcfile.write(path, values, overwrite=True)
    if flags is not None:
        with_flags(path, flags)


def imod_signed(path, inside):
    """IMOD moves bytes by 128 when it saves them as signed."""
    mrc(path, np.where(inside, -127, -128).astype(np.int8), flags=1)


def imod_signed_255(path, inside):
    mrc(path, np.where(inside, 127, -128).astype(np.int8), flags=1)


def imod_unsigned(path, inside):
    mrc(path, np.where(inside, 255, 0).astype(np.uint8).view(np.int8), flags=0)


def bytes_255(path, inside):
    """Bytes 255 of a program without IMOD's flags: the standard says that they are -1."""
    mrc(path, np.where(inside, -1, 0).astype(np.int8))


def mrcfile_0_1(path, inside):
    mrc(path, inside.astype(np.int8))


def relion_or_dynamo(path, inside):
    mrc(path, inside.astype(np.float32))


def amira(path, inside):
    """Materials count from 1 where the exterior is one of them."""
    mrc(path, np.where(inside, 2, 1).astype(np.int8))


def membrain(path, inside):
    mrc(path, inside.astype(np.int16))


def imagej(path, inside):
    tifffile.imwrite(path, np.where(inside, 255, 0).astype(np.uint8), imagej=True)


def one_bit(path, inside):
    tifffile.imwrite(path, inside, photometric="minisblack")


def inverse_of_nothing(path, inside):
    """-1 and 1, as some networks are trained with."""
    mrc(path, np.where(inside, 1, -1).astype(np.float32))


def no_numbers(path, inside):
    """Outside of the specimen there are no numbers."""
    values = inside.astype(np.float32)
    values[0] = np.nan
    tifffile.imwrite(path, values, photometric="minisblack")


@pytest.mark.usefixtures("scseg_home")
@pytest.mark.parametrize(
    ("write", "suffix", "words"),
    [
        (imod_signed, ".mrc", "-128 and -127: -127 is"),
        (imod_signed_255, ".mrc", "-128 and 127: 127 is"),
        (imod_unsigned, ".rec", "0 and 255: 255 is"),
        (bytes_255, ".mrc", "-1 and 0: -1 is"),
        (mrcfile_0_1, ".mrc", "0 and 1: 1 is"),
        (relion_or_dynamo, ".mrc", "0 and 1: 1 is"),
        (amira, ".map", "1 and 2: 2 is"),
        (membrain, ".mrc", "0 and 1: 1 is"),
        (imagej, ".tif", "0 and 255: 255 is"),
        (one_bit, ".tif", "0 and 1: 1 is"),
        (inverse_of_nothing, ".mrc", "-1 and 1: 1 is"),
        (no_numbers, ".tif", "0 and 1: 1 is"),
    ],
)
def test_two_values_of_any_program(tmp_path, inside, write, suffix, words):
    path = tmp_path / f"mask{suffix}"
    write(path, inside)
    mask = read_mask(open_tomogram(path))
    np.testing.assert_array_equal(all_labels(mask) == FEATURE, inside)
    np.testing.assert_array_equal(all_labels(mask) == BACKGROUND, ~inside)
    assert f"{path.name} holds {words} taken for the feature" in mask.told
    assert f"{inside.mean() * 100:.3g} % of the voxels" in mask.told


@pytest.fixture
def labels(rng):
    labels = rng.integers(0, 4, SHAPE)
    labels[:, :2] = 255
    return labels


@pytest.mark.parametrize("dtype", ["i1", "i2", "u2", "f4"])
def test_of_several_labels_one_is_chosen(labels, dtype):
    values = labels.astype("u1").view("i1") if dtype == "i1" else labels.astype(dtype)
    volume = tomogram_of(values, name="mask.mrc")
    with pytest.raises(ScsegError, match=r"mask\.mrc holds the labels .*1, 2, 3.* with --label"):
        read_mask(volume)
    mask = read_mask(volume, MaskMeaning(label=3, ignore=255))
    np.testing.assert_array_equal(all_labels(mask) == FEATURE, labels == 3)
    np.testing.assert_array_equal(all_labels(mask) == IGNORE, labels == 255)
    assert "3 is taken for the feature" in mask.told
    assert "is ignored" in mask.told
    with pytest.raises(ScsegError, match=r"no voxel with the label 7: it holds .*0, 1, 2, 3"):
        read_mask(volume, MaskMeaning(label=7))
    with pytest.raises(ScsegError, match="cannot be both"):
        read_mask(volume, MaskMeaning(label=3, ignore=3))


def test_an_ignore_label_can_leave_two_values(inside, rng):
    unsure = rng.random(SHAPE) < 0.1
    values = np.where(unsure, 2, inside).astype(np.int8)
    mask = read_mask(tomogram_of(values, name="gt.mrc"), MaskMeaning(ignore=2))
    np.testing.assert_array_equal(all_labels(mask), values)  # they are ours by chance
    assert "gt.mrc holds 0 and 1: 1 is taken" in mask.told
    assert "2 is ignored" in mask.told


def test_a_mask_without_the_ignore_label_is_read_all_the_same(inside):
    mask = read_mask(tomogram_of(inside.astype(np.int8)), MaskMeaning(ignore=2))
    np.testing.assert_array_equal(all_labels(mask) == FEATURE, inside)
    assert "2 is ignored, 0 %" in mask.told


@pytest.mark.parametrize("scale", [1, 20, -7])
def test_scores_want_a_threshold(rng, scale):
    scores = (rng.random((5, 40, 45)) * scale).astype(np.float32)
    volume = tomogram_of(scores, name="p.mrc")
    with pytest.raises(ScsegError, match=r"p\.mrc holds scores from .* with --threshold") as raised:
        read_mask(volume)
    proposed = float(str(raised.value).rpartition(" ")[2].rstrip("."))
    assert scores.min() < proposed < scores.max()
    mask = read_mask(volume, MaskMeaning(threshold=float(scores[0, 0, 0])))
    np.testing.assert_array_equal(all_labels(mask) == FEATURE, scores >= scores[0, 0, 0])
    assert "and above are taken" in mask.told


def test_scores_in_whole_numbers_are_not_taken_for_labels_without_a_word(rng):
    """As this program writes them: 0 to 127."""
    scores = rng.integers(0, 128, (5, 40, 45)).astype(np.int8)
    with pytest.raises(ScsegError, match="if these are scores, from which on, with --threshold"):
        read_mask(tomogram_of(scores))
    mask = read_mask(tomogram_of(scores), MaskMeaning(threshold=64))
    np.testing.assert_array_equal(all_labels(mask) == FEATURE, scores >= 64)


def test_more_labels_than_can_be_listed(rng):
    """Numbered ribosomes: one of them can be had, and a threshold takes all."""
    numbers = rng.integers(0, MOST_LABELS + 500, (5, 40, 45)).astype(np.uint16)
    volume = tomogram_of(numbers)
    with pytest.raises(ScsegError, match="--threshold"):
        read_mask(volume)
    one = all_labels(read_mask(volume, MaskMeaning(label=17)))
    np.testing.assert_array_equal(one == FEATURE, numbers == 17)


@pytest.mark.parametrize("dtype", ["i1", "i2", "f4"])
def test_one_value_tells_nothing(dtype):
    empty = read_mask(tomogram_of(np.zeros(SHAPE, dtype)))
    assert not all_labels(empty).any()
    assert "nothing of it is taken" in empty.told
    # All of it the feature, or none of an IMOD file of signed bytes?
    for value in (1, -128):
        with pytest.raises(ScsegError, match=f"holds the label {value}: say"):
            read_mask(tomogram_of(np.full(SHAPE, value, dtype)))
    all_of_it = read_mask(tomogram_of(np.ones(SHAPE, dtype)), MaskMeaning(label=1))
    assert all_labels(all_of_it).all()


def test_a_volume_without_numbers():
    mask = read_mask(tomogram_of(np.full(SHAPE, np.nan, np.float32)))
    assert not all_labels(mask).any()


def test_values_are_counted_over_all_slices():
    values = np.zeros((6, 30, 30), np.int32)
    for z in range(6):
        values[z, :, z] = 100_000 * z
    found = survey(tomogram_of(values.astype(np.float32)))
    assert found.counts == dict(
        zip(*(each.tolist() for each in np.unique(values, return_counts=True)), strict=True)
    )


def test_a_volume_is_looked_at_slice_by_slice(tmp_path, rng):
    side = 700
    with mrcfile.new_mmap(tmp_path / "m.mrc", (40, side, side), mrc_mode=2) as file:
        file.data[:] = rng.random((side, side), np.float32)
    volume = open_tomogram(tmp_path / "m.mrc")
    tracemalloc.start()
    try:
        assert survey(volume).kind() == "scores"
        assert tracemalloc.get_traced_memory()[1] < 10 * side * side * 4
    finally:
        tracemalloc.stop()
