"""The weights of a model, read from its HDF5 file: never more than what its network has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

from scseg.base.errors import ScsegError
from scseg.base.files import regular_files

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    Weights = dict[str, NDArray[np.float32]]
    """By their path in the network, as in `down0a/kernel`."""

_FAULTS = (OSError, RuntimeError, LookupError, TypeError, ValueError)
"""What h5py raises on damaged files, found by trying."""


def read_weights(path: Path, shapes: Mapping[str, tuple[int, ...]]) -> Weights:
    """Return the weights in `path` (.h5), float32, which must have just these names and shapes.

    Every dataset's name, shape and type is compared before any is read: a file of 22 kB can otherwise
    announce more than a gigabyte.

    Raises:
        ScsegError: the file is not HDF5, or does not hold exactly these weights.
    """
    try:
        # An open file, since HDF5 would wait at a pipe of that name.
        with regular_files.open_to_read(path) as content, h5py.File(content, "r") as file:
            found = _datasets(file)
            if not _match(found, shapes):
                raise ScsegError(
                    f"{path} holds the weights of another network: keep the .scnm and .h5 files of a "
                    "model together."
                )
            return {name: data[()] for name, data in found.items()}
    except regular_files.IrregularError as error:
        raise ScsegError(f"Cannot read {path}: {error.strerror}.") from error
    except _FAULTS as error:
        raise ScsegError(f"{path} cannot be read as HDF5: copy the model's files again.") from error


def _datasets(file: h5py.File) -> dict[str, Any]:
    """Return the weights by their path in the network.

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


def _match(found: Mapping[str, Any], shapes: Mapping[str, tuple[int, ...]]) -> bool:
    """Tell whether name, shape and type of every dataset are those wanted, and nothing is elsewhere."""
    stored = {name: (data.shape, data.dtype) for name, data in found.items()}
    wanted = {name: (tuple(shape), np.dtype(np.float32)) for name, shape in shapes.items()}
    return stored == wanted and all(_lies_plainly(data) for data in found.values())


def _lies_plainly(data: h5py.Dataset) -> bool:
    """Tell whether values stand in the file as they are, as Keras writes them.

    A compressed chunk may be far larger than its dataset: 1 MB made 1 GB.
    """
    return not (data.is_virtual or data.external or data.chunks)
