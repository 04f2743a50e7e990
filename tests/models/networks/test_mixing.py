"""Known boxes among those of the user: in addition, from anywhere in them, and of the same size."""

from __future__ import annotations

import numpy as np
import pytest

from scseg.base.labels import IGNORE
from scseg.models.samples import Samples
from scseg.models.sampling import epoch_counts
from scseg.models.tiling.orientations import COUNT, orient

pytestmark = pytest.mark.keras

KNOWN, OWN_ODDS, KNOWN_ODDS = 12, 1.5, 0.5


def boxes(count, box, seed):
    """Boxes whose grey values are all different, and labels that tell them."""
    random = np.random.default_rng(seed)
    images = random.permutation(count * box * box).reshape(count, 1, box, box).astype(np.float32)
    return Samples.of(images, (images[:, 0] % 2).astype(np.uint8))


def mixed_batches(own_box, part, batch_size=8):
    """Return images and labels of the first batches without known boxes, and with them."""
    from scseg.models.description import TrainingParameters
    from scseg.models.networks.batches import batches
    from scseg.models.networks.mixing import mixed
    from scseg.models.networks.odds import Odds

    parameters = TrainingParameters(epochs=3, batch_size=batch_size, augmentation="none", seed=1)
    own = boxes(5, own_box, 1)
    every = list(batches(own, parameters))
    known, random = boxes(4, KNOWN, 2), np.random.default_rng(3)
    odds = Odds(OWN_ODDS, KNOWN_ODDS)
    with_known = list(mixed(iter(every), known, part, odds, "none", random))
    plain = [[(each.images, each.labels, each.count) for each in of] for of in (every, with_known)]
    return *plain, known


@pytest.mark.parametrize("own_box", [8, 12, 40])
def test_each_batch_has_known_boxes_in_addition(in_keras_process, own_box):
    before, after, known = in_keras_process(mixed_batches, own_box, 0.5)
    assert len(before) == len(after) > 1
    for (images, labels, count), (more, more_labels, judged) in zip(before, after, strict=True):
        assert judged == count + 4
        own = [*range(count), *range(judged, len(more))]
        assert np.array_equal(more[own], images)
        assert np.array_equal(more_labels[own], np.insert(labels, 1, OWN_ODDS, axis=-1))
        assert (more_labels[count:judged, ..., 1] == KNOWN_ODDS).all()
        for image, label in zip(more[count:judged], more_labels[count:judged], strict=True):
            assert (image.shape, label.shape) == ((own_box, own_box, 1), (own_box, own_box, 2))
            assert is_part_of(known, image[..., 0], label[..., 0])
    assert any(count < len(images) for images, _, count in before)


def is_part_of(known, image, label):
    """Tell whether an image and its label are cut out of a known box, or are it, mirrored around."""
    assert np.array_equal(label, image % 2)
    before = max(0, len(image) - KNOWN) // 2
    after = max(0, len(image) - KNOWN) - before
    middle = image[before : len(image) - after, before : len(image) - after]
    assert np.array_equal(image, np.pad(middle, (before, after), mode="reflect"))
    return any(
        is_cut_out(orient(whole, turn), middle)
        for whole in known.images[:, 0]
        for turn in range(COUNT)
    )


def is_cut_out(whole, image):
    where = np.argwhere(whole == image[0, 0])
    if not where.size:
        return False
    y, x = where[0]
    return np.array_equal(whole[y : y + len(image), x : x + len(image)], image)


@pytest.mark.parametrize(("batch_size", "known"), [(1, 1), (2, 1), (5, 2), (8, 2)])
def test_a_small_batch_has_one_at_least(in_keras_process, batch_size, known):
    before, after, _ = in_keras_process(mixed_batches, 12, 0.25, batch_size)
    for (_, _, count), (images, labels, judged) in zip(before, after, strict=True):
        assert len(images) == len(labels) == batch_size + known
        assert judged == count + known


def test_they_are_other_ones_each_time(in_keras_process):
    _, after, _ = in_keras_process(mixed_batches, 12, 0.5)
    drawn = [images[count - 4 : count].tobytes() for images, _, count in after]
    assert len({*drawn}) == len(drawn)


def odds_of(labels, dealt=None):
    from scseg.models.networks.odds import log_odds

    return log_odds(Samples.of(np.zeros((len(labels), 1, 8, 8), np.float32), labels), dealt)


def test_odds_are_those_of_the_pixels_that_are_judged(in_keras_process):
    labels = np.zeros((40, 8, 8), np.uint8)
    labels[:, :2], labels[:, 6:] = 1, IGNORE
    assert in_keras_process(odds_of, labels) == pytest.approx(np.log(2 / 4), abs=0.01)
    assert np.isfinite(in_keras_process(odds_of, np.zeros_like(labels)))
    assert np.isfinite(in_keras_process(odds_of, np.ones_like(labels)))


def test_odds_are_those_of_what_an_epoch_deals(in_keras_process):
    labels = np.zeros((50, 8, 8), np.uint8)
    labels[:10, :4] = 1  # a tenth of the pixels, in a fifth of the boxes
    dealt = epoch_counts(10, 40, copies=4, excess=0.3)
    of_all = 40 * 32 / (64 * dealt.total)
    assert in_keras_process(odds_of, labels) == pytest.approx(np.log(0.1 / 0.9), abs=0.01)
    assert in_keras_process(odds_of, labels, dealt) == pytest.approx(
        np.log(of_all / (1 - of_all)), abs=0.01
    )


def test_odds_where_no_box_is_negative(in_keras_process):
    labels = np.ones((4, 8, 8), np.uint8)
    labels[:, 4:] = 0
    dealt = epoch_counts(4, 0, copies=2, excess=0.3)
    assert in_keras_process(odds_of, labels, dealt) == pytest.approx(0, abs=0.01)
