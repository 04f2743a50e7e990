"""Weights of a Keras network in and out of HDF5, never through `load_model`, which can run code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import h5py

from scseg.models.weights_file import read_weights

if TYPE_CHECKING:
    from pathlib import Path

    import keras

    from scseg.models.weights_file import Weights

IN_MEMORY = "in_memory.h5"
"""What HDF5 calls a file that is on no disk."""


def as_hdf5(network: keras.Model) -> bytes:
    """Return a whole Keras model as the content of an .h5 file, which any Keras 3 opens with `load_model`.

    Made in memory: on a disk, HDF5 swallows some writes that fail, and crashes the process at others.
    """
    with _InMemory(IN_MEMORY, "w", driver="core", backing_store=False) as file:
        network.save(file, include_optimizer=False)
        file.flush()
        return bytes(file.id.get_file_image())


class _InMemory(h5py.File):  # type: ignore[misc]  # h5py tells no types
    """Keras writes into an open HDF5 file, too, but takes the format from what this calls itself."""

    def __str__(self) -> str:
        return IN_MEMORY


def load_weights(network: keras.Model, path: Path) -> None:
    """Load the weights of `path` (.h5) into a network, bit for bit.

    Raises:
        ScsegError: the file is not HDF5, or does not hold exactly this network's weights.
    """
    shapes = {weight.path: tuple(weight.shape) for weight in network.weights}
    set_weights(network, read_weights(path, shapes))


def set_known_weights(network: keras.Model, weights: Weights) -> None:
    """Give a network the weights of these paths, and leave the others as they are."""
    for weight in network.weights:
        if weight.path in weights:
            weight.assign(weights[weight.path])


def set_weights(network: keras.Model, weights: Weights) -> None:
    """Give a network the weights of these paths."""
    for weight in network.weights:
        weight.assign(weights[weight.path])
