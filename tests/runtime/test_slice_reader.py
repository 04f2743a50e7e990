"""Slices are read in a thread: newest wins, and nothing is read twice or in vain."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from scseg.base.errors import ScsegError
from scseg.compute.messages import TomogramRef
from scseg.runtime.inbox import Inbox
from scseg.runtime.tomograms.slice_reader import (
    BINS,
    SliceKey,
    SliceReader,
    WantedSlice,
    measured,
    measured_slice,
)
from tests.datasets.makers import tomogram_of
from tests.datasets.paddings import KINDS, outside

REF = TomogramRef("a", None, None, 0)


@dataclass(eq=False)
class SlowDisk:
    """A tomogram that hands out a slice only when a test releases it."""

    path: Path = Path("/slow/a.mrc")
    asked: list[int] = field(default_factory=list)
    fails_at: int = -1
    free: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def slice_with_padding(self, z):
        self.asked.append(z)
        self.free.acquire()
        if z == self.fails_at:
            raise ScsegError("the disk is gone")
        return np.full((4, 5), z, np.float32), None


def wish(disk, z):
    return WantedSlice(SliceKey(REF, z), disk)


def eventually(what):
    deadline = time.monotonic() + 5
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.001)


@pytest.fixture
def reader():
    woken = threading.Event()
    reader = SliceReader(Inbox(woken.set), measured_slice, most_bytes=3 * 80)
    reader.woken = woken
    yield reader
    reader.close()


def test_asking_does_not_wait_for_the_disk(reader):
    disk = SlowDisk()
    reader.want((wish(disk, 1),))
    eventually(lambda: disk.asked == [1])
    assert reader.get(SliceKey(REF, 1)) is None
    disk.free.release()
    eventually(lambda: reader.get(SliceKey(REF, 1)) is not None)
    assert reader.get(SliceKey(REF, 1)).values[0, 0] == 1
    assert reader.woken.is_set()


def test_slices_that_were_passed_over_are_never_read(reader):
    disk = SlowDisk()
    reader.want((wish(disk, 0),))
    eventually(lambda: disk.asked == [0])
    for z in range(1, 50):
        reader.want((wish(disk, z),))
    disk.free.release(2)
    eventually(lambda: reader.get(SliceKey(REF, 49)) is not None)
    assert disk.asked == [0, 49]


def test_wishes_are_read_in_order_and_once(reader):
    disk = SlowDisk()
    disk.free.release(100)
    reader.want(tuple(wish(disk, z) for z in (5, 6, 4)))
    eventually(lambda: len(disk.asked) == 3)
    eventually(lambda: reader.get(SliceKey(REF, 4)) is not None)
    reader.want(tuple(wish(disk, z) for z in (6, 5, 4)))
    time.sleep(0.02)
    assert disk.asked == [5, 6, 4]


def test_memory_holds_the_latest_and_all_that_is_wanted_now(reader):
    disk = SlowDisk()
    disk.free.release(100)
    for z in range(4):
        reader.want((wish(disk, z),))
        eventually(lambda z=z: reader.get(SliceKey(REF, z)) is not None)
    assert reader.get(SliceKey(REF, 0)) is None
    assert reader.get(SliceKey(REF, 1)) is not None
    many = tuple(wish(disk, z) for z in range(10, 16))
    reader.want(many)
    eventually(lambda: all(reader.get(each.key) is not None for each in many))


def test_a_slice_that_cannot_be_read_is_told_once_and_the_others_come(reader):
    disk = SlowDisk(fails_at=1)
    disk.free.release(100)
    reader.want((wish(disk, 1), wish(disk, 2)))
    eventually(lambda: reader.get(SliceKey(REF, 2)) is not None)
    assert [failure.sentence for failure in reader.failures()] == ["the disk is gone"]
    assert reader.failures() == []
    time.sleep(0.02)
    assert disk.asked.count(1) == 1


@given(
    hnp.arrays(
        np.float32,
        hnp.array_shapes(min_dims=2, max_dims=2, max_side=30),
        elements=st.floats(-1e6, 1e6, width=32),
    )
)
def test_every_slice_has_a_contrast_and_a_histogram(values):
    image = measured(SliceKey(REF, 0), values)
    for low, high in (image.automatic, image.span):
        assert low < high
    assert 1 <= len(image.counts) <= BINS + 1
    assert image.counts.sum() <= values.size


def test_automatic_contrast_ignores_few_extreme_voxels(rng):
    values = rng.normal(0, 1, (400, 400)).astype(np.float32)
    values[0, :30] = 1e6
    low, high = measured(SliceKey(REF, 0), values).automatic
    assert low == pytest.approx(-2.576, abs=0.15)
    assert high == pytest.approx(2.576, abs=0.15)


def test_whole_numbers_fall_into_bins_of_as_many_numbers_each():
    values = np.arange(1000, dtype=np.float32).reshape(20, 50)
    image = measured(SliceKey(REF, 0), values)
    width = (image.span[1] - image.span[0]) / len(image.counts)
    assert width == pytest.approx(round(width))
    assert set(image.counts[1:-1]) == {round(width)}


@pytest.mark.parametrize("scale", [1.0, 20.0, 1e5])
def test_percentiles_and_counts_are_those_of_numpy(rng, scale):
    for values in (
        rng.normal(5 * scale, scale, (211, 307)).astype(np.float32),
        rng.normal(0, scale, (211, 307)).round().astype(np.float32),
    ):
        image = measured(SliceKey(REF, 0), values)
        assert image.automatic == pytest.approx(np.percentile(values.astype(float), (0.5, 99.5)))
        counts, _ = np.histogram(values.astype(float), len(image.counts), image.span)
        assert image.counts.tolist() == counts.tolist()


@pytest.mark.parametrize("value", [0.0, 100.0, np.nan])
@pytest.mark.parametrize("kind", KINDS)
def test_padding_has_no_part_in_contrast_and_histogram(rng, kind, value):
    voxels = rng.normal(100.0, 9.0, (1, 300, 280)).astype(np.float32)
    clean = measured(SliceKey(REF, 0), voxels[0].copy())
    padded = outside(kind, 0.4, 300, 280)
    voxels[:, padded] = value
    values, padding = tomogram_of(voxels).slice_with_padding(0)
    assert np.array_equal(padding, padded)
    seen = measured(SliceKey(REF, 0), values, padding)
    assert seen.automatic == pytest.approx(clean.automatic, abs=1.0)
    assert seen.span == pytest.approx(clean.span, abs=6.0)
    assert seen.counts.sum() == pytest.approx(0.6 * clean.counts.sum(), rel=0.01)


def test_the_reader_knows_of_padding(reader, rng):
    voxels = rng.normal(100.0, 9.0, (1, 60, 70)).astype(np.float32)
    voxels[:, :20] = 0.0
    reader.want((WantedSlice(SliceKey(REF, 0), tomogram_of(voxels)),))
    eventually(lambda: reader.get(SliceKey(REF, 0)) is not None)
    image = reader.get(SliceKey(REF, 0))
    assert image.automatic[0] > 50.0
    assert np.array_equal(image.padding, voxels[0] == 0.0)
    assert (image.values[:20] == 0.0).all()


def test_of_a_mask_the_background_counts():
    labels = np.zeros((60, 70), np.float32)
    labels[20:40, 20:50] = 1.0
    image = measured(SliceKey(REF, 0), labels, labels == 0.0)
    assert image.automatic == (0.0, 1.0)
