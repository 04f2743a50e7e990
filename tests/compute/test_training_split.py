"""A set divided: what is ignored in a box is what a held-out one covers in the tomogram itself."""

from __future__ import annotations

import numpy as np
import pytest

from scseg.compute.training_split import split_training_set
from scseg.datasets.training_sets.extraction import SetParameters, extract
from tests.datasets.makers import annotated_by_mask, tomogram_of


def in_row(apix, size, slices=(5, 6, 40, 41)):
    """Return a set of boxes of `size`, 8 px apart, with the same feature in all."""
    voxels = np.random.default_rng(0).normal(size=(50, 40, 200)).astype(np.float32)
    mask = np.zeros(voxels.shape, np.int8)
    mask[:, 15:25] = 1
    boxes = np.array([(z, 20, 20 + 8 * i) for z in slices for i in range(20)])
    annotated = annotated_by_mask(tomogram_of(voxels), tomogram_of(mask), boxes)
    return extract([annotated], SetParameters(size, apix, ("Band",)))


@pytest.mark.parametrize(("apix", "size", "width"), [(10.0, 16, 16), (20.0, 8, 16), (5.0, 24, 12)])
def test_what_is_ignored_is_covered_by_a_held_out_box_in_the_tomogram(apix, size, width):
    """On neighbouring slices one side is held out: its boxes are `width` px of the tomogram wide."""
    training_set = in_row(apix, size, slices=(5, 6))
    division = split_training_set(training_set, 0.3)
    assert (division.labels == 2).any()
    x = training_set.positions[:, 2]
    for box, labels in zip(division.learnt, division.labels, strict=True):
        ignored = (labels == 2).mean(axis=0)
        step = apix / 10.0
        middles = x[box] + (np.arange(size) - (size - 1) / 2) * step
        far = np.abs(middles[:, None] - x[division.held_out]).min(axis=1)
        assert (ignored[far > width / 2 + step] == 0).all()
        assert (ignored[far < width / 2 - step] == 1).all()


def test_whole_slices_are_held_out_of_a_set_with_many():
    training_set = in_row(10.0, 16, slices=(5, 20, 35, 45))
    division = split_training_set(training_set, None)
    assert "all 80 boxes" in division.why_not
    division = split_training_set(training_set, 0.25)
    assert len(set(training_set.positions[division.held_out, 0])) == 1
