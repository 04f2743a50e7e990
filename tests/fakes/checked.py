"""Boxes for the fake worker, whose network says of a pixel the logistic function of its grey value."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scseg.compute.checking import CheckOptions, compared, judges_of
from scseg.datasets.normalisation import DEFINITION
from scseg.datasets.training_sets.source_tomogram import SourceTomogram
from scseg.datasets.training_sets.training_set import (
    TrainingSet,
    fingerprint,
    save_training_set,
)
from tests.fakes.models import write_model

BOX = 32
SOURCE = "t.mrc"
USUAL = CheckOptions()


def boxes_of(count, slices=4, box=BOX):
    """Return boxes with a bright square each that is labelled as the feature, on so many slices."""
    rng = np.random.default_rng(0)
    labels = np.zeros((count, box, box), np.uint8)
    positions = np.empty((count, 3), np.int64)
    for number, label in enumerate(labels):
        y, x = rng.integers(2, box - 12, 2)
        label[y : y + 10, x : x + 10] = 1
        positions[number] = 10 * (number % slices), 20 + 40 * (number // slices), 50
    images = np.where(labels, 3.0, -3.0)[:, None].astype(np.float32)
    return TrainingSet(
        images=images,
        labels=labels,
        positions=positions,
        origins=np.zeros(count, np.int64),
        apix=10.0,
        features=("Membrane",),
        sources=(SourceTomogram(SOURCE, 10.0, 0.0, 1.0),),
        normalisation=DEFINITION,
    )


def emptied(boxes, *numbers):
    """Return boxes of which some have lost their labels."""
    labels = boxes.labels.copy()
    labels[list(numbers)] = 0
    return replace(boxes, labels=labels)


def written(folder, boxes, **changes):
    """Write a set and a model that was trained on it; return both paths, the model's first."""
    path = folder / "set.scnt"
    save_training_set(boxes, path)
    changes = {"training_set_sha256": fingerprint(boxes), **changes}
    return write_model(folder, **changes), path


def compare(model, boxes, predictions, options=USUAL):
    """Compare predictions with boxes, as a check does."""
    is_own = fingerprint(boxes) == model.training_set_sha256
    return compared(judges_of(model, boxes, is_own=is_own), boxes, predictions, options)
