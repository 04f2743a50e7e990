"""Weights in and out of HDF5, never through Keras' `load_model`, which can run code from a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

from scseg.errors import ScsegError

if TYPE_CHECKING:
    from pathlib import Path

    import keras
    from numpy.typing import NDArray


_FAULTS = (OSError, RuntimeError, LookupError, TypeError, ValueError)
"""What h5py raises on damaged files, found by trying."""


def save_weights(network: keras.Model, path: Path) -> None:
    """Write a whole Keras model, so that any Keras 3 opens the file with `load_model`."""
    network.save(path, include_optimizer=False)


def load_weights(network: keras.Model, path: Path) -> None:
    """Load the weights of `path` (.h5) into a network, bit for bit.

    Every dataset's name, shape and type is compared before any is read: a file of 22 kB can otherwise
    make Keras take more than a gigabyte.

    Raises:
        ScsegError: the file is not HDF5, or does not hold exactly this network's weights.
    """
    try:
        with h5py.File(path, "r") as file:
            values = _read(file, network, path)
    except _FAULTS as error:
        raise ScsegError(f"{path} cannot be read as HDF5: copy the model's files again.") from error
    for variable in network.weights:
        variable.assign(values[variable.path])


def _read(file: h5py.File, network: keras.Model, path: Path) -> dict[str, NDArray[Any]]:
    found = _datasets(file)
    if not _match(found, network):
        raise ScsegError(
            f"{path} holds the weights of another network: keep the .scnm and .h5 files of a "
            "model together."
        )
    return {name: data[()] for name, data in found.items()}


def _datasets(file: h5py.File) -> dict[str, h5py.Dataset]:
    """Return the weights by their path in the network, as in `down0a/kernel`.

    Keras stores them as `model_weights/down0a/down0a/kernel`. Only what lies in this very file is
    visited: h5py's walk follows no soft and no external links.
    """
    found: dict[str, h5py.Dataset] = {}

    def visit(name: str, item: h5py.Group | h5py.Dataset) -> None:
        if isinstance(item, h5py.Dataset):
            found["/".join(name.split("/")[-2:])] = item

    group = file.get("model_weights")
    if isinstance(group, h5py.Group):
        group.visititems(visit)
    return found


def _match(found: dict[str, h5py.Dataset], network: keras.Model) -> bool:
    """Tell whether name, shape and type of every dataset are the network's, and nothing is elsewhere."""
    expected = {w.path: (tuple(w.shape), np.dtype(w.dtype)) for w in network.weights}
    stored = {name: (data.shape, data.dtype) for name, data in found.items()}
    return stored == expected and all(_lies_plainly(data) for data in found.values())


def _lies_plainly(data: h5py.Dataset) -> bool:
    """Tell whether values stand in the file as they are, as Keras writes them.

    A compressed chunk may be far larger than its dataset: 1 MB made 1 GB.
    """
    return not (data.is_virtual or data.external or data.chunks)
