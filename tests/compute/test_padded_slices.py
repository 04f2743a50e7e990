"""Padded tomograms in the prediction worker, whose network is a formula of single pixels."""

from __future__ import annotations

from dataclasses import replace

import mrcfile
import numpy as np
import pytest

from scseg.base.rect import Rect
from scseg.compute.messages import Failed, ModelRef, SliceDone, SliceRequest
from scseg.compute.segmentation_jobs import tomogram_ref
from scseg.datasets.normalisation import WITH_PADDING, measure_normalisation
from scseg.datasets.resampling import resample_slice, restore_slice
from scseg.datasets.tomogram import open_tomogram
from scseg.models.files import open_model
from tests.datasets.paddings import KINDS, outside
from tests.fakes.models import DESCRIPTION, write_model
from tests.fakes.stepped_worker import SteppedWorker, formula

SHAPE = (5, 150, 170)
CROP = Rect(20, 31, 90, 150)
WAYS = [
    {},
    {"mode": "whole"},
    {"averaging": 3},
    {"region": CROP},
    {"region": CROP, "mode": "whole", "averaging": 2},
]


@pytest.fixture
def worker():
    worker = SteppedWorker()
    yield worker
    worker.close()


@pytest.fixture
def padded(tmp_path, rng):
    """Return a function that writes a tomogram with padding, which grows along z, and returns both."""

    def written(kind="corners", value=0.0):
        voxels = rng.normal(50, 7, SHAPE).astype(np.float32)
        padding = np.stack([outside(kind, 0.15 + z / 20, *SHAPE[1:]) for z in range(SHAPE[0])])
        voxels[padding] = value
        path = tmp_path / "t.mrc"
        # The library warns of NaN.
        with mrcfile.new(path) as mrc, pytest.MonkeyPatch.context() as patch:
            patch.setattr("warnings.warn", lambda *_, **__: None)
            mrc.set_data(voxels)
            mrc.voxel_size = 10.0
        return open_tomogram(path), padding

    return written


def request_for(tomogram, folder, more=None, **model):
    path = write_model(folder, **model)
    ref = ModelRef(str(path), open_model(path).weights_sha256)
    return SliceRequest(tomogram_ref(tomogram.path), ref, 2, 0.2, **(more or {}))


def answer(worker, request):
    """Return the prediction of a request, (y, x) of its region."""
    worker.want((request,))
    worker.work(1_000_000)
    *bands, done = worker.drain()
    assert isinstance(done, SliceDone)
    return np.concatenate([band.values for band in bands])


@pytest.mark.parametrize("value", [0.0, 50.0, np.nan])
@pytest.mark.parametrize("kind", KINDS)
def test_the_answer_is_0_there_and_as_of_the_specimen_elsewhere(
    worker, padded, tmp_path, kind, value
):
    tomogram, padding = padded(kind, value)
    seen = measure_normalisation(tomogram).apply(tomogram.slice(2))
    expected = np.where(padding[2], 0, formula(seen, DESCRIPTION.loss))
    found = answer(worker, request_for(tomogram, tmp_path))
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert (found[padding[2]] == 0).all()


@pytest.mark.parametrize("more", WAYS)
@pytest.mark.parametrize("depth", [1, 3])
def test_however_it_is_predicted(worker, padded, tmp_path, more, depth):
    tomogram, padding = padded()
    crop = more.get("region", Rect.whole(SHAPE[1:])).slices
    seen = measure_normalisation(tomogram).apply(tomogram.slice(2))
    expected = np.where(padding[2], 0, formula(seen, DESCRIPTION.loss))[crop]
    found = answer(worker, request_for(tomogram, tmp_path, more, depth=depth))
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize("apix", [6.3, 21.0])
@pytest.mark.parametrize("more", WAYS)
def test_on_a_resampled_slice(worker, padded, tmp_path, apix, more):
    tomogram, padding = padded()
    crop = more.get("region", Rect.whole(SHAPE[1:])).slices
    normal = measure_normalisation(tomogram)
    seen = np.where(padding[2], np.float32(normal.centre), tomogram.slice(2))
    said = formula(resample_slice(normal.apply(seen), apix / 10), DESCRIPTION.loss)
    expected = np.where(padding[2], 0, restore_slice(said, SHAPE[1:], apix / 10))[crop]
    found = answer(worker, request_for(tomogram, tmp_path, more, apix=apix, name="other"))
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert (found[padding[2][crop]] == 0).all()


def test_a_model_of_the_old_definition_predicts_as_ever_beside_one_of_the_new(
    worker, padded, tmp_path
):
    tomogram, padding = padded()
    new = request_for(tomogram, tmp_path, name="new")
    old = request_for(tomogram, tmp_path, normalisation=WITH_PADDING, name="old")
    first, as_ever, again = (answer(worker, request) for request in (new, old, new))
    seen = measure_normalisation(tomogram, WITH_PADDING).apply(tomogram.slice(2))
    np.testing.assert_allclose(as_ever, formula(seen, DESCRIPTION.loss), atol=1e-6)
    assert (as_ever[padding[2]] > 0).all()
    assert np.array_equal(first, again)
    assert np.abs(first - as_ever).max() > 0.05


def test_the_same_weights_by_another_definition_are_asked_anew(worker, padded, tmp_path):
    tomogram, _ = padded()
    new = request_for(tomogram, tmp_path)
    old_folder = tmp_path / "old"
    old_folder.mkdir()
    old = request_for(tomogram, old_folder, normalisation=WITH_PADDING)
    assert old.model.weights_sha256 == new.model.weights_sha256
    worker.want((new,), 64 << 20)
    worker.work(1_000_000)
    before = worker.images
    worker.want((replace(old, z=2),), 64 << 20)
    worker.work(1_000_000)
    worker.drain()
    assert worker.images > before


def test_a_definition_that_nobody_knows_is_refused(worker, padded, tmp_path):
    tomogram, _ = padded()
    worker.want((request_for(tomogram, tmp_path, normalisation="tomogram quantiles 9"),))
    worker.work(1_000_000)
    (failed,) = worker.drain()
    assert isinstance(failed, Failed)
    assert "grey values of another definition ('tomogram quantiles 9', here" in failed.sentence
