"""Volumes and images written with a real worker process around a network that is a formula."""

from __future__ import annotations

import json
import os
import signal
from dataclasses import replace
from pathlib import Path

import mrcfile
import numpy as np
import pytest

from scseg.base.errors import CancelledError, ScsegError
from scseg.base.rect import Rect
from scseg.compute.segmentation_jobs import single_model
from scseg.compute.segmenter import Segmenter
from scseg.compute.volume_records import record_path
from scseg.datasets.normalisation import measure_normalisation
from tests.fakes.jobs import segmentation_of
from tests.fakes.models import write_model
from tests.fakes.threads import wait_for
from tests.fakes.worker import formula

FAKE = "tests.fakes.worker"
SLICES = tuple(range(6))
"""More than a worker is asked for at once: one that is killed at the first of them has not done all."""


@pytest.fixture
def tomogram_path(tmp_path, rng):
    path = tmp_path / "t.mrc"
    with mrcfile.new(path) as mrc:
        mrc.set_data(rng.normal(5, 2, (6, 150, 170)).astype(np.float32))
        mrc.voxel_size = 10.0
    return path


@pytest.fixture
def segmenter():
    with Segmenter(FAKE) as segmenter:
        yield segmenter


def job_for(path, slices=(2, 3), kind="float32", **changes):
    model = write_model(path.parent, **changes)
    return segmentation_of(path, model, slices=slices, kind=kind)


def test_a_volume_holds_what_the_network_says_of_its_slices(segmenter, tomogram_path, tmp_path):
    job = job_for(tomogram_path)
    path = segmenter.write_volume(job, tmp_path)
    assert path.name == "t__Membrane.mrc"
    normal = measure_normalisation(job.tomogram)
    with mrcfile.open(path) as mrc:
        for stored, z in zip(mrc.data, job.slices, strict=True):
            expected = formula(normal.apply(job.tomogram.slice(z)))
            np.testing.assert_allclose(stored, expected, atol=1e-6)


def test_the_label_keeps_all_settings_however_long_the_name(segmenter, tomogram_path, tmp_path):
    job = job_for(tomogram_path, kind="mask", name="Membrane " * 10)
    with mrcfile.open(segmenter.write_volume(job, tmp_path)) as mrc:
        label = mrc.get_labels()[0]
    assert "overlap 0.20" in label
    assert "threshold 0.50" in label
    assert "Membrane" in label


def test_the_label_tells_how_it_was_predicted(tomogram_path):
    job = replace(job_for(tomogram_path), averaging=4, region=Rect(5, 10, 65, 50))
    assert "overlap 0.20 averaging 4 crop 10,49,5,64 float32: Membrane" in job.label
    assert "whole slices float32: Membrane" in replace(job_for(tomogram_path), mode="whole").label
    fast = replace(job_for(tomogram_path), precision="bfloat16")
    assert " bfloat16: Membrane" in fast.label
    assert fast.request(3, None).precision == "bfloat16"


def test_progress_within_a_crop_goes_from_nothing_to_all(segmenter, tomogram_path, tmp_path):
    job = replace(job_for(tomogram_path, slices=(2,)), region=Rect(100, 0, 150, 170), averaging=8)
    told = []
    segmenter.write_volume(job, tmp_path, lambda fraction, _: told.append(fraction))
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(told) > 2


def test_a_slice_can_be_cancelled_between_its_bands(segmenter, tomogram_path, tmp_path):
    def stop_within_the_first_slice(fraction, _):
        if 0 < fraction < 0.5:
            raise CancelledError

    job = job_for(tomogram_path)
    before = set(tmp_path.iterdir())
    with pytest.raises(CancelledError):
        segmenter.write_volume(job, tmp_path, stop_within_the_first_slice)
    assert set(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "diverged"}, "no numbers"),
        ({"apix": 0.002}, "trained at 0.002 A per pixel .* t.mrc with 10"),
        ({"apix": 9e5}, "check the pixel size"),
    ],
)
def test_models_that_do_not_do_are_told_and_leave_no_file(
    segmenter, tomogram_path, tmp_path, changes, words
):
    job = job_for(tomogram_path, **changes)
    before = set(tmp_path.iterdir())
    with pytest.raises(ScsegError, match=words):
        segmenter.write_volume(job, tmp_path)
    assert set(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("name", "stem"), [("a.b.rec", "a.b"), ("t.mrc.gz", "t"), ("T.MRC.BZ2", "T")]
)
def test_files_are_named_after_their_tomogram(tomogram_path, name, stem):
    job = job_for(tomogram_path)
    named = replace(job, tomogram=replace(job.tomogram, path=Path(name)))
    assert named.volume_name() == f"{stem}__Membrane.mrc"
    assert named.slice_name(4) == f"{stem}__Membrane_slice_4.mrc"


def test_a_worker_that_is_killed_once_costs_nothing_but_a_notice(
    segmenter, tomogram_path, tmp_path
):
    job = job_for(tomogram_path, slices=SLICES)
    killed = []

    def report(fraction, text):
        assert text
        if fraction > 0 and not killed:
            killed.append(segmenter._client.pid)
            os.kill(killed[0], signal.SIGKILL)

    path = segmenter.write_volume(job, tmp_path, report)
    assert killed
    assert "started again" in segmenter.notices[0]
    normal = measure_normalisation(job.tomogram)
    with mrcfile.open(path) as mrc:
        for stored, z in zip(mrc.data, job.slices, strict=True):
            expected = formula(normal.apply(job.tomogram.slice(z)))
            np.testing.assert_allclose(stored, expected, atol=1e-5)


def test_a_worker_that_comes_back_on_another_device_ends_the_work(
    segmenter, tomogram_path, tmp_path, monkeypatch
):
    """A card may be lost with a worker: half of a volume would be of other values."""
    job = job_for(tomogram_path, slices=SLICES)
    before = set(tmp_path.iterdir())

    def report(fraction, _):
        if fraction > 0 and "SCSEG_FAKE_FAST" not in os.environ:
            monkeypatch.setenv("SCSEG_FAKE_FAST", "float16")
            os.kill(segmenter._client.pid, signal.SIGKILL)

    with pytest.raises(ScsegError, match="in float16 now, which gives other values: begin anew"):
        segmenter.write_volume(job, tmp_path, report)
    assert set(tmp_path.iterdir()) == before


@pytest.mark.parametrize("fast", ["float32", "float16"])
def test_what_is_to_be_settled_is_settled_by_the_worker(
    segmenter, tomogram_path, tmp_path, monkeypatch, fast
):
    """In the header, in the record and for the rates alike."""
    monkeypatch.setenv("SCSEG_FAKE_FAST", fast)
    segmenter._client.restart()
    job = replace(job_for(tomogram_path), precision="auto")
    path = segmenter.write_volume(job, tmp_path)
    with mrcfile.open(path) as mrc:
        assert f" {fast}: Membrane" in mrc.get_labels()[0]
    assert json.loads(record_path(path).read_text())["precision"] == fast
    assert segmenter.rates.seconds(segmenter.settled(single_model(job))) is not None


def test_a_slice_that_kills_the_worker_twice_ends_the_work(segmenter, tomogram_path, tmp_path):
    job = job_for(tomogram_path, name="dies")
    with pytest.raises(ScsegError, match="code 7"):
        segmenter.write_volume(job, tmp_path)
    assert not (tmp_path / job.volume_name()).exists()


def test_a_worker_that_died_too_often_before_is_started_again(segmenter, tomogram_path, tmp_path):
    client = segmenter._client
    while (pid := client.pid) is not None:
        segmenter.engine()
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda pid=pid: client.drain() is None or client.pid != pid, seconds=30)
    assert segmenter.write_volume(job_for(tomogram_path), tmp_path).exists()
