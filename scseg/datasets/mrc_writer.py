"""Writing predictions and labels as MRC files that lie where their tomogram lies.

A volume is written slice by slice, so its memory does not depend on its size; its header, with true
statistics, comes last. Equal runs give equal bytes: nothing of the date or the machine goes in.
"""

from __future__ import annotations

import contextlib
import math
import shutil
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, Self

import numpy as np
from mrcfile.dtypes import HEADER_DTYPE

from scseg.base.errors import ScsegError
from scseg.base.files.writing import atomic_file, atomic_write, write_errors_as_sentences
from scseg.datasets.formats.mrc_header import (
    HEADER_LENGTH,
    IMOD_SIGNED_BYTES,
    IMOD_STAMP,
    IMOD_STAMP_OFFSET,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

    from numpy.typing import NDArray

    from scseg.datasets.tomogram import Tomogram

VoxelKind = Literal["int8", "float32", "mask"]
LabelKind = Literal["int16 labels", "float32 labels"]
"""MRC knows no whole numbers of four bytes: more than 32,767 labels are float32, exact up to 2^24."""

MOST_LABELS: dict[VoxelKind | LabelKind, int] = {"int16 labels": 2**15 - 1, "float32 labels": 2**24}
_MODES: dict[VoxelKind | LabelKind, int] = {
    "int8": 0,
    "float32": 2,
    "mask": 0,
    "int16 labels": 1,
    "float32 labels": 2,
}
_BYTES = {0: 1, 1: 2, 2: 4}
"""Of a voxel, by its mode."""
_IMAGE, _VOLUME = 0, 1
_LABEL_LENGTH = 80


class VolumeWriter:
    """Writes the predictions, or labels, of some slices of a tomogram as one volume; a context manager.

    The file appears under its name when the context ends well, and not at all otherwise.

    Args:
        path: the file to write; an older one stays until the new one is complete.
        like: the tomogram that gives shape, voxel size, origin and nstart.
        slices: the slices, ascending, in the order in which they will be written.
        kind: int8 is round(127 p), float32 p itself, mask 1 where p >= threshold; labels are as they are.
        label: one line on where the values come from; of it, 80 ASCII characters are kept.
        threshold: of the mask.

    Raises:
        ScsegError: the file cannot be written (no space, no permission, no folder).
    """

    def __init__(
        self,
        path: Path,
        like: Tomogram,
        slices: Sequence[int],
        kind: VoxelKind | LabelKind,
        label: str,
        threshold: float = 0.5,
    ) -> None:
        if not slices or list(slices) != sorted(set(slices)):
            raise ValueError("the slices of a volume must be ascending, and at least one")
        self._path = path
        self._like = like
        self._slices = tuple(slices)
        self._kind = kind
        self._label = label
        self._threshold = threshold
        self._statistics = Statistics()
        self._written = 0

    def __enter__(self) -> Self:
        self._check_space()
        with contextlib.ExitStack() as stack:
            self._file: BinaryIO = stack.enter_context(atomic_file(self._path))
            self._file.write(bytes(HEADER_LENGTH))
            self._exits = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        if error is None:
            self._exits.callback(self._complete)
        return self._exits.__exit__(kind, error, trace)

    def write(self, values: NDArray[np.float32] | NDArray[np.integer[Any]]) -> None:
        """Write the next slice, (y, x): predictions from 0 to 1, or labels from 0 to `MOST_LABELS`."""
        if self._written == len(self._slices):
            raise ValueError(f"more than {len(self._slices)} slices for {self._path}")
        stored = _stored(values, self._like, self._kind, self._threshold)
        self._statistics.add(stored)
        self._file.write(stored.tobytes())
        self._written += 1

    def _check_space(self) -> None:
        """Refuse at once what would fill the disk after hours of work."""
        with write_errors_as_sentences(self._path):
            free = shutil.disk_usage(self._path.parent).free
        size = _BYTES[_MODES[self._kind]]
        needed = HEADER_LENGTH + len(self._slices) * math.prod(self._like.shape[1:]) * size
        if needed > free:
            raise ScsegError(
                f"Cannot write {self._path}: it takes {needed / 1e9:.2f} GB and there are {free / 1e9:.2f} "
                "free; free some space, or choose a folder on another disk."
            )

    def _complete(self) -> None:
        if self._written != len(self._slices):
            raise ValueError(f"{self._written} of {len(self._slices)} slices for {self._path}")
        header = _header(self._like, self._slices, self._kind, self._statistics)
        header["ispg"] = _VOLUME
        _set_labels(header, self._label, *_told_slices(self._slices))
        self._file.seek(0)
        self._file.write(header.tobytes())


def write_slice(  # noqa: PLR0913 - what VolumeWriter takes, and the values
    path: Path,
    like: Tomogram,
    z: int,
    values: NDArray[np.float32],
    kind: VoxelKind,
    label: str,
    *,
    threshold: float = 0.5,
) -> None:
    """Write the prediction of slice z, (y, x), 0 to 1, as a single image; otherwise as `VolumeWriter`.

    Raises:
        ScsegError: the file cannot be written (no space, no permission, no folder).
    """
    stored = _stored(values, like, kind, threshold)
    statistics = Statistics()
    statistics.add(stored)
    header = _header(like, (z,), kind, statistics)
    header["ispg"] = _IMAGE
    _set_labels(header, label)
    atomic_write(path, header.tobytes() + stored.tobytes())


@dataclass
class Statistics:
    """Minimum, maximum, mean and standard deviation of values that come slice by slice."""

    count: int = 0
    minimum: float = math.inf
    maximum: float = -math.inf
    mean: float = 0.0
    squares: float = 0.0

    def add(self, values: NDArray[np.generic]) -> None:
        """Take in a slice. Deviations from the running mean are summed, so that nothing cancels out."""
        numbers = values.astype(np.float64)
        mean = float(numbers.mean())
        shift = mean - self.mean
        count = self.count + numbers.size
        self.squares += float(((numbers - mean) ** 2).sum())
        self.squares += shift * shift * self.count * numbers.size / count
        self.mean += shift * numbers.size / count
        self.count = count
        self.minimum = min(self.minimum, float(numbers.min()))
        self.maximum = max(self.maximum, float(numbers.max()))

    @property
    def deviation(self) -> float:
        return math.sqrt(self.squares / self.count)


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


def _stored(
    values: NDArray[Any], like: Tomogram, kind: VoxelKind | LabelKind, threshold: float
) -> NDArray[np.generic]:
    """Return the values of a slice as the file holds them."""
    if values.shape != like.shape[1:]:
        raise ValueError(f"a slice of shape {values.shape} for a tomogram of shape {like.shape}")
    highest = MOST_LABELS.get(kind, 1.00001)
    if not (values.min() >= 0 and values.max() <= highest):  # false for NaN too
        raise ValueError(f"values must lie between 0 and {highest:.0f}")
    match kind:
        case "int8":
            return np.asarray(np.rint(values * np.float32(127)), dtype=np.int8)
        case "mask":
            return np.asarray(values >= threshold, dtype=np.int8)
        case "float32":
            # What is averaged and resampled in single precision can lie a last digit above 1.
            return np.asarray(np.minimum(values, 1), "<f4")
        case "int16 labels":
            return np.asarray(values, "<i2")
        case "float32 labels":
            return np.asarray(values, "<f4")


def _header(
    like: Tomogram, slices: tuple[int, ...], kind: VoxelKind | LabelKind, statistics: Statistics
) -> NDArray[np.void]:
    """Return the header, all but its space group and labels."""
    header = np.zeros((), HEADER_DTYPE.newbyteorder("<"))
    size = like.shape[2], like.shape[1], len(slices)
    header["nx"], header["ny"], header["nz"] = size
    header["mx"], header["my"], header["mz"] = size
    header["mode"] = _MODES[kind]
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


def _set_labels(header: NDArray[np.void], *labels: str) -> None:
    header["nlabl"] = len(labels)
    for number, label in enumerate(labels):
        ascii_label = "".join(c if c.isascii() and c.isprintable() else "?" for c in label)
        header["label"][number] = ascii_label[:_LABEL_LENGTH].encode()


def _told_slices(slices: tuple[int, ...]) -> tuple[str, ...]:
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
