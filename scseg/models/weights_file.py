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


def read_weights(
    path: Path, shapes: Mapping[str, tuple[int, ...]], kind: type[np.floating[Any]] = np.float32
) -> Weights:
    """Return the weights in `path` (.h5), of that kind, which must have just these names and shapes.

    Every dataset's name, shape and type is compared before any is read: a file of 22 kB can otherwise
    announce more than a gigabyte.

    Raises:
        ScsegError: the file is not HDF5, or does not hold exactly these weights.
    """
    try:
        # An open file, since HDF5 would wait at a pipe of that name.
        with regular_files.open_to_read(path) as content, h5py.File(content, "r") as file:
            found = _datasets(file)
            if not _match(found, shapes, np.dtype(kind)):
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


def weights_content(weights: Weights, keras: str = "") -> bytes:
    """Return the content of an .h5 file with these weights, as Keras would write them.

    `keras` is the configuration of the network (JSON), with which `load_model` of Keras opens the file.
    """
    with h5py.File("in_memory.h5", "w", driver="core", backing_store=False) as file:
        if keras:
            file.attrs["model_config"] = keras
        group = file.create_group("model_weights")
        names: dict[str, list[str]] = {}
        for path in weights:
            names.setdefault(path.split("/")[0], []).append(path)
        # Keras finds layers and weights by these lists, not by what lies in the file.
        group.attrs["layer_names"] = [name.encode() for name in names]
        for name, paths in names.items():
            layer = group.create_group(name)
            layer.attrs["weight_names"] = [path.encode() for path in paths]
            for path in paths:
                layer.create_dataset(path, data=weights[path])
        file.flush()
        return bytes(file.id.get_file_image())


def _match(
    found: Mapping[str, Any], shapes: Mapping[str, tuple[int, ...]], kind: np.dtype[Any]
) -> bool:
    """Tell whether name, shape and type of every dataset are those wanted, and nothing is elsewhere."""
    stored = {name: (data.shape, data.dtype) for name, data in found.items()}
    wanted = {name: (tuple(shape), kind) for name, shape in shapes.items()}
    return stored == wanted and all(_lies_plainly(data) for data in found.values())


def _lies_plainly(data: h5py.Dataset) -> bool:
    """Tell whether values stand in the file as they are, as Keras writes them.

    A compressed chunk may be far larger than its dataset: 1 MB made 1 GB.
    """
    return not (data.is_virtual or data.external or data.chunks)
