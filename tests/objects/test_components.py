"""Objects of masks, against scipy's labels and bodies that are known."""

from __future__ import annotations

import mrcfile
import numpy as np
import pytest
from scipy import ndimage

from scseg.base.errors import CancelledError, ScsegError
from scseg.datasets.tomogram import open_tomogram
from scseg.datasets.written_volume import own_content
from scseg.objects.components import find_objects, objects_of
from scseg.objects.feature_volume import whole_labels
from scseg.objects.label_files import write_objects
from tests.datasets.makers import tomogram_of

SIZE = (20.0, 10.0, 10.0)


def balls(*places, shape=(40, 60, 60)):
    """Return a mask of balls: z, y, x, radius."""
    z, y, x = np.ogrid[: shape[0], : shape[1], : shape[2]]
    found = np.zeros(shape, bool)
    for cz, cy, cx, radius in places:
        found |= (z - cz) ** 2 + (y - cy) ** 2 + (x - cx) ** 2 <= radius**2
    return found


def test_objects_are_those_of_scipy(rng):
    mask = rng.random((20, 30, 40)) < 0.07
    objects = find_objects(mask.copy(), SIZE)
    labels, count = ndimage.label(mask, np.ones((3, 3, 3)))
    assert objects.count == count
    pairs = np.unique(np.stack([labels[mask], objects.labels[mask]]), axis=1)
    assert pairs.shape[1] == count
    assert not objects.labels[~mask].any()
    sizes = np.bincount(objects.labels.reshape(-1))
    np.testing.assert_array_equal(objects.voxels, sizes)
    np.testing.assert_allclose(objects.volumes_nm3, sizes * 2.0)


def test_size_and_border_choose_at_once():
    mask = balls((20, 20, 20, 8), (20, 45, 45, 5), (0, 50, 10, 4), (20, 5, 59, 3))
    objects = find_objects(mask, SIZE)
    assert objects.count == 4
    large = objects.kept(500)
    np.testing.assert_array_equal(large[1:], objects.volumes_nm3[1:] >= 500)
    assert not objects.kept(0)[0]
    inner = objects.kept(border=False)
    assert inner.sum() == 2
    for z in range(40):
        shown = objects.on_slice(z, objects.kept(1500, border=False))
        np.testing.assert_array_equal(shown > 0, balls((20, 20, 20, 8))[z])
    np.testing.assert_array_equal(np.unique(objects.numbers(inner)), [0, 1, 2])


def test_holes_are_filled_where_they_are_closed_on_all_sides():
    shell = balls((20, 20, 20, 10)) & ~balls((20, 20, 20, 6))
    bored = balls((20, 45, 45, 10)) & ~balls((20, 45, 45, 6))
    bored[20, 45, 45:] = False
    filled = find_objects(shell | bored, SIZE, fill_holes=True).labels > 0
    expected = ndimage.binary_fill_holes(shell | bored)
    np.testing.assert_array_equal(filled, expected)
    np.testing.assert_array_equal(filled, balls((20, 20, 20, 10)) | bored)


def test_balls_that_touch_are_split():
    mask = balls((20, 20, 20, 10), (20, 20, 38, 10), (20, 38, 20, 10), (20, 48, 50, 6))
    assert find_objects(mask.copy(), (10.0,) * 3).count == 2
    objects = find_objects(mask, (10.0,) * 3, split=True)
    assert objects.count == 4
    middles = [objects.labels[at] for at in ((20, 20, 20), (20, 20, 38), (20, 38, 20))]
    assert len(set(middles)) == 3
    for label, at in zip(middles, (20, 38, 20), strict=True):
        x = np.argwhere(objects.labels == label)[:, 2].mean()
        assert abs(x - at) < 1.5
    np.testing.assert_array_equal(objects.labels > 0, mask)


def test_what_has_no_neck_stays_whole():
    rod = np.zeros((30, 40, 80), bool)
    rod[10:20, 10:20, 5:75] = True
    rod[24:27, 5:35, 5:75] = True  # a sheet
    assert find_objects(rod, (10.0,) * 3, split=True).count == 2


def test_splitting_knows_that_voxels_are_no_cubes():
    """Two balls above each other, in slices twice as far apart as pixels."""
    z, y, x = np.ogrid[:30, :30, :30]
    mask = ((2 * z - 20) ** 2 + (y - 15) ** 2 + (x - 15) ** 2 <= 100) | (
        (2 * z - 38) ** 2 + (y - 15) ** 2 + (x - 15) ** 2 <= 100
    )
    assert find_objects(mask.copy(), SIZE).count == 1
    assert find_objects(mask, SIZE, split=True).count == 2


def test_nothing_is_no_object():
    objects = find_objects(np.zeros((3, 4, 5), bool), SIZE, fill_holes=True, split=True)
    assert objects.count == 0
    assert objects.kept().tolist() == [False]


def test_finding_can_be_stopped():
    def stop(_fraction, text):
        if text.startswith("Splitting"):
            raise CancelledError(text)

    with pytest.raises(CancelledError):
        find_objects(balls((20, 20, 20, 8)), SIZE, split=True, report=stop)


def test_labels_open_elsewhere_and_here(tmp_path):
    like = tomogram_of(np.zeros((40, 60, 60)), apix=10)
    objects = find_objects(balls((20, 20, 20, 8), (20, 45, 45, 5), (0, 50, 10, 4)), (10.0,) * 3)
    kept = objects.kept(border=False)
    write_objects(tmp_path / "o.mrc", like, objects, kept)
    expected = objects.numbers(kept)[objects.labels]
    with mrcfile.open(tmp_path / "o.mrc") as file:
        assert file.data.dtype == np.int16
        np.testing.assert_array_equal(file.data, expected)
        assert file.voxel_size.x == 10
        assert mrcfile.validate(tmp_path / "o.mrc")
    volume = open_tomogram(tmp_path / "o.mrc")
    assert own_content(volume) == "objects"
    np.testing.assert_array_equal(whole_labels(volume), expected)


def test_more_objects_than_int16_holds(tmp_path):
    labels = np.zeros((2, 200, 200), np.uint32)
    labels[1] = np.arange(40_000).reshape(200, 200)
    objects = objects_of(labels, (10.0,) * 3)
    write_objects(tmp_path / "o.mrc", tomogram_of(labels), objects, objects.kept())
    with mrcfile.open(tmp_path / "o.mrc") as file:
        assert file.data.dtype == np.float32
        np.testing.assert_array_equal(file.data, labels)


def test_what_numbers_no_objects(tmp_path):
    mrcfile.write(tmp_path / "v.mrc", np.full((2, 3, 4), 0.5, np.float32), voxel_size=1)
    with pytest.raises(ScsegError, match="no whole numbers"):
        whole_labels(open_tomogram(tmp_path / "v.mrc"))
