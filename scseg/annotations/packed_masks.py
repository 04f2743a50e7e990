"""Masks of slices off screen, and in files: bit planes, compressed.

One plane tells which pixels are of the feature; a second, present only where needed, which are ignored.
A megapixel takes some 1 ms to pack, 0.3 ms to unpack, and some ten kilobytes.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scseg.base.labels import FEATURE, IGNORE

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEVEL = 1
"""zlib's quickest: higher levels take ten times as long to save a fifth."""


@dataclass(frozen=True)
class PackedMask:
    """The mask of a slice, `shape` (y, x), labels 0, 1 and 2; never empty. Equal masks are equal."""

    shape: tuple[int, int]
    data: bytes

    @property
    def nbytes(self) -> int:
        return len(self.data) + 150  # what the objects themselves take

    def values(self) -> NDArray[np.uint8]:
        """Return the mask as a new array, uint8 (y, x).

        Raises:
            ValueError: the data are not what `pack` makes; never after `check` has passed.
        """
        height, width = self.shape
        planes = _planes(self)
        values = np.unpackbits(planes[0], count=height * width)
        if len(planes) > 1:
            ignored = np.unpackbits(planes[1], count=height * width).view(np.bool_)
            np.copyto(values, np.uint8(IGNORE), where=ignored)
        return values.reshape(height, width)

    def check(self) -> None:
        """Unpack data from a file with no more memory than a mask of this shape takes.

        Raises:
            ValueError: the data are not what `pack` makes.
        """
        _planes(self)


def pack(values: NDArray[np.uint8]) -> PackedMask | None:
    """Pack a mask, uint8 (y, x) of labels 0, 1 and 2; None where it holds nothing."""
    feature, ignored = np.packbits(values & FEATURE), np.packbits(values & IGNORE)
    some_ignored = bool(ignored.any())
    if not some_ignored and not feature.any():
        return None
    raw = feature.tobytes() + (ignored.tobytes() if some_ignored else b"")
    height, width = values.shape
    return PackedMask((height, width), zlib.compress(raw, LEVEL))


def most_packed_bytes(height: int, width: int) -> int:
    """Return how many bytes packed data can have, even where nothing could be compressed."""
    return 2 * _plane_length(height, width) * 65 // 64 + 1024


def _plane_length(height: int, width: int) -> int:
    return (height * width + 7) // 8


def _planes(packed: PackedMask) -> NDArray[np.uint8]:
    """Return one or two planes of bits, (plane, byte)."""
    length = _plane_length(*packed.shape)
    unpacker = zlib.decompressobj()
    try:
        raw = unpacker.decompress(packed.data, 2 * length + 1)
    except zlib.error as error:
        raise ValueError("a mask cannot be unpacked") from error
    if len(raw) not in (length, 2 * length) or not unpacker.eof or unpacker.unused_data:
        raise ValueError("a mask is not of the tomogram's size")
    return np.frombuffer(raw, np.uint8).reshape(-1, length)
