"""Unpacking tomograms that cannot be mapped as they are, once, into the user's cache folder."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import hashlib
import shutil
import zlib
from typing import TYPE_CHECKING, BinaryIO, Self

from scseg import regular
from scseg.datasets.mrc import check_length
from scseg.datasets.mrc_header import HEADER_LENGTH, parse_header
from scseg.datasets.reading import readable
from scseg.errors import ScsegError
from scseg.files import BusyError, explained, replaced
from scseg.folders import cache_folder
from scseg.progress import silent
from scseg.temporaries import clear

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scseg.progress import Report

PACKED_SUFFIXES = (".gz", ".bz2")
TIFF_SUFFIXES = (".tif", ".tiff")
TIFF_MARKS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_CHUNK = 1 << 20


def made_once(
    source: Path, suffix: str, make: Callable[[Path], None], report: Report = silent
) -> Path:
    """Return the cached file that `make` writes from `source`, made now unless it is there.

    It is kept until `source` changes. When `make` fails or is cancelled, nothing is left. Where another run
    makes it at this moment, that is waited for.
    """
    folder = cache_folder() / "unpacked"
    with explained(folder):
        folder.mkdir(exist_ok=True)
    with readable(source):
        status = source.stat()
    place = hashlib.sha256(str(source.resolve()).encode()).hexdigest()[:24]
    target = folder / f"{place}-{status.st_mtime_ns:x}-{status.st_size:x}{suffix}"
    if target.exists():
        return target
    clear(folder)
    while not target.exists():
        try:
            with replaced(target) as temporary:
                make(temporary)
        except BusyError:
            report(0, f"Waiting for another run that unpacks {source.name}")
    for old in folder.glob(f"{place}-*{suffix}"):
        # Windows keeps what another process has mapped; it goes the next time.
        if old != target:
            with contextlib.suppress(OSError):
                regular.remove(old)
    return target


def check_space(name: Path, needed: int, folder: Path) -> None:
    """Refuse to unpack what the disk cannot hold.

    Raises:
        ScsegError: tells what is needed, what there is, and where.
    """
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise ScsegError(
            f"{name} takes {_gigabytes(needed)} unpacked, and there are {_gigabytes(free)} free in {folder}; "
            "free some space, or set SCSEG_HOME to a folder on another disk."
        )


def unpacked(path: Path, inner_suffix: str, report: Report) -> Path:
    """Return the cached file with what a .gz or .bz2 file holds, an MRC or a TIFF file.

    Raises:
        ScsegError: damaged, truncated, larger than its content announces, or no space.
        CancelledError: from `report`; nothing is left then.
    """

    def unpack(target: Path) -> None:
        with _Packed(path) as packed, regular.reopened(target) as output:
            start = packed.read(HEADER_LENGTH)
            if inner_suffix in TIFF_SUFFIXES:
                _unpack_tiff(packed, start, output, report)
            else:
                _unpack_mrc(packed, start, output, report)

    return made_once(path, inner_suffix, unpack, report)


class _Packed:
    """The content of a packed file, read so that every fault in it is a sentence."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with readable(path):
            self._size = path.stat().st_size
            self._file = path.open("rb")
        self._stream: gzip.GzipFile | bz2.BZ2File
        if path.suffix.lower() == ".gz":
            self._stream = gzip.GzipFile(fileobj=self._file)
        else:
            self._stream = bz2.BZ2File(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()
        self._file.close()

    def read(self, count: int) -> bytes:
        """Return the next bytes, fewer only at the end."""
        with readable(self.path):
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

    def fraction(self) -> float:
        return min(self._file.tell() / self._size, 1.0)


def _unpack_mrc(packed: _Packed, start: bytes, output: BinaryIO, report: Report) -> None:
    header = parse_header(start, packed.path)
    check_space(packed.path, header.length, cache_folder())
    length = _copy(packed, start, output, (header.length, "that its header announces"), report)
    check_length(length, header, packed.path)


def _unpack_tiff(packed: _Packed, start: bytes, output: BinaryIO, report: Report) -> None:
    if not start.startswith(TIFF_MARKS):
        raise ScsegError(
            f"{packed.path} holds no TIFF file, whatever its name says; check where it comes from."
        )
    # A TIFF file does not announce its length at its beginning, so the disk alone sets the limit.
    folder = cache_folder()
    _copy(
        packed,
        start,
        output,
        (shutil.disk_usage(folder).free, f"that are free in {folder}"),
        report,
    )


def _copy(
    packed: _Packed, start: bytes, output: BinaryIO, limit: tuple[int, str], report: Report
) -> int:
    """Copy to the end and return the number of bytes; stop with an error when more than the limit comes."""
    length, chunk = 0, start
    while chunk:
        length += len(chunk)
        if length > limit[0]:
            raise ScsegError(
                f"{packed.path} unpacks to more than the {limit[0]} bytes {limit[1]}; it may be damaged."
            )
        output.write(chunk)
        report(packed.fraction(), f"Unpacking {packed.path.name}")
        chunk = packed.read(_CHUNK)
    return length


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.3g} GB"
