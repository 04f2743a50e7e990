"""Segmentations of small tomograms."""

from __future__ import annotations

from scseg.compute.messages import ModelRef
from scseg.compute.segmentation_jobs import SegmentationJob, tomogram_ref
from scseg.datasets.tomogram import open_tomogram
from scseg.models.files import open_model


def segmentation_of(path, model, **changes):
    """Return the segmentation of a tomogram by a model's file, of all slices unless others are given."""
    description, tomogram = open_model(model), open_tomogram(path)
    settings = {"slices": range(tomogram.shape[0]), "overlap": 0.2, "kind": "float32"} | changes
    return SegmentationJob(
        tomogram=tomogram,
        tomogram_ref=tomogram_ref(path),
        model=description,
        model_ref=ModelRef(str(model), description.weights_sha256),
        **settings,
    )
