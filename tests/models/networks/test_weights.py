"""Weights in and out of HDF5."""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest

from scseg.base.errors import ScsegError
from tests.fakes.failing_disk import failing_disk
from tests.fakes.models import DESCRIPTION

pytestmark = pytest.mark.keras


def saved_then_loaded(path, name):
    import keras

    from scseg.models.networks.architectures import build
    from scseg.models.networks.weights import as_hdf5, load_weights

    network = build(name, 16, 1)
    # Running statistics of a new network are all zeros and ones.
    network.set_weights([w + np.random.default_rng(0).random() for w in network.get_weights()])
    path.write_bytes(as_hdf5(network))
    other = build(name, 16, 1)
    load_weights(other, path)
    bare = keras.models.load_model(path)
    return [
        [np.array(weight) for weight in model.get_weights()] for model in (network, other, bare)
    ]


@pytest.mark.parametrize("name", ["VGGNet", "UNet BN"])
def test_they_come_back_bit_for_bit_here_and_in_bare_keras(in_keras_process, tmp_path, name):
    original, ours, bare = in_keras_process(saved_then_loaded, tmp_path / "w.h5", name)
    for a, b, c in zip(original, ours, bare, strict=True):
        assert np.array_equal(a, b)
        assert np.array_equal(a, c)


def save(path, name="VGGNet", box=16):
    from scseg.models.networks.architectures import build
    from scseg.models.networks.weights import as_hdf5

    path.write_bytes(as_hdf5(build(name, box, 1)))


def load(path):
    from scseg.models.networks.architectures import build
    from scseg.models.networks.weights import load_weights

    load_weights(build("VGGNet", 16, 1), path)


KERNEL = "model_weights/down0a/down0a/kernel"


def huge(file):
    del file[KERNEL]
    file.create_dataset(KERNEL, (1 << 20, 1 << 10, 4), "f4", chunks=(1, 1 << 10, 4))


def in_a_chunk_of_a_gigabyte(file):
    del file[KERNEL]
    file.create_dataset(
        KERNEL, (3, 3, 1, 64), "f4", maxshape=(None, None, 1, 64), chunks=(4000, 1000, 1, 64),
        compression="gzip",
    )  # fmt: skip


def renamed(file):
    file.move(KERNEL, "model_weights/down0a/down0a/other")


def of_other_type(file):
    del file[KERNEL]
    file.create_dataset(KERNEL, (3, 3, 1, 64), "f8")


def elsewhere(file):
    del file[KERNEL]
    file[KERNEL] = h5py.ExternalLink("/etc/other.h5", "/x")


def external(file):
    del file[KERNEL]
    file.create_dataset(KERNEL, (3, 3, 1, 64), "f4", external=[("/etc/passwd", 0, 2304)])


def without_weights(file):
    del file["model_weights"]


def more(file):
    file.create_dataset("model_weights/more/more/kernel", (2, 2), "f4")


@pytest.mark.parametrize(
    "change",
    [
        huge,
        in_a_chunk_of_a_gigabyte,
        renamed,
        of_other_type,
        elsewhere,
        external,
        without_weights,
        more,
    ],
)
def test_anything_but_exactly_its_weights_is_refused(in_keras_process, tmp_path, change):
    in_keras_process(save, tmp_path / "w.h5")
    with h5py.File(tmp_path / "w.h5", "r+") as file:
        change(file)
    with pytest.raises(ScsegError, match="another network"):
        in_keras_process(load, tmp_path / "w.h5")


def test_the_weights_of_another_architecture_are_refused(in_keras_process, tmp_path):
    in_keras_process(save, tmp_path / "w.h5", "UNet deep")
    with pytest.raises(ScsegError, match="another network"):
        in_keras_process(load, tmp_path / "w.h5")


@pytest.mark.parametrize("content", [b"", b"hello", b"\x89HDF\r\n\x1a\n" + bytes(100)])
def test_what_is_no_hdf5_is_refused(in_keras_process, tmp_path, content):
    (tmp_path / "w.h5").write_bytes(content)
    with pytest.raises(ScsegError, match="HDF5"):
        in_keras_process(load, tmp_path / "w.h5")


def refusals_of_damage(path, tries):
    """Return how often a small file with some bytes changed is refused; other exceptions pass through."""
    import keras

    from scseg.models.networks.weights import as_hdf5, load_weights

    inputs = keras.Input((4, 4, 1))
    network = keras.Model(inputs, keras.layers.Conv2D(2, 3, name="a")(inputs))
    path.write_bytes(as_hdf5(network))
    content = path.read_bytes()
    random = np.random.default_rng(0)
    refused = 0
    for _ in range(tries):
        damaged = np.frombuffer(content, np.uint8).copy()
        damaged[random.integers(len(content), size=40)] = random.integers(256, size=40)
        path.write_bytes(damaged.tobytes())
        try:
            load_weights(network, path)
        except ScsegError:
            refused += 1
    return refused


def test_any_damage_is_refused_in_a_sentence(in_keras_process, tmp_path):
    assert in_keras_process(refusals_of_damage, tmp_path / "w.h5", 500) > 100


def outcomes_of_saving_on_a_failing_disk(folder):
    """Save a new network over an old one, failing at every call in turn; return which of them was there then.

    A pair that is neither raises.
    """
    import keras

    from scseg.models.files import open_model, save_model, weights_path
    from scseg.models.networks.weights import as_hdf5, load_weights

    def network_of(value):
        inputs = keras.Input((4, 4, 1))
        network = keras.Model(inputs, keras.layers.Conv2D(2, 3, name="a")(inputs))
        network.set_weights([np.full(w.shape, value) for w in network.get_weights()])
        return network

    def save(network, loss):
        described = replace(DESCRIPTION, loss=loss)
        save_model(described, lambda file: file.write(as_hdf5(network)), path)

    path, loaded = folder / "m.scnm", network_of(2)
    outcomes = []
    for fails_at in range(1, 1000):
        save(network_of(0), 0.0)
        told = False
        with failing_disk(fails_at) as disk:
            try:
                save(network_of(1), 1.0)
            except ScsegError:
                told = True
        loss = open_model(path).loss
        load_weights(loaded, weights_path(path))
        assert all(np.all(weight == loss) for weight in loaded.get_weights())
        assert sorted(file.name for file in folder.iterdir()) == ["m.h5", "m.scnm"]
        outcomes.append((told, loss))
        if not disk.failed:
            return outcomes
    raise AssertionError("it never came to an end")


def test_a_failing_write_leaves_the_old_network_or_the_new_one(in_keras_process, tmp_path):
    outcomes = in_keras_process(outcomes_of_saving_on_a_failing_disk, tmp_path)
    assert outcomes[-1] == (False, 1.0)
    assert (True, 0.0) in outcomes
    assert (False, 0.0) not in outcomes


def twice_in_memory(folder):
    from scseg.models.networks.architectures import build
    from scseg.models.networks.weights import IN_MEMORY, as_hdf5

    network = build("UNet BN", 16, 1)
    with contextlib.chdir(folder):
        other = Path(IN_MEMORY)
        other.write_bytes(b"of the user")
        return as_hdf5(network), as_hdf5(network), other.read_bytes()


def test_one_network_gives_one_file_and_its_name_in_memory_touches_none(in_keras_process, tmp_path):
    first, second, other = in_keras_process(twice_in_memory, tmp_path)
    assert first == second
    assert other == b"of the user"


def load_what_is_a_pipe(path):
    os.mkfifo(path)
    load(path)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such pipes")
def test_weights_that_are_a_pipe_are_refused_at_once(in_keras_process, tmp_path):
    with pytest.raises(ScsegError, match="a device or a pipe"):
        in_keras_process(load_what_is_a_pipe, tmp_path / "w.h5")
