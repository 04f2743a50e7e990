"""A graphics card with too little memory for a batch: halves of it are done, and the user is told."""

from __future__ import annotations

import mrcfile
import numpy as np
import pytest

from scseg.compute.segmentation_jobs import single_model
from scseg.compute.segmenter import Segmenter
from scseg.models.starters.ready import ready_features, write_ready
from tests.fakes.jobs import segmentation_of

pytestmark = pytest.mark.keras

SHAPE = (3, 256, 256)


def test_a_segmentation_goes_on_with_smaller_batches_and_tells_it_once(tmp_path, rng):
    path = tmp_path / "t.mrc"
    with mrcfile.new(path) as mrc:
        mrc.set_data(rng.normal(5, 2, SHAPE).astype(np.float32))
        mrc.voxel_size = 10.0
    job = segmentation_of(path, write_ready(ready_features()[0], 10.0, tmp_path), overlap=0.5)
    with Segmenter("tests.fakes.small_card") as segmenter:
        written = segmenter.write_volume(job, tmp_path)
        assert segmenter.notices == [
            "The graphics card had too little memory for batches of 16: they are of 4 from here on."
        ]
        segmenter.notices.clear()
        segmenter.write_slices(single_model(job), tmp_path)
        assert not segmenter.notices
    np.testing.assert_allclose(mrcfile.read(written), 0.5)
