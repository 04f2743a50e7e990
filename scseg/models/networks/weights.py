"""Weights in and out of HDF5, never through Keras' `load_model`, which can run code from a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

from scseg.base.errors import ScsegError
from scseg.base.files import regular_files

if TYPE_CHECKING:
    from pathlib import Path

    import keras
    from numpy.typing import NDArray


_FAULTS = (OSError, RuntimeError, LookupError, TypeError, ValueError)
"""What h5py raises on damaged files, found by trying."""
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

    Every dataset's name, shape and type is compared before any is read: a file of 22 kB can otherwise
    make Keras take more than a gigabyte.

    Raises:
        ScsegError: the file is not HDF5, or does not hold exactly this network's weights.
    """
    try:
        # An open file, since HDF5 would wait at a pipe of that name.
        with regular_files.open_to_read(path) as content, h5py.File(content, "r") as file:
            values = _read(file, network, path)
    except regular_files.IrregularError as error:
        raise ScsegError(f"Cannot read {path}: {error.strerror}.") from error
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
