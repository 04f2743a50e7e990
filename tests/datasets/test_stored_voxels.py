"""A tomogram keeps no file open, however many there are, and notices when its file is another one."""

from __future__ import annotations

import gzip
import itertools
import os
import shutil
from concurrent.futures import ThreadPoolExecutor

import mrcfile
import numpy as np
import psutil
import pytest

from scseg.base.errors import ScsegError
from scseg.datasets.formats import stored_voxels
from scseg.datasets.formats.stored_voxels import StoredVoxels, mark_at
from scseg.datasets.tomogram import open_tomogram

THREADS = 8


def written(path, values):
    with mrcfile.new(path, overwrite=True) as file:
        file.set_data(values)
        file.voxel_size = 10.0
    return path


@pytest.fixture
def values(rng):
    return rng.random((3, 4, 5), dtype="f4")


@pytest.fixture
def path(tmp_path, values):
    return written(tmp_path / "a.mrc", values)


def open_files(folder):
    return [each.path for each in psutil.Process().open_files() if str(folder) in each.path]


def test_threads_read_a_hundred_tomograms_and_no_file_stays_open(tmp_path):
    paths = [written(tmp_path / f"{n}.mrc", np.full((2, 30, 40), n, np.int16)) for n in range(100)]
    tomograms = [open_tomogram(each) for each in paths]
    assert open_files(tmp_path) == []
    most = []

    def read(turn):
        n = turn * 37 % 100
        assert (tomograms[n].slice(turn % 2) == n).all()
        assert (tomograms[n].mapped_slice(turn % 2)[3:5, 7:9] == n).all()
        if turn % 50 == 0:
            most.append(len(open_files(tmp_path)))

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(read, range(1000)))
    assert max(most) <= 2 * THREADS
    assert open_files(tmp_path) == []


def test_a_map_keeps_its_file_open_until_the_last_array_made_of_it_has_gone(path, values, tmp_path):
    part = open_tomogram(path).mapped_slice(1)[1:3]
    # The map of a file that is replaced meanwhile goes on showing what it was.
    written(tmp_path / "b.mrc", values + 1)
    (tmp_path / "b.mrc").replace(path)
    np.testing.assert_array_equal(part, values[1, 1:3])


@pytest.mark.parametrize("axes", list(itertools.permutations(range(3))))
@pytest.mark.parametrize("dtype", ["<f4", ">f4", "i1", ">i2"])
def test_a_slice_is_the_same_read_and_mapped(tmp_path, rng, axes, dtype):
    shape = (3, 4, 5)
    values = rng.integers(-100, 100, shape).astype(dtype)
    path = tmp_path / "bare"
    path.write_bytes(b"head" + values.tobytes())
    found = StoredVoxels(path, path, np.dtype(dtype), 4, shape, axes, mark_at(path, path))
    expected = values.transpose(axes)
    assert found.shape == expected.shape
    assert found.nbytes == values.nbytes
    np.testing.assert_array_equal(found.mapped(), expected)
    for z in range(found.shape[0]):
        np.testing.assert_array_equal(found.slice(z), expected[z])


def test_of_a_file_that_was_replaced_nothing_is_read(path, values, tmp_path):
    tomogram = open_tomogram(path)
    other = written(tmp_path / "other.mrc", values.reshape(5, 4, 3))
    os.utime(other, ns=(1, 1))
    other.replace(path)
    for read in (tomogram.slice, tomogram.mapped_slice):
        with pytest.raises(
            ScsegError, match=r"a\.mrc has changed since it was opened; open it anew\."
        ):
            read(0)
    assert open_tomogram(path).shape == (5, 4, 3)


def test_a_copy_with_the_same_time_goes_on(path, values, tmp_path):
    tomogram = open_tomogram(path)
    shutil.copy2(path, tmp_path / "copy")
    path.unlink()
    with pytest.raises(ScsegError, match="there is no such file"):
        tomogram.slice(0)
    shutil.copy2(tmp_path / "copy", path)
    np.testing.assert_array_equal(tomogram.slice(2), values[2])


def test_a_file_cut_off_while_it_is_read_is_an_error(path, monkeypatch):
    """A map would end the process: nothing can be asked between its look at the length and the reading."""
    tomogram = open_tomogram(path)
    mark_of = stored_voxels.mark_of

    def cut_off_after(file):
        mark = mark_of(file)
        os.truncate(path, 1100)
        return mark

    monkeypatch.setattr(stored_voxels, "mark_of", cut_off_after)
    with pytest.raises(ScsegError, match="has become shorter since it was opened, 1100 bytes"):
        tomogram.slice(1)


def test_what_was_unpacked_and_removed_from_the_cache_is_told(path, tmp_path):
    packed = tmp_path / "b.mrc.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    tomogram = open_tomogram(packed)
    tomogram.stored.file.unlink()
    with pytest.raises(ScsegError, match=r"unpacked of .*b\.mrc\.gz is not in the cache any more"):
        tomogram.slice(0)
    open_tomogram(packed).slice(0)
