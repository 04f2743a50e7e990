"""The boxes that are shipped with starters: read whole, or not at all."""

from __future__ import annotations

import numpy as np
import pytest

from scseg.base.errors import ScsegError
from scseg.models.starters.simulated_boxes import boxes_path, simulated_boxes
from scseg.models.starters.starter import find_starter, read_starter, starters_folder
from tests.fakes.starters import FEATURES, random_boxes, write_starter

SHIPPED = sorted(path.stem.replace("_", " ") for path in starters_folder().glob("*.json"))


@pytest.fixture
def found(tmp_path):
    return read_starter(write_starter(tmp_path)[0])


@pytest.mark.parametrize("feature", FEATURES)
def test_boxes_are_those_of_the_file(found, feature):
    images, labels = random_boxes()
    boxes = simulated_boxes(found, feature)
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
        boxes = simulated_boxes(starter, feature)
        assert boxes.counts.positives >= 10
        assert boxes.counts.negatives >= 10
        # They are normalised, each as a part of its tomogram.
        assert 0.5 < boxes.images.std() < 2
        assert abs(boxes.images.mean()) < 0.5
