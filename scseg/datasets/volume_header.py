"""What an MRC file of predictions or labels has in its header, and how values stand in it."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from mrcfile.dtypes import HEADER_DTYPE

from scseg.base.errors import ScsegError
from scseg.datasets.formats.mrc_header import (
    IMOD_SIGNED_BYTES,
    IMOD_STAMP,
    IMOD_STAMP_OFFSET,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.datasets.tomogram import Tomogram
    from scseg.datasets.voxel_statistics import Statistics

VoxelKind = Literal["int8", "float32", "mask"]
LabelKind = Literal["int16 labels", "float32 labels"]
"""MRC knows no whole numbers of four bytes: more than 32,767 labels are float32, exact up to 2^24."""

DTYPES: dict[VoxelKind | LabelKind, np.dtype[Any]] = {
    "int8": np.dtype("i1"),
    "float32": np.dtype("<f4"),
    "mask": np.dtype("i1"),
    "int16 labels": np.dtype("<i2"),
    "float32 labels": np.dtype("<f4"),
}
MOST_LABELS: dict[VoxelKind | LabelKind, int] = {"int16 labels": 2**15 - 1, "float32 labels": 2**24}
FULL_SCALE = 127
"""The value of a prediction of 1 in a volume of bytes."""
_MODES = {"i1": 0, "i2": 1, "f4": 2}
_LABEL_LENGTH = 80


def label_kind(count: int) -> VoxelKind | LabelKind:
    """Return as what labels up to `count` are written.

    Raises:
        ScsegError: there are too many for any kind.
    """
    for kind, most in MOST_LABELS.items():
        if count <= most:
            return kind
    raise ScsegError(
        f"{count} objects are more than an MRC file can number: leave out small ones with --smallest."
    )


def stored_values(
    values: NDArray[Any], like: Tomogram, kind: VoxelKind | LabelKind, threshold: float
) -> NDArray[np.generic]:
    """Return the values of a slice as the file holds them."""
    values = np.ascontiguousarray(values)  # sums depend on the order in memory, by their last bits
    if values.shape != like.shape[1:]:
        raise ValueError(f"a slice of shape {values.shape} for a tomogram of shape {like.shape}")
    highest = MOST_LABELS.get(kind, 1.00001)
    if not (values.min() >= 0 and values.max() <= highest):  # false for NaN too
        raise ValueError(f"values must lie between 0 and {highest:.0f}")
    match kind:
        case "int8":
            return np.asarray(np.rint(values * np.float32(FULL_SCALE)), dtype=np.int8)
        case "mask":
            return np.asarray(values >= threshold, dtype=np.int8)
        case "float32":
            # What is averaged and resampled in single precision can lie a last digit above 1.
            return np.asarray(np.minimum(values, 1), "<f4")
        case "int16 labels" | "float32 labels":
            return np.asarray(values, DTYPES[kind])


def header_like(
    like: Tomogram, slices: tuple[int, ...], kind: VoxelKind | LabelKind, statistics: Statistics
) -> NDArray[np.void]:
    """Return the header, all but its space group and labels."""
    header = np.zeros((), HEADER_DTYPE.newbyteorder("<"))
    size = like.shape[2], like.shape[1], len(slices)
    header["nx"], header["ny"], header["nz"] = size
    header["mx"], header["my"], header["mz"] = size
    header["mode"] = _MODES[DTYPES[kind].str[1:]]
    x, y, z = like.nstart
    header["nxstart"], header["nystart"], header["nzstart"] = x, y, z + slices[0]
    if like.voxel_size is not None:  # else 0, which says that it is unknown
        header["cella"] = tuple(
            n * step for n, step in zip(size, reversed(like.voxel_size), strict=True)
        )
    header["cellb"] = 90, 90, 90
    header["mapc"], header["mapr"], header["maps"] = 1, 2, 3
    header["dmin"], header["dmax"] = statistics.minimum, statistics.maximum
    header["dmean"], header["rms"] = statistics.mean, statistics.deviation
    header["nversion"] = 20141
    header["origin"] = _origin(like, slices[0])
    header["map"], header["machst"] = b"MAP ", (0x44, 0x44, 0, 0)
    _stamp(header)
    return header


def _origin(like: Tomogram, z: int) -> tuple[float, float, float]:
    """Return the origin of slice z. Where the tomogram's is zero, programs go by nzstart."""
    origin = like.origin
    if not any(origin) or like.voxel_size is None:
        return origin
    return origin[0], origin[1], origin[2] + z * like.voxel_size[0]


def _stamp(header: NDArray[np.void]) -> None:
    """Tell IMOD that bytes are signed, as everybody else takes them."""
    offset = IMOD_STAMP_OFFSET - HEADER_DTYPE.fields["extra2"][1]
    extra = bytearray(header["extra2"].tobytes())
    struct.pack_into("<ii", extra, offset, IMOD_STAMP, IMOD_SIGNED_BYTES)
    header["extra2"] = bytes(extra)


def set_labels(header: NDArray[np.void], *labels: str) -> None:
    header["nlabl"] = len(labels)
    for number, label in enumerate(labels):
        ascii_label = "".join(c if c.isascii() and c.isprintable() else "?" for c in label)
        header["label"][number] = ascii_label[:_LABEL_LENGTH].encode()


def told_slices(slices: tuple[int, ...]) -> tuple[str, ...]:
    """Return a label that names the slices, where they do not follow on each other."""
    runs: list[list[int]] = []
    for z in slices:
        if runs and z == runs[-1][-1] + 1:
            runs[-1].append(z)
        else:
            runs.append([z])
    if len(runs) == 1:
        return ()
    names = ",".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
    label = f"Slices of the tomogram: {names}"
    return (label if len(label) <= _LABEL_LENGTH else label[: _LABEL_LENGTH - 3] + "...",)
