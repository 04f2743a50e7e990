"""Where the voxels of a tomogram lie in a file. The file is open only while something is read from it.

So hundreds of tomograms can be open, and files can be replaced, moved and removed meanwhile.
"""

from __future__ import annotations

import contextlib
import math
import os
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from scseg.base.errors import ScsegError
from scseg.datasets.formats.checked_reading import open_checked, read_errors_as_sentences

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader
    from pathlib import Path

    from numpy.typing import NDArray

FileMark = tuple[int, int]
"""The length of a file in bytes, and when it was last changed, in ns: another one has another mark.

Not its number on the disk, which does not stay the same on every network disk.
"""


@dataclass(frozen=True, eq=False)
class StoredVoxels:
    """Voxels in one piece of a file, as they are.

    Attributes:
        file: it; errors call it `name`.
        dtype: the type of a voxel.
        offset: where the first voxel is, in bytes.
        stored_shape: how many there are along the axes of the file, the slowest first.
        axes: which of these axes are z, y and x.
        mark: of the file when it was opened; of another one nothing is read.
    """

    file: Path
    name: Path
    dtype: np.dtype[Any]
    offset: int
    stored_shape: tuple[int, int, int]
    axes: tuple[int, int, int]
    mark: FileMark

    @cached_property
    def shape(self) -> tuple[int, int, int]:
        """The number of voxels along z, y and x."""
        z, y, x = (self.stored_shape[axis] for axis in self.axes)
        return z, y, x

    @property
    def nbytes(self) -> int:
        return math.prod(self.stored_shape) * int(self.dtype.itemsize)

    def slice(self, z: int) -> NDArray[Any]:
        """Return a copy of slice z, (y, x).

        Where it lies in one piece it is read, not mapped: a disk that goes away meanwhile is an error then.

        Raises:
            ScsegError: the file is gone, is another one by now, or cannot be read.
        """
        if self.axes[0] != 0:
            return np.array(self.mapped()[z])
        values = np.empty(self.stored_shape[1:], self.dtype)
        with self._opened() as file:
            file.seek(self.offset + z * values.nbytes)
            if file.readinto(values.reshape(-1).view(np.uint8).data) < values.nbytes:
                raise self._shorter(os.fstat(file.fileno()).st_size)
        return values if self.axes[1] == 1 else values.T

    def mapped(self) -> NDArray[Any]:
        """Return all voxels, (z, y, x), as a map that is read only where it is looked at.

        The file stays open until the last array that was made from this has gone. If it is made shorter
        meanwhile, the system kills whoever looks at what is gone.

        Raises:
            ScsegError: the file is gone, is another one by now, or cannot be read.
        """
        with self._opened() as file:
            voxels = np.memmap(file, self.dtype, "r", self.offset, self.stored_shape)
        return voxels.transpose(self.axes)

    def samples(self, count: int, length: int) -> Iterator[bytes]:
        """Yield pieces of at most `length` bytes, `count` at most, from everywhere in the file.

        Raises:
            ScsegError: the file is gone, is another one by now, or cannot be read.
        """
        count = min(count, -(-self.nbytes // length))
        step = self.nbytes / count
        with self._opened() as file:
            for number in range(count):
                # The golden ratio puts them into other columns and rows each time.
                within = (number * 0.6180339887) % 1.0 * max(step - length, 0.0)
                file.seek(self.offset + int(number * step + within))
                yield file.read(min(length, self.nbytes - int(number * step + within)))

    @contextlib.contextmanager
    def _opened(self) -> Iterator[BufferedReader]:
        if self.file != self.name and not self.file.exists():
            raise ScsegError(
                f"What was unpacked of {self.name} is not in the cache any more; open it anew."
            )
        with open_checked(self.file, self.name) as (file, length):
            if length < self.offset + self.nbytes:
                raise self._shorter(length)
            if mark_of(file) != self.mark:
                raise ScsegError(f"{self.name} has changed since it was opened; open it anew.")
            yield file

    def _shorter(self, length: int) -> ScsegError:
        return ScsegError(
            f"{self.name} has become shorter since it was opened, {length} bytes instead of "
            f"{self.offset + self.nbytes}; copy or compute it again and open it anew."
        )


def mark_of(file: BufferedReader) -> FileMark:
    """Return the mark of an open file."""
    status = os.fstat(file.fileno())
    return status.st_size, status.st_mtime_ns


def mark_at(path: Path, name: Path) -> FileMark:
    """Return the mark of a file, which errors call `name`.

    Raises:
        ScsegError: it cannot be reached.
    """
    with read_errors_as_sentences(name):
        status = path.stat()
    return status.st_size, status.st_mtime_ns
