"""Boxes of several slices, from extraction to prediction: a network that must look at the slice above."""

from __future__ import annotations

from pathlib import Path

import mrcfile
import numpy as np
import pytest

from scseg.compute.messages import ModelRef, TrainingRequest
from scseg.compute.segmentation_jobs import SegmentationJob, tomogram_ref
from scseg.compute.segmenter import Segmenter
from scseg.compute.training import train_and_wait
from scseg.datasets.tomogram import open_tomogram
from scseg.datasets.training_sets.extraction import SetParameters, extract
from scseg.datasets.training_sets.training_set import save_training_set
from scseg.models.description import TrainingParameters
from scseg.models.files import open_model
from tests.datasets.makers import annotated_by_mask, tomogram_of

pytestmark = pytest.mark.keras

SHAPE = (24, 48, 48)


def squares(seed):
    """Return noise with a bright square on every slice, and where those are, (z, y, x)."""
    random = np.random.default_rng(seed)
    bright = np.zeros(SHAPE, bool)
    for image in bright:
        y, x = random.integers(4, 34, 2)
        image[y : y + 10, x : x + 10] = True
    return (random.normal(0, 1, SHAPE) + 3 * bright).astype(np.float32), bright


def with_voxels(path, voxels):
    with mrcfile.new(path) as mrc:
        mrc.set_data(voxels)
        mrc.voxel_size = 10.0
    return open_tomogram(path)


def trained(folder, voxels, bright):
    """Train a network to find on each slice what is bright on the slice above."""
    above = np.roll(bright, -1, axis=0).astype(np.int8)
    boxes = [(z, y, x) for z in range(1, SHAPE[0] - 1) for y in (12, 36) for x in (12, 36)]
    annotated = annotated_by_mask(
        with_voxels(folder / "t.mrc", voxels), tomogram_of(above), np.array(boxes)
    )
    training_set = extract([annotated], SetParameters(24, None, ("Above",), depth=3))
    save_training_set(training_set, folder / "set.scnt")
    parameters = TrainingParameters(epochs=4, batch_size=16, validation=0)
    request = TrainingRequest(
        str(folder / "set.scnt"), str(folder), "Above", (1, 1, 1), "UNet BN small", parameters
    )
    return Path(train_and_wait(request, lambda *_: None, lambda _: None).model.path)


def test_what_lies_on_the_slice_above_is_learnt_and_predicted(tmp_path):
    path = trained(tmp_path, *squares(0))
    model = open_model(path)
    voxels, bright = squares(1)
    other = with_voxels(tmp_path / "other.mrc", voxels)
    job = SegmentationJob(
        tomogram=other,
        tomogram_ref=tomogram_ref(other.path),
        model=model,
        model_ref=ModelRef(str(path), model.weights_sha256),
        slices=range(1, SHAPE[0] - 1),
        overlap=0.2,
        kind="float32",
    )
    with Segmenter() as segmenter:
        found = open_tomogram(segmenter.write_volume(job, tmp_path)).voxels >= 0.5
    assert model.depth == 3
    assert dice(found, bright[2:]) > 0.8
    assert dice(found, bright[:-2]) < 0.3


def dice(found, truth):
    return 2 * (found & truth).sum() / (found.sum() + truth.sum())
