"""How far a volume has come that is being written, kept in the place of its header until that is known.

After each slice its number and a checksum of all slices so far are written there, so that a killed process
loses at most a slice. Every few seconds the slices are forced to the disk, and that state is kept beside the
newest: after a power failure, which may lose what was written last, the older one holds.
"""

from __future__ import annotations

import os
import struct
import time
import zlib
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = struct.Struct("<16s64sIIII")
_MAGIC = b"scseg partial 1\n"
_SECONDS = 20.0

Mark = tuple[int, int]
"""How many slices there are, and the CRC-32 of all of them."""


class SliceProgress:
    """Of a volume in an open file, whose slices begin at `offset` and have `slice_bytes` bytes each."""

    def __init__(self, file: BinaryIO, digest: str, offset: int, slice_bytes: int) -> None:
        self._file = file
        self._digest = digest.encode("ascii")
        self._offset = offset
        self._slice_bytes = slice_bytes
        self._newest: Mark = (0, 0)
        self._flushed: Mark = (0, 0)
        self._flushed_at = time.monotonic()

    def found(self, most: int) -> Iterator[tuple[bytes, Mark, bool]]:
        """Read the slices that were written before: each with its mark, and whether it is vouched for.

        All slices up to one that is vouched for are as they were written. At most `most` are read.
        """
        known = self._known()
        self._file.seek(self._offset)
        crc = 0
        for number in range(1, min(most, max(known, default=0)) + 1):
            data = self._file.read(self._slice_bytes)
            if len(data) < self._slice_bytes:
                return
            crc = zlib.crc32(data, crc)
            yield data, (number, crc), known.get(number) == crc

    def begin_after(self, mark: Mark) -> None:
        """Forget what lies behind the slices of a mark, and have the next one written there."""
        self._newest = self._flushed = mark
        end = self._offset + mark[0] * self._slice_bytes
        self._file.truncate(end)
        self._note(end)

    def add(self, data: bytes) -> None:
        """Write the next slice."""
        self._file.write(data)
        count, crc = self._newest
        self._newest = count + 1, zlib.crc32(data, crc)
        now = time.monotonic()
        if now - self._flushed_at > _SECONDS:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._flushed, self._flushed_at = self._newest, now
        self._note(self._file.tell())

    def _note(self, end: int) -> None:
        # Seeking writes what is buffered: the slice is in the file before it is counted.
        self._file.seek(0)
        head = _HEAD.pack(_MAGIC, self._digest, *self._newest, *self._flushed)
        self._file.write(head.ljust(self._offset, b"\0"))
        self._file.seek(end)

    def _known(self) -> dict[int, int]:
        """Return the marks of whoever wrote the file before; none where it was of other work."""
        self._file.seek(0)
        head = self._file.read(_HEAD.size)
        if len(head) < _HEAD.size:
            return {}
        magic, digest, *numbers = _HEAD.unpack(head)
        if (magic, digest) != (_MAGIC, self._digest):
            return {}
        return {numbers[0]: numbers[1], numbers[2]: numbers[3]}
