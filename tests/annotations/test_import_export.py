"""Boxes and masks as other programs see them, and masks of theirs."""

from __future__ import annotations

import mrcfile
import numpy as np
import pytest

from scseg.annotations import steps
from scseg.annotations.contents import Contents
from scseg.annotations.feature import Feature
from scseg.annotations.import_export import (
    import_volume,
    look_at_volume,
    write_boxes,
    write_slice_mask,
    write_volume_mask,
)
from scseg.base.errors import CancelledError, ScsegError
from scseg.datasets.coordinates.reading import read_coordinates
from scseg.datasets.mask_volume import MaskMeaning, decided, read_mask
from scseg.datasets.tomogram import open_tomogram
from tests.datasets.makers import tomogram_of

SHAPE = (5, 12, 15)


@pytest.fixture
def masks(rng):
    masks = rng.integers(0, 3, SHAPE, dtype=np.uint8)
    masks[2] = 0
    return masks


@pytest.fixture
def contents(masks):
    contents = Contents.empty(SHAPE)
    contents.apply(steps.add_feature(contents, Feature("Membrane", (1, 0, 0), id="m")))
    contents.apply(steps.change_masks(contents, "m", dict(enumerate(masks)), "draw"))
    return contents


@pytest.fixture
def tomogram():
    return tomogram_of(np.zeros(SHAPE, np.int16), apix=12.5)


def test_boxes_are_lines_of_x_y_z(tmp_path):
    path = tmp_path / "boxes.txt"
    write_boxes(path, [(1, 2, 3), (4, 5, 6)])
    assert path.read_text() == "3 2 1\n6 5 4\n"
    np.testing.assert_array_equal(read_coordinates(path).positions, [(1, 2, 3), (4, 5, 6)])


def test_a_slice_mask_is_one_where_the_feature_is(tmp_path, contents, tomogram, masks):
    write_slice_mask(tmp_path / "m.mrc", tomogram, contents, "m", 3)
    with mrcfile.open(tmp_path / "m.mrc") as file:
        np.testing.assert_array_equal(file.data, masks[3] == 1)
        assert file.header.nzstart == 3


def test_a_volume_mask_has_the_tomograms_place(tmp_path, contents, tomogram, masks):
    write_volume_mask(tmp_path / "m.mrc", tomogram, contents, "m")
    with mrcfile.open(tmp_path / "m.mrc") as file:
        np.testing.assert_array_equal(file.data, masks == 1)
        assert file.voxel_size.x == np.float32(12.5)
        assert b"Membrane" in file.header.label[0]


def imported(path, contents):
    volume, values = look_at_volume(path, contents.shape)
    return import_volume(decided(volume, values, MaskMeaning()), contents, "m")


@pytest.mark.parametrize(
    ("dtype", "one"), [("i1", 1), ("i1", -1), ("i2", 255), ("f4", 1.0), ("f4", 0.5), ("u2", 7)]
)
def test_a_volume_of_any_program_is_added(tmp_path, contents, masks, rng, dtype, one):
    inside = rng.random(SHAPE) < 0.3
    inside[4] = False
    mrcfile.write(tmp_path / "m.mrc", np.where(inside, one, 0).astype(dtype))
    before = contents.snapshot()
    step = imported(tmp_path / "m.mrc", contents)
    assert contents == before
    contents.apply(step)
    for z in range(SHAPE[0]):
        np.testing.assert_array_equal(contents.mask("m", z), np.where(inside[z], 1, masks[z]))
    assert imported(tmp_path / "m.mrc", contents) is None
    contents.apply(step.inverse())
    assert contents == before


def test_what_is_exported_can_be_imported(tmp_path, contents, tomogram, masks):
    write_volume_mask(tmp_path / "m.mrc", tomogram, contents, "m")
    empty = Contents.empty(SHAPE)
    empty.apply(imported(tmp_path / "m.mrc", empty))
    for z in range(SHAPE[0]):
        np.testing.assert_array_equal(empty.mask("m", z), masks[z] == 1)


def test_a_volume_of_another_shape_is_refused(tmp_path, contents):
    mrcfile.write(tmp_path / "m.mrc", np.zeros((5, 12, 16), np.int8))
    with pytest.raises(ScsegError, match=r"m\.mrc has shape \(5, 12, 16\) .* but the tomogram has"):
        imported(tmp_path / "m.mrc", contents)


def test_what_a_volume_ignores_is_ignored_where_nothing_is_drawn(tmp_path, contents, masks, rng):
    values = rng.integers(0, 5, SHAPE).astype(np.int8)
    mrcfile.write(tmp_path / "m.mrc", values)
    mask = read_mask(open_tomogram(tmp_path / "m.mrc"), MaskMeaning(label=3, ignore=4))
    contents.apply(import_volume(mask, contents, "m"))
    for z in range(SHAPE[0]):
        expected = np.where(values[z] == 3, 1, masks[z])
        expected[(values[z] == 4) & (masks[z] == 0)] = 2
        np.testing.assert_array_equal(contents.mask("m", z), expected)


def test_a_cancelled_export_leaves_nothing(tmp_path, contents, tomogram):
    def cancel(fraction, _):
        if fraction > 0.5:
            raise CancelledError

    with pytest.raises(CancelledError):
        write_volume_mask(tmp_path / "m.mrc", tomogram, contents, "m", cancel)
    assert list(tmp_path.iterdir()) == []
