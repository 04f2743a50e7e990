"""A graphics card with too little memory for a batch: halves of it are done, and the user is told."""

from __future__ import annotations

import mrcfile
import numpy as np
import pytest

from scseg.compute.messages import ModelRef
from scseg.compute.segmentation_jobs import SegmentationJob, single_model, tomogram_ref
from scseg.compute.segmenter import Segmenter
from scseg.datasets.tomogram import open_tomogram
from scseg.models.files import open_model
from scseg.models.starters.ready import ready_features, write_ready

pytestmark = pytest.mark.keras

SHAPE = (3, 256, 256)


def job_for(path, model):
    description = open_model(model)
    return SegmentationJob(
        tomogram=open_tomogram(path),
        tomogram_ref=tomogram_ref(path),
        model=description,
        model_ref=ModelRef(str(model), description.weights_sha256),
        slices=range(SHAPE[0]),
        overlap=0.5,
        kind="float32",
    )


def test_a_segmentation_goes_on_with_smaller_batches_and_tells_it_once(tmp_path, rng):
    path = tmp_path / "t.mrc"
    with mrcfile.new(path) as mrc:
        mrc.set_data(rng.normal(5, 2, SHAPE).astype(np.float32))
        mrc.voxel_size = 10.0
    job = job_for(path, write_ready(ready_features()[0], 10.0, tmp_path))
    with Segmenter("tests.fakes.small_card") as segmenter:
        written = segmenter.write_volume(job, tmp_path)
        assert segmenter.notices == [
            "The graphics card had too little memory for batches of 16: they are of 4 from here on."
        ]
        segmenter.notices.clear()
        segmenter.write_slices(single_model(job), tmp_path)
        assert not segmenter.notices
    np.testing.assert_allclose(mrcfile.read(written), 0.5)
