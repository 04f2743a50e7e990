"""The boxes that are shipped with starters: read whole, or not at all."""

from __future__ import annotations

import numpy as np
import pytest

from scseg.base.errors import ScsegError
from scseg.models.starters.simulated_boxes import boxes_path, simulated_boxes
from scseg.models.starters.starter import find_starter, read_starter, starters_folder
from tests.fakes.starters import FEATURES, IN_SLICES, random_boxes, write_starter

SHIPPED = sorted(path.stem.replace("_", " ") for path in starters_folder().glob("*.json"))


@pytest.fixture
def found(tmp_path):
    return read_starter(write_starter(tmp_path)[0])


@pytest.mark.parametrize("feature", FEATURES)
def test_boxes_are_those_of_the_file(found, feature):
    images, labels = random_boxes()
    known = simulated_boxes(found, feature)
    assert known.in_slices == IN_SLICES
    boxes = known.samples
    assert boxes.images.dtype == np.float32
    np.testing.assert_allclose(boxes.images[:, 0], images, atol=1 / 16)
    assert np.array_equal(boxes.labels, labels[feature])


def test_boxes_of_another_starter_are_told(found):
    path = boxes_path(found.path.parent)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ScsegError, match="missing or damaged: install scSegmentation anew"):
        simulated_boxes(found, "Membrane")
    path.unlink()
    with pytest.raises(ScsegError, match="missing or damaged: install scSegmentation anew"):
        simulated_boxes(found, "Membrane")


@pytest.mark.parametrize("architecture", SHIPPED)
def test_what_is_shipped_shows_each_feature(architecture):
    starter = find_starter(architecture)
    for feature in starter.features:
        known = simulated_boxes(starter, feature)
        boxes = known.samples
        # Most boxes stand on some feature, so slices hold no more; carbon fills whole ones.
        in_boxes = (boxes.labels == 1).sum() / (boxes.labels != 2).sum()
        assert 0.2 * in_boxes < known.in_slices < 1.2 * in_boxes
        assert boxes.counts.positives >= 10
        assert boxes.counts.negatives >= 10
        # They are normalised, each as a part of its tomogram.
        assert 0.5 < boxes.images.std() < 2
        assert abs(boxes.images.mean()) < 0.5
