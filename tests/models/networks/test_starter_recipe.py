"""The recipe of starters: it goes on after a kill as if nothing had been, and its heads are networks."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
import pytest

from scseg.datasets.simulation.boxes import CodedBoxes
from tools.starter.course import Course

pytestmark = pytest.mark.keras

SMALL = "VGGNet BN small"


def random_boxes(_, seed):
    random = np.random.default_rng(seed)
    images = random.normal(size=(96, 1, 64, 64)).astype(np.float16)
    return CodedBoxes(images, (16 + random.integers(0, 16, (96, 64, 64))).astype(np.uint8))


def learnt(folder, *batches):
    """Learn up to each of these numbers of batches, in a program of its own that keeps what it has learnt."""
    from tools.starter.learning import Learning
    from tools.starter.pool import Pool

    with patch.object(Pool, "boxes", random_boxes):
        for stop in batches:
            learning = Learning(SMALL, folder, batch_size=2, seed=1)
            while learning.batches < stop:
                learning.step()
                if learning.batches % 2 == 0:
                    learning.keep()
        learning.take_over()
        return [np.array(weight) for weight in learning.network.weights]


def test_what_was_killed_goes_on_as_if_nothing_had_been(in_keras_process, tmp_path):
    for name in ("whole", "killed"):
        (tmp_path / name).mkdir()
    whole = in_keras_process(learnt, tmp_path / "whole", 4)
    # The third batch was not kept, and is learnt again.
    killed = in_keras_process(learnt, tmp_path / "killed", 3, 4)
    for one, other in zip(whole, killed, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


def images_of_a_batch(folder, spectra, noisier):
    """Return the images of a batch of 64 boxes, of which parts have other amplitudes, and more noise."""
    from tools.starter import pool

    with (
        patch.object(pool.Pool, "boxes", random_boxes),
        patch.object(pool, "OTHER_SPECTRA", spectra),
        patch.object(pool, "NOISIER", noisier),
    ):
        images, _ = pool.Pool(folder, 64, seed=1).batch(0)
    return images


def changed(one, other):
    """Return of each box whether its grey values are others."""
    return np.array(
        [not np.allclose(a, b) for a, b in zip(one[..., 0], other[..., 0], strict=True)]
    )


def test_half_of_the_boxes_have_other_amplitudes_and_all_their_voxel_size(
    in_keras_process, tmp_path
):
    plain, mixed = (in_keras_process(images_of_a_batch, tmp_path, part, 0.0) for part in (0.0, 0.5))
    others = changed(plain, mixed)
    assert 20 <= others.sum() <= 44
    np.testing.assert_array_equal(plain[..., 1], mixed[..., 1])
    # Only amplitudes are others: waves lie where they lay.
    one, other = (np.fft.rfft2(each[others][..., 0], axes=(1, 2)) for each in (plain, mixed))
    assert np.abs(np.angle(one * other.conj()))[:, 1:23, 1:23].max() < 1e-2


def test_half_of_the_boxes_have_more_noise_and_all_their_voxel_size(in_keras_process, tmp_path):
    plain, noisy = (in_keras_process(images_of_a_batch, tmp_path, 0.0, part) for part in (0.0, 0.5))
    assert 20 <= changed(plain, noisy).sum() <= 44
    np.testing.assert_array_equal(plain[..., 1], noisy[..., 1])


def settled(folder):
    """Return the weights before and after a step when steps have settled, and after a whole one."""
    from tools.starter.learning import Learning
    from tools.starter.pool import Pool

    with patch.object(Pool, "boxes", random_boxes):
        learning = Learning(SMALL, folder, batch_size=2, seed=1)
        kept = []
        for step in (0.0, 1.0, 0.0):
            learning.step(step)
            learning.keep()
            with np.load(folder / "kept.npz") as file:
                kept.append(file["weights_0"])
    return kept


def test_steps_come_to_rest(in_keras_process, tmp_path):
    before, at_rest, after = in_keras_process(settled, tmp_path)
    np.testing.assert_array_equal(before, at_rest)
    assert not np.array_equal(at_rest, after)


def test_steps_settle_evenly_before_the_end():
    course = Course(batches=1000, settling=200, pause=np.inf)
    assert [course.settled(each) for each in (0, 800, 900, 1000)] == [0.0, 0.0, 0.5, 1.0]
    assert Course(batches=1000, settling=0, pause=np.inf).settled(999) == 0.0


ENDS = (4, 8)


def mixed(folder):
    """Return what was learnt by two ends, what is half-way between, and what goes on being learnt."""
    from tools.starter.learning import Learning
    from tools.starter.pool import Pool

    def given(learning):
        learning.take_over()
        return np.array(learning.network.weights[0])

    with patch.object(Pool, "boxes", random_boxes):
        learning = Learning(SMALL, folder, batch_size=2, seed=1)
        found = []
        for end in ENDS:
            while learning.batches < end:
                learning.step()
            learning.keep_settled()
            found.append(given(learning))
        learning.keep()
        learning.mix(ENDS)
        again = Learning(SMALL, folder, batch_size=2, seed=1)
        with pytest.raises(FileNotFoundError):
            learning.mix([*ENDS, 9])
        return [*found, given(learning), given(again)]


def test_the_mean_of_several_ends_can_be_taken(in_keras_process, tmp_path):
    one, other, between, gone_on = in_keras_process(mixed, tmp_path)
    assert np.abs(one - other).max() > 1e-4
    np.testing.assert_allclose(between, (one + other) / 2, atol=1e-6)
    np.testing.assert_allclose(gone_on, other, atol=1e-6)


def shipped(folder):
    """Ship a starter twice, and once more when it has learnt again; return the versions and hashes."""
    from scseg.models.starters.simulated_boxes import boxes_path
    from scseg.models.starters.starter import description_path, read_starter
    from tools.starter.export import ship
    from tools.starter.learning import Learning
    from tools.starter.pool import Pool

    boxes_path(folder).write_bytes(b"boxes")
    with patch.object(Pool, "boxes", random_boxes):
        learning = Learning(SMALL, folder, batch_size=2, seed=1)
        found = []
        for learns in (True, False, True):
            if learns:
                learning.step()
            digest = ship(learning, 0.5, folder)
            starter = read_starter(description_path(SMALL, folder))
            found.append((starter.version, starter.sha256, digest))
    return found


def test_a_starter_has_another_version_only_where_its_weights_are_others(
    in_keras_process, tmp_path
):
    found = in_keras_process(shipped, tmp_path)
    assert [version for version, *_ in found] == [1, 1, 2]
    assert all(told == digest for _, told, digest in found)


APIX = 25.0


def answers(architecture):
    """Return what all heads say of an image, and what the networks of single features say of it."""
    from keras import ops

    from scseg.models.architectures.table import ARCHITECTURES
    from scseg.models.networks.architectures import build
    from scseg.models.networks.weights import set_known_weights
    from scseg.models.starters.voxel_size import first_layer, for_voxel_size, sees_one_pixel
    from tools.starter.networks import head_of, network_of
    from tools.starter.pool import with_voxel_size

    layers = ARCHITECTURES[architecture].layers
    network = network_of(architecture, 3, 32)
    kernel = network.get_layer(first_layer(layers).name).kernel
    kernel.assign(sees_one_pixel(np.array(kernel)))
    weights = {weight.path: np.array(weight) for weight in network.weights}
    image = np.random.default_rng(0).normal(size=(1, 1, 32, 32)).astype(np.float32)
    together, alone = ops.convert_to_numpy(network(with_voxel_size(image, APIX))), []
    for number in range(3):
        single = build(architecture, 32, 1)
        whole = weights_of_one(weights, head_of(architecture, weights, number))
        set_known_weights(single, for_voxel_size(whole, layers, APIX))
        alone.append(ops.convert_to_numpy(single(np.moveaxis(image, 1, -1)))[..., 0])
    return together, np.stack(alone, axis=-1)


def weights_of_one(weights, head):
    trunk = {path: each for path, each in weights.items() if path not in head}
    return trunk | head


@pytest.mark.parametrize("architecture", ["VGGNet", "UNet BN"])
def test_each_head_is_a_network_of_its_own_for_a_voxel_size(in_keras_process, architecture):
    together, alone = in_keras_process(answers, architecture)
    np.testing.assert_allclose(together, alone, atol=1e-5)


def answers_of_shipped(architecture, folder):
    """Return what the network of all heads says once it has a starter's weights, and the ready ones."""
    from keras import ops

    from scseg.models.architectures.table import ARCHITECTURES
    from scseg.models.networks.architectures import build
    from scseg.models.networks.weights import set_known_weights, set_weights
    from scseg.models.starters.starter import read_starter, starter_weights
    from scseg.models.starters.voxel_size import first_layer, sees_one_pixel
    from tests.fakes.starters import write_starter
    from tools.starter.networks import network_of, with_all_heads
    from tools.starter.pool import with_voxel_size

    shipped = read_starter(write_starter(folder, architecture)[0])
    network = network_of(architecture, len(shipped.features), 32)
    set_weights(network, with_all_heads(shipped, shipped.features))
    first = first_layer(ARCHITECTURES[architecture].layers)
    kernel = network.get_layer(first.name).kernel
    kernel.assign(sees_one_pixel(np.array(kernel)))
    image = np.random.default_rng(0).normal(size=(1, 1, 32, 32)).astype(np.float32)
    together, alone = ops.convert_to_numpy(network(with_voxel_size(image, APIX))), []
    for feature in shipped.features:
        ready = build(architecture, 32, 1)
        set_known_weights(ready, starter_weights(shipped, feature, 1, APIX))
        alone.append(ops.convert_to_numpy(ready(np.moveaxis(image, 1, -1)))[..., 0])
    return together, np.stack(alone, axis=-1)


@pytest.mark.parametrize("architecture", ["VGGNet", "UNet BN"])
def test_what_is_shipped_can_go_on(in_keras_process, tmp_path, architecture):
    together, alone = in_keras_process(answers_of_shipped, architecture, tmp_path)
    assert alone.std() > 0
    np.testing.assert_allclose(together, alone, atol=1e-5)
