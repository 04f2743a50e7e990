"""What a tomogram promises whatever file it comes from."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import mrcfile
import numpy as np
import pytest
import tifffile

from scseg.base.errors import ScsegError
from scseg.datasets.tomogram import open_tomogram, require_apix

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def written(path: Path, values: NDArray[Any], voxel_size: float = 10.0) -> Path:
    with mrcfile.new(path, overwrite=True) as mrc:
        mrc.set_data(values)
        mrc.voxel_size = voxel_size
    return path


@pytest.fixture
def path(tmp_path: Path, rng: np.random.Generator) -> Path:
    return written(tmp_path / "a.mrc", rng.random((3, 4, 5), dtype="f4"))


def test_a_slice_is_a_copy_of_its_own(path: Path) -> None:
    tomogram = open_tomogram(path)
    before = tomogram.slice(1)
    before += 1
    np.testing.assert_array_equal(tomogram.slice(1), tomogram.voxels[1])
    assert before.dtype == np.float32
    assert type(before) is np.ndarray
    assert before.flags.c_contiguous


@pytest.mark.parametrize("z", [-1, 3])
def test_no_slice_beyond_the_ends(path: Path, z: int) -> None:
    with pytest.raises(ScsegError, match=rf"a\.mrc has the slices 0 to 2; there is no slice {z}\."):
        open_tomogram(path).slice(z)


@pytest.mark.filterwarnings("ignore:Data array contains NaN values:RuntimeWarning")
def test_no_slice_holds_anything_but_finite_numbers(tmp_path: Path) -> None:
    values = np.arange(24, dtype="f4").reshape(2, 3, 4)
    values[0, 0, :3] = np.nan, np.inf, -np.inf
    values[1] = np.nan
    tomogram = open_tomogram(written(tmp_path / "a.mrc", values))
    expected = values[0].copy()
    expected[0, :3] = 7  # the median of 3 to 11
    np.testing.assert_array_equal(tomogram.slice(0), expected)
    np.testing.assert_array_equal(tomogram.slice(1), np.zeros((3, 4)))


def test_values_beyond_single_precision_become_the_median(tmp_path: Path) -> None:
    values = np.array([[[1e300, 1, 2, 3, 4]]])
    tifffile.imwrite(tmp_path / "a.tif", values)
    np.testing.assert_array_equal(open_tomogram(tmp_path / "a.tif").slice(0), [[2.5, 1, 2, 3, 4]])


def test_the_median_of_the_largest_numbers_is_finite(tmp_path: Path) -> None:
    values = np.full((1, 3, 3), 3e38, "f4")
    values[0, 0, 0] = np.inf
    tifffile.imwrite(tmp_path / "a.tif", values, photometric="minisblack")
    np.testing.assert_array_equal(open_tomogram(tmp_path / "a.tif").slice(0), values[0, 1, 1])


def test_a_file_that_vanished_or_shrank_is_an_error_and_not_a_crash(path: Path) -> None:
    tomogram = open_tomogram(path)
    before = tomogram.slice(1)
    whole, changed = path.read_bytes(), path.stat().st_mtime_ns
    with path.open("rb+") as file:
        file.truncate(1024)
    with pytest.raises(ScsegError, match=r"a\.mrc has become shorter .*1024 bytes instead of 1264"):
        tomogram.slice(1)
    path.unlink()
    with pytest.raises(ScsegError, match=r"a\.mrc: there is no such file"):
        tomogram.slice(1)
    path.write_bytes(whole)
    os.utime(path, ns=(changed, changed))
    np.testing.assert_array_equal(tomogram.slice(1), before)


def test_the_users_pixel_size_overrides_the_files(path: Path) -> None:
    assert open_tomogram(path).apix == 10
    assert open_tomogram(path, apix=7.5).voxel_size == (7.5, 7.5, 7.5)
    assert require_apix(open_tomogram(path, apix=7.5)) == 7.5


@pytest.mark.parametrize("apix", [0.0, -1.0, float("nan"), float("inf")])
def test_an_impossible_pixel_size_is_refused(path: Path, apix: float) -> None:
    with pytest.raises(ScsegError, match=r"pixel size of .*a\.mrc must be"):
        open_tomogram(path, apix=apix)


def test_an_unknown_pixel_size_is_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path / "a.mrc", np.zeros((1, 2, 2), "f4"), voxel_size=0)
    with pytest.raises(ScsegError, match=r"a\.mrc does not tell its pixel size.*--tomogram-apix"):
        require_apix(open_tomogram(path))


def test_a_single_image_is_a_volume_of_one_slice(tmp_path: Path) -> None:
    values = np.arange(6, dtype="i2").reshape(2, 3)
    tomogram = open_tomogram(written(tmp_path / "a.mrc", values))
    assert tomogram.shape == (1, 2, 3)
    np.testing.assert_array_equal(tomogram.slice(0), values)


@pytest.mark.real
def test_the_real_tomogram(real_tomogram: Path) -> None:
    tomogram = open_tomogram(real_tomogram)
    assert tomogram.shape == (56, 256, 256)
    assert tomogram.voxel_size == (31.36, 31.36, 31.36)
    assert tomogram.warnings == ()
    with mrcfile.open(real_tomogram) as mrc:
        for z in (0, 27, 55):
            np.testing.assert_array_equal(tomogram.slice(z), mrc.data[z])
