"""Unpacking tomograms that cannot be mapped as they are, once, into the user's cache folder."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import hashlib
import os
import shutil
import zlib
from typing import TYPE_CHECKING, BinaryIO, Self

from scseg.base.errors import ScsegError
from scseg.base.files import regular_files
from scseg.base.files.temporary_files import clear_leftovers
from scseg.base.files.writing import BusyError, atomic_path, write_errors_as_sentences
from scseg.base.folders import cache_folder
from scseg.base.progress import silent
from scseg.datasets.formats.checked_reading import open_checked, read_errors_as_sentences
from scseg.datasets.formats.mrc import MOST_TRAILING, check_against_length
from scseg.datasets.formats.mrc_header import HEADER_LENGTH, parse_header
from scseg.datasets.formats.tiff_stack import AnnouncedLength, read_grey_stack

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scseg.base.progress import Report

PACKED_SUFFIXES = (".gz", ".bz2")
TIFF_SUFFIXES = (".tif", ".tiff")
TIFF_MARKS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_CHUNK = 1 << 20
_MOST_SPARED = 10**10
_LARGEST_RATIO = 10_000
"""Bytes unpacked for a byte of the file: what holds more is hostile."""


def cached_file(
    source: Path, suffix: str, make: Callable[[Path], None], report: Report = silent
) -> Path:
    """Return the cached file that `make` writes from `source`, made now unless it is there.

    It is kept until `source` changes. When `make` fails or is cancelled, nothing is left. Where another run
    makes it at this moment, that is waited for.
    """
    folder = unpacked_folder()
    with write_errors_as_sentences(folder):
        folder.mkdir(exist_ok=True)
    with read_errors_as_sentences(source):
        status = source.stat()
    place = cache_key(source)
    target = folder / f"{place}-{status.st_mtime_ns:x}-{status.st_size:x}{suffix}"
    if target.exists():
        return target
    clear_leftovers(folder)
    while not target.exists():
        try:
            with atomic_path(target) as temporary:
                make(temporary)
        except BusyError:
            report(0, f"Waiting for another run that unpacks {source.name}")
    for old in folder.glob(f"{place}-*{suffix}"):
        # Windows keeps what another process has mapped; it goes the next time.
        if old != target:
            with contextlib.suppress(OSError):
                regular_files.remove(old)
    return target


def unpacked_folder() -> Path:
    """Return where unpacked tomograms are kept; it may not be there yet."""
    return cache_folder() / "unpacked"


def cache_key(source: Path) -> str:
    """Return how the names of all files begin that were unpacked from `source`: 24 hexadecimal digits."""
    return hashlib.sha256(os.fsencode(source.resolve())).hexdigest()[:24]


def check_disk_space(name: Path, needed: int, folder: Path) -> None:
    """Refuse to put more into the cache than the disk can spare: others need some of it too.

    Raises:
        ScsegError: tells what is needed, what there is, and where.
    """
    disk = shutil.disk_usage(folder)
    spared = min(disk.total // 10, _MOST_SPARED)
    if needed > disk.free - spared:
        raise ScsegError(
            f"{name} takes {_gigabytes(needed)} unpacked, and there are {_gigabytes(disk.free)} free in "
            f"{folder}, of which {_gigabytes(spared)} are left for other programs; free some space, or set "
            "SCSEG_HOME to a folder on another disk."
        )


def unpacked_file(path: Path, inner_suffix: str, report: Report) -> Path:
    """Return the cached file with what a .gz or .bz2 file holds, an MRC or a TIFF file.

    Raises:
        ScsegError: damaged, truncated, larger than its content announces, or no space.
        CancelledError: from `report`; nothing is left then.
    """
    unpack = _unpack_tiff if inner_suffix in TIFF_SUFFIXES else _unpack_mrc

    def make(target: Path) -> None:
        with _Packed(path, report) as packed:
            unpack(packed, target, report)

    return cached_file(path, inner_suffix, make, report)


class _Packed:
    """The content of a packed file, read so that every fault in it is a sentence."""

    def __init__(self, path: Path, report: Report) -> None:
        self.path = path
        self._report = report
        self._stack = contextlib.ExitStack()
        self._stream: gzip.GzipFile | bz2.BZ2File

    def __enter__(self) -> Self:
        self._file, self.length = self._stack.enter_context(open_checked(self.path))
        # Read through this, a job can be cancelled also where hardly anything comes out.
        watched = _Watched(self._file, self._tell)
        if self.path.suffix.lower() == ".gz":
            self._stream = self._stack.enter_context(gzip.GzipFile(fileobj=watched))
        else:
            self._stream = self._stack.enter_context(bz2.BZ2File(watched))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _tell(self) -> None:
        fraction = min(self._file.tell() / self.length, 1.0)
        self._report(fraction, f"Unpacking {self.path.name}")

    def read(self, count: int) -> bytes:
        """Return the next bytes, fewer only at the end."""
        with read_errors_as_sentences(self.path):
            try:
                return self._stream.read(count)
            except EOFError as error:
                raise ScsegError(
                    f"{self.path} is truncated: its compressed data end too early; copy it again."
                ) from error
            except (zlib.error, OSError) as error:
                if isinstance(error, OSError) and error.errno:
                    raise  # the disk's fault, not the data's
                raise ScsegError(
                    f"{self.path} is damaged or not compressed as its name says ({error}); copy it again."
                ) from error


class _Watched:
    """A file that tells before each reading."""

    def __init__(self, file: BinaryIO, tell: Callable[[], None]) -> None:
        self._file = file
        self._tell = tell
        self.seek = file.seek
        self.seekable = file.seekable

    def read(self, count: int = -1) -> bytes:
        self._tell()
        return self._file.read(count)


def _unpack_mrc(packed: _Packed, target: Path, _report: Report) -> None:
    start = packed.read(HEADER_LENGTH)
    header = parse_header(start, packed.path)
    with regular_files.open_to_change(target) as output:
        output.write(start)
        due = max(header.length, header.bare_length)
        length = _copied(packed, output, lambda so_far: due + MOST_TRAILING * (so_far > due))
    check_against_length(header, length, packed.path)


def _unpack_tiff(packed: _Packed, target: Path, report: Report) -> None:
    start = packed.read(HEADER_LENGTH)
    if not start.startswith(TIFF_MARKS):
        raise ScsegError(
            f"{packed.path} holds no TIFF file, whatever its name says; check where it comes from."
        )
    with (
        regular_files.open_to_change(target) as output,
        regular_files.open_to_read(target) as written,
    ):
        output.write(start)
        output.flush()
        length = _copied(packed, output, AnnouncedLength(written, packed.path).so_far)
        # What opens later must be known to be a stack before the cache keeps it.
        read_grey_stack(written, length, packed.path, report)


def _copied(packed: _Packed, output: BinaryIO, announced: Callable[[int], int]) -> int:
    """Copy to the end, or as far as anything is due, and return the number of bytes that there are then.

    `announced` tells how many bytes are due in all, as far as those so far tell.

    Raises:
        ScsegError: more comes than the disk can spare, or than so few bytes can hold.
    """
    length = output.tell()
    due = announced(length)
    while chunk := packed.read(_CHUNK):
        check_disk_space(packed.path, max(due - length, len(chunk)), cache_folder())
        length += output.write(chunk)
        if length > due:
            output.flush()
            due = announced(length)
        if length > due:
            # A file that is not packed may go on behind its voxels, too: nobody reads that.
            output.truncate(due)
            return due
        if length > packed.length * _LARGEST_RATIO:
            raise ScsegError(
                f"{packed.path} unpacks to more than {_LARGEST_RATIO} times its length; it may be damaged."
            )
    return length


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.3g} GB"
