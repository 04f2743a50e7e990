"""The directories of a TIFF file, one for each image, walked with nothing believed that the file cannot hold.

Another program's library would follow a chain that bites its own tail, and read what a few bytes announce.
Here what directories lay claim to is bounded by the file's own length before anything else reads it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO, Literal

import numpy as np

from scseg.datasets.formats.tiff_image import (
    COUNTS,
    DESCRIPTION,
    LARGEST,
    OFFSETS,
    SMALL,
    Directory,
    Segments,
    directory_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_TYPE_BYTES = np.zeros(1 << 16, np.int64)
_TYPE_BYTES[1:19] = (1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8)
_INTEGERS = {1: "u1", 3: "u2", 4: "u4", 13: "u4", 16: "u8", 18: "u8"}

_MOST_TAGS, _MOST_IMAGES, _MOST_SEGMENTS = 4096, 1 << 16, 1 << 20
_MOST_CLAIMS = 4
"""Times the length of the file: programs may let images share some values, but hardly more."""


class PastEndError(ValueError):
    """Something lies beyond the end of the file: with `needed` bytes it would be there."""

    def __init__(self, needed: int) -> None:
        super().__init__(f"it goes on to byte {needed}, where the file has ended")
        self.needed = needed


class DirectoryReader:
    """Reads one directory after the other.

    The stream may still grow: set `length` anew, and what was beyond the end can be read.
    """

    def __init__(self, stream: BinaryIO, length: int) -> None:
        """Read the first bytes of the file.

        Raises:
            ValueError: this is no TIFF file.
        """
        self.length = length
        self._stream = stream
        self._seen: set[int] = set()
        self._claims = 0
        self.end = 0
        """The end of what the directories so far have been read from, in bytes."""
        head = self._bytes(0, min(16, length))
        self._order: Literal["<", ">"] = ">" if head.startswith(b"MM") else "<"
        version = int.from_bytes(head[2:4], "little" if self._order == "<" else "big")
        if head[:2] not in (b"II", b"MM") or version not in (42, 43) or len(head) < 8:
            raise ValueError("it does not begin as one")
        self._big = version == 43
        self._next = self._integer(head[8:16] if self._big else head[4:8])

    def __iter__(self) -> Iterator[Directory]:
        """Yield the directories, in the order of the chain, from where the last reading ended.

        Raises:
            PastEndError: a directory, or a value of it, lies beyond the end.
            ValueError: the chain goes in a circle, or the directories say what cannot be.
        """
        while self._next:
            if self._next in self._seen:
                raise ValueError("its images are chained in a circle")
            if len(self._seen) >= _MOST_IMAGES:
                raise ValueError(f"it has more than {_MOST_IMAGES} images")
            directory, following = self._read(self._next)
            self._seen.add(self._next)
            self._next = following
            yield directory

    def _read(self, offset: int) -> tuple[Directory, int]:
        entries, following, taken = self._entries(offset)
        taken += self._beside(entries)
        if self._claims + taken > _MOST_CLAIMS * self.length:
            raise ValueError("its directories take more than the file has")
        # Views, which keep the file's byte order; of a tag that stands there twice, the first counts.
        views = [entries[i, ...] for i in range(len(entries))]
        tags = {int(view["code"]): view for view in reversed(views)}
        small = {code: self._small(tags[code]) for code in SMALL if code in tags}
        segments = Segments(self._first(tags, OFFSETS), self._first(tags, COUNTS))
        text = self._text(tags[DESCRIPTION]) if DESCRIPTION in tags else ""
        self._claims += taken
        return directory_of(offset, small, segments, text), following

    def _entries(self, offset: int) -> tuple[NDArray[np.void], int, int]:
        """Return the tags of a directory as they stand, where the next one is, and the bytes of this one."""
        number = "u8" if self._big else "u4"
        entry = np.dtype(
            [("code", "u2"), ("kind", "u2"), ("count", number), ("value", number)]
        ).newbyteorder(self._order)
        first = 8 if self._big else 2
        count = self._integer(self._bytes(offset, first))
        if not 1 <= count <= _MOST_TAGS:
            raise ValueError(f"a directory of it announces {count} tags")
        pointer = offset + first + count * entry.itemsize
        raw = self._bytes(offset + first, count * entry.itemsize)
        # Some programs end the file with the last tag.
        tail = self._bytes(pointer, entry["value"].itemsize) if pointer < self.length else b""
        taken = pointer + len(tail) - offset
        return np.frombuffer(raw, entry), self._integer(tail), taken

    def _beside(self, entries: NDArray[np.void]) -> int:
        """Return the bytes of the values that stand elsewhere in the file."""
        counts = np.minimum(entries["count"].astype(np.uint64), np.uint64(LARGEST)).astype(np.int64)
        sizes = _TYPE_BYTES[entries["kind"]] * counts
        places = np.minimum(entries["value"].astype(np.uint64), np.uint64(LARGEST)).astype(np.int64)
        elsewhere = sizes > entries.dtype["value"].itemsize
        end = int((places + sizes)[elsewhere].max(initial=0))
        if end > self.length:
            raise PastEndError(end)
        self.end = max(self.end, end)
        return int(sizes[elsewhere].sum())

    def _small(self, tag: NDArray[np.void]) -> tuple[int, ...]:
        if not 1 <= tag["count"] < 1 << 16:
            raise ValueError(f"its tag {tag['code']} has {tag['count']} values")
        return tuple(int(value) for value in self._integers(tag))

    def _first(
        self, tags: dict[int, NDArray[np.void]], codes: tuple[int, ...]
    ) -> NDArray[np.int64]:
        tag = next((tags[code] for code in codes if code in tags), None)
        if tag is None:
            return np.zeros(0, np.int64)
        if tag["count"] > _MOST_SEGMENTS:
            raise ValueError(f"an image of it comes in {tag['count']} pieces")
        values = self._integers(tag)
        if int(values.max(initial=0)) > LARGEST:
            raise ValueError("an image of it lies beyond the end of any file")
        return values.astype(np.int64)

    def _integers(self, tag: NDArray[np.void]) -> NDArray[Any]:
        kind = _INTEGERS.get(int(tag["kind"]))
        if kind is None:
            raise ValueError(f"its tag {tag['code']} is of type {tag['kind']}, not whole numbers")
        return np.frombuffer(self._value(tag), np.dtype(kind).newbyteorder(self._order))

    def _text(self, tag: NDArray[np.void]) -> str:
        raw = self._value(tag).partition(b"\0")[0]
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            # As older programs write µ and Å.
            return raw.decode("latin-1")

    def _value(self, tag: NDArray[np.void]) -> bytes:
        """Return the bytes of a tag's value, which stand in the tag itself where they have room there."""
        size = int(_TYPE_BYTES[tag["kind"]]) * int(tag["count"])
        inline = tag["value"].tobytes()
        return inline[:size] if size <= len(inline) else self._bytes(int(tag["value"]), size)

    def _bytes(self, offset: int, count: int) -> bytes:
        if offset + count > self.length:
            raise PastEndError(offset + count)
        self._stream.seek(offset)
        found = self._stream.read(count)
        self.end = max(self.end, offset + count)
        if len(found) < count:
            raise PastEndError(offset + count)
        return found

    def _integer(self, raw: bytes) -> int:
        return int.from_bytes(raw, "little" if self._order == "<" else "big")
