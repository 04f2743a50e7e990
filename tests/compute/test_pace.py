"""Segmentations whose writing is slower than their network: each slice is predicted once, and is right."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace

import mrcfile
import numpy as np
import pytest

from scseg.base.rect import Rect
from scseg.compute import segmenter as segmenter_module
from scseg.compute.segmentation_jobs import (
    JointSegmentation,
    single_model,
)
from scseg.compute.segmenter import Segmenter
from scseg.datasets.normalisation import measure_normalisation
from scseg.datasets.tomogram import open_tomogram
from tests.fakes.jobs import segmentation_of
from tests.fakes.models import write_model
from tests.fakes.worker import formula

SHAPE = (24, 40, 40)
REGION = Rect(3, 8, 36, 40)
AHEAD = 3


@pytest.fixture
def path(tmp_path, rng):
    path = tmp_path / "t.mrc"
    with mrcfile.new(path) as mrc:
        mrc.set_data(rng.normal(5, 2, SHAPE).astype(np.float32))
        mrc.voxel_size = 10.0
    return path


@pytest.fixture
def count(tmp_path, monkeypatch):
    """Return a function that tells how many slices were predicted: each is one batch of the network."""
    counted = tmp_path / "count"
    counted.touch()
    monkeypatch.setenv("SCSEG_FAKE_COUNT", str(counted))
    return lambda: counted.stat().st_size


@pytest.fixture
def segmenter(count):
    assert count() == 0
    with Segmenter("tests.fakes.worker") as segmenter:
        yield segmenter


def job_for(path, region=None, **changes):
    return segmentation_of(path, write_model(path.parent, **changes), region=region)


def written_slowly(segmenter, ensemble, count, monkeypatch, killed_at=None):
    """Return the slices of each model by its name, each written when the worker has no more to do.

    When that slice is written, the worker is killed; from there on nothing is waited for.
    """
    written = {job.model.name: [] for job in ensemble.jobs.values()}
    models = len(written)

    def write(path, _tomogram, z, values, *_, **__):
        written[path.name.split("__")[1].split("_slice")[0]].append(values.copy())
        if z == killed_at:
            os.kill(segmenter._client.pid, signal.SIGTERM)
        deadline = time.monotonic() + 30
        while killed_at is None or z < killed_at:
            if count() >= models * min(z + AHEAD, SHAPE[0]) or time.monotonic() > deadline:
                break
            time.sleep(0.001)

    monkeypatch.setattr(segmenter_module, "write_slice", write)
    segmenter.write_slices(ensemble, ensemble.first.tomogram.path.parent)
    return written


def expected(path, region=None, sign=1):
    tomogram = open_tomogram(path)
    normal = measure_normalisation(tomogram)
    inside = (region or Rect.whole(SHAPE[1:])).slices
    volume = np.zeros(SHAPE, np.float32)
    for z, image in enumerate(volume):
        said = formula(sign * normal.apply(tomogram.slice(z)))
        image[inside] = said[inside]
    return volume


@pytest.mark.parametrize("region", [None, REGION])
def test_each_slice_is_predicted_once(segmenter, path, count, monkeypatch, region):
    written = written_slowly(segmenter, single_model(job_for(path, region)), count, monkeypatch)
    np.testing.assert_allclose(written["Membrane"], expected(path, region), atol=1e-6)
    assert count() == SHAPE[0]


def test_of_two_models_too(segmenter, path, count, monkeypatch):
    jobs = {"a": job_for(path), "b": job_for(path, name="inverse")}
    written = written_slowly(segmenter, JointSegmentation(jobs, ("a", "b")), count, monkeypatch)
    np.testing.assert_allclose(written["Membrane"], expected(path), atol=1e-6)
    np.testing.assert_allclose(written["inverse"], expected(path, sign=-1), atol=1e-6)
    assert count() == 2 * SHAPE[0]


@pytest.mark.parametrize("region", [None, REGION])
def test_a_worker_killed_in_the_middle_costs_what_it_was_told_of_at_most(
    segmenter, path, count, monkeypatch, region
):
    ensemble = single_model(job_for(path, region))
    written = written_slowly(segmenter, ensemble, count, monkeypatch, killed_at=10)
    np.testing.assert_allclose(written["Membrane"], expected(path, region), atol=1e-6)
    assert count() <= SHAPE[0] + AHEAD
    (notice,) = segmenter.notices
    assert "ended from outside. It was started again" in notice


def test_notices_come_once(segmenter, path, count, monkeypatch):
    job = job_for(path, apix=12.0)
    written_slowly(segmenter, single_model(replace(job, overlap=0.0)), count, monkeypatch)
    (notice,) = segmenter.notices
    assert "12.00 A per pixel" in notice
