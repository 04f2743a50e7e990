"""The head that a network gets for a feature which its starter does not know."""

from __future__ import annotations

import numpy as np
import pytest

from scseg.base.labels import IGNORE
from scseg.models.architectures.table import ARCHITECTURES
from scseg.models.description import TrainingParameters
from scseg.models.samples import Samples
from scseg.models.starters.heads import is_head

pytestmark = pytest.mark.keras

PARAMETERS = TrainingParameters(batch_size=6)


def bright_squares(box=32):
    """Return boxes of noise, most of them with a bright square that is the feature."""
    images = np.random.default_rng(1).normal(size=(6, 1, box, box)).astype(np.float32)
    labels = np.zeros((6, box, box), np.uint8)
    labels[:4, 8:20, 8:20] = 1
    images[:, 0] += 3 * labels
    return Samples.of(images, labels)


def fitted(architecture, most_pixels=None, labelled=True):
    """Return, before and after, weights by their paths, the loss, and how far the feature stands out."""
    from unittest.mock import patch

    from scseg.models.networks import new_head
    from scseg.models.networks.architectures import build
    from scseg.models.networks.backend import set_seed
    from scseg.models.networks.losses import cross_entropy_and_dice

    set_seed(0)
    samples = bright_squares()
    if not labelled:
        samples.labels[:] = IGNORE
    network = build(architecture, 32, 1)
    images, labels = np.moveaxis(samples.images, 1, -1), samples.labels[..., None]

    def state():
        found = np.asarray(network(images))
        loss = float(cross_entropy_and_dice(labels.astype(np.float32), found))
        weights = {weight.path: np.array(weight) for weight in network.weights}
        return weights, loss, found[labels == 1].mean() - found[labels == 0].mean()

    before = state()
    with patch.object(new_head, "_MOST_PIXELS", most_pixels or new_head._MOST_PIXELS):
        new_head.fit_head(network, architecture, samples, PARAMETERS)
    return before, state()


@pytest.mark.parametrize("architecture", ["VGGNet", "UNet BN"])
def test_it_tells_the_feature_from_the_rest_on_a_trunk_that_stays(in_keras_process, architecture):
    (before, loss, _), (after, less, apart) = in_keras_process(fitted, architecture)
    same = {path for path in before if np.array_equal(before[path], after[path])}
    layers = ARCHITECTURES[architecture].layers
    assert same == {path for path in before if not is_head(path, layers)}
    assert less < 0.8 * loss
    assert apart > 0.1


@pytest.mark.parametrize(("most_pixels", "labelled"), [(32 * 32 - 1, True), (None, False)])
def test_too_large_boxes_and_those_without_the_feature_leave_it_as_it_is(
    in_keras_process, most_pixels, labelled
):
    (before, *_), (after, *_) = in_keras_process(fitted, "VGGNet", most_pixels, labelled)
    assert all(np.array_equal(before[path], after[path]) for path in before)
