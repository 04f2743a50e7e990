"""Writing predictions and labels as MRC files that lie where their tomogram lies.

A volume is written slice by slice, so its memory does not depend on its size; its header, with true
statistics, comes last. Equal runs give equal bytes: nothing of the date or the machine goes in.
"""

from __future__ import annotations

import contextlib
import math
import os
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any, BinaryIO, Self

import numpy as np
from mrcfile.dtypes import HEADER_DTYPE

from scseg.base.errors import ScsegError
from scseg.base.files.resuming import resumed_file
from scseg.base.files.writing import atomic_file, atomic_write, write_errors_as_sentences
from scseg.datasets.formats.checked_reading import open_checked
from scseg.datasets.formats.mrc_header import HEADER_LENGTH
from scseg.datasets.slice_progress import SliceProgress
from scseg.datasets.volume_header import (
    DTYPES,
    header_like,
    set_labels,
    stored_values,
    told_slices,
)
from scseg.datasets.voxel_statistics import Statistics
from scseg.datasets.written_volume import DIGEST_LABEL

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

    from numpy.typing import NDArray

    from scseg.datasets.slice_progress import Mark
    from scseg.datasets.tomogram import Tomogram
    from scseg.datasets.volume_header import LabelKind, VoxelKind

_IMAGE, _VOLUME = 0, 1


class VolumeWriter:
    """Writes the predictions, or labels, of some slices of a tomogram as one volume; a context manager.

    The file appears under its name when the context ends well, and not at all otherwise. With a digest, what
    a killed process had written of the same goes on: the slice after those `found` is the next.

    Args:
        path: the file to write; an older one stays until the new one is complete.
        like: the tomogram that gives shape, voxel size, origin and nstart.
        slices: the slices, ascending, in the order in which they will be written.
        kind: int8 is round(127 p), float32 p itself, mask 1 where p >= threshold; labels are as they are.
        label: one line on where the values come from; of it, 80 ASCII characters are kept.
        threshold: of the mask.
        digest: SHA-256 of all that the values depend on, in hexadecimal digits, for a label of its own.

    Raises:
        ScsegError: the file cannot be written (no space, no permission, no folder).
    """

    def __init__(  # noqa: PLR0913 - what there is to say of a volume
        self,
        path: Path,
        like: Tomogram,
        slices: Sequence[int],
        kind: VoxelKind | LabelKind,
        label: str,
        threshold: float = 0.5,
        *,
        digest: str = "",
    ) -> None:
        if not slices or list(slices) != sorted(set(slices)):
            raise ValueError("the slices of a volume must be ascending, and at least one")
        self._path = path
        self._like = like
        self._slices = tuple(slices)
        self._kind = kind
        self._label = label
        self._threshold = threshold
        self._digest = digest
        self._written = 0
        self._states: list[tuple[Mark, Statistics]] = [((0, 0), Statistics())]

    @property
    def nbytes(self) -> int:
        """How large the file will be."""
        return int(HEADER_LENGTH) + len(self._slices) * self._slice_bytes

    def is_there(self) -> bool:
        """Tell whether the file is there already, whole and of the same digest; reads its header only.

        Raises:
            ScsegError: it cannot be read.
        """
        if not self._digest or not self._path.is_file():
            return False
        with open_checked(self._path) as (file, length):
            raw = file.read(HEADER_LENGTH)
        if len(raw) < HEADER_LENGTH or length != self.nbytes:
            return False
        found = np.frombuffer(raw, HEADER_DTYPE.newbyteorder("<"), count=1)[0]
        expected = self._complete_header(Statistics(1, 0.0, 0.0))
        for told in ("dmin", "dmax", "dmean", "rms"):
            expected[told] = found[told]
        return expected.tobytes() == raw

    @property
    def found(self) -> int:
        """How many slices a killed process has left of the same volume; known once it is open."""
        return len(self._states) - 1

    def go_on_after(self, count: int) -> None:
        """Keep the first `count` of the slices that were found, and have the next one follow on them."""
        mark, statistics = self._states[count]
        self._statistics = replace(statistics)
        self._progress.begin_after(mark)
        self._written = count

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            target = (
                resumed_file(self._path, self._digest) if self._digest else atomic_file(self._path)
            )
            self._file: BinaryIO = stack.enter_context(target)
            self._progress = SliceProgress(
                self._file, self._digest, HEADER_LENGTH, self._slice_bytes
            )
            self._check_space()
            if self._digest:
                self._read_found()
            self.go_on_after(self.found)
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
        stored = stored_values(values, self._like, self._kind, self._threshold)
        self._statistics.add(stored)
        self._progress.add(stored.tobytes())
        self._written += 1

    def _read_found(self) -> None:
        """Look at what a killed process has left, up to the last slice that is vouched for."""
        statistics, read, whole = Statistics(), self._states[:], 1
        for data, mark, vouched_for in self._progress.found(len(self._slices)):
            values = np.frombuffer(data, DTYPES[self._kind]).reshape(self._like.shape[1:])
            statistics.add(values)
            read.append((mark, replace(statistics)))
            whole = len(read) if vouched_for else whole
        self._states = read[:whole]

    @property
    def _slice_bytes(self) -> int:
        return math.prod(self._like.shape[1:]) * DTYPES[self._kind].itemsize

    def _check_space(self) -> None:
        """Refuse at once what would fill the disk after hours of work."""
        with write_errors_as_sentences(self._path):
            free = shutil.disk_usage(self._path.parent).free
        needed = self.nbytes - os.fstat(self._file.fileno()).st_size
        if needed > free:
            raise ScsegError(
                f"Cannot write {self._path}: it takes {needed / 1e9:.2f} GB and there are {free / 1e9:.2f} "
                "free; free some space, or choose a folder on another disk."
            )

    def _complete(self) -> None:
        if self._written != len(self._slices):
            raise ValueError(f"{self._written} of {len(self._slices)} slices for {self._path}")
        self._file.seek(0)
        self._file.write(self._complete_header(self._statistics).tobytes())

    def _complete_header(self, statistics: Statistics) -> NDArray[np.void]:
        header = header_like(self._like, self._slices, self._kind, statistics)
        header["ispg"] = _VOLUME
        digest = (DIGEST_LABEL + self._digest,) if self._digest else ()
        set_labels(header, self._label, *digest, *told_slices(self._slices))
        return header


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
    stored = stored_values(values, like, kind, threshold)
    statistics = Statistics()
    statistics.add(stored)
    header = header_like(like, (z,), kind, statistics)
    header["ispg"] = _IMAGE
    set_labels(header, label)
    atomic_write(path, header.tobytes() + stored.tobytes())
