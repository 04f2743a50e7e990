"""Which images of a TIFF file are the slices of its stack, and what is left out of it."""

from __future__ import annotations

import io
import itertools
import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

import tifffile

from scseg.base.errors import ScsegError
from scseg.base.progress import Report, silent
from scseg.datasets.formats.checked_reading import read_errors_as_sentences
from scseg.datasets.formats.tiff_description import StackLayout, parse_description
from scseg.datasets.formats.tiff_directories import DirectoryReader, PastEndError
from scseg.datasets.formats.tiff_faults import tiff_errors_as_sentences

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np

    from scseg.datasets.formats.tiff_image import Directory

REMEDY = "save it again as a stack of grey values"
_LARGEST_RATIO = 10_000
"""Bytes unpacked for a byte of the file, with blank slices in mind: what announces more is hostile."""
_LARGEST_BAND, _BANDS_TO_FILE, _ANY_BAND = 128 << 20, 8, 1 << 30
"""Bytes that are unpacked at once: so many, or more from a large file, up to a limit for any."""
_OVERLAPS = 2
"""Times its length that the pixels of a file may take: blank images can share theirs."""
_CODECS = (1, 2, 3, 4, 5, 7, 8, 32773, 32946, 34925, 34926, 50000)
"""Ways of compressing whose output cannot exceed what the directory announces."""
_TRAILING = 1 << 20
"""Bytes that may follow the last image."""
_IMAGES_BETWEEN_REPORTS = 1000


@dataclass(frozen=True)
class Stack:
    """Images of one form: `shape` is (z, y, x), `extents` tell how z is made up where not of slices alone.

    `offset` is where all voxels lie in the file in one piece and as they are; else it is None, and they
    come from the `directories`.
    """

    dtype: np.dtype[Any]
    shape: tuple[int, int, int]
    extents: tuple[int, ...]
    offset: int | None
    directories: tuple[Directory, ...]
    warnings: tuple[str, ...]

    @property
    def description(self) -> str:
        """What stands in the file about the stack: in one of its images, as a rule the first."""
        return next((each.description for each in self.directories if each.description), "")

    @property
    def nbytes(self) -> int:
        return math.prod(self.shape) * self.dtype.itemsize


def read_stack(stream: BinaryIO, length: int, name: Path, report: Report = silent) -> Stack:
    """Find the stack in the file `name` of `length` bytes; of its pixels nothing is read.

    Raises:
        ScsegError: it holds no stack that this program reads, or less than it announces.
        ValueError: the file is no TIFF file, or damaged.
        CancelledError: from `report`.
    """
    images = []
    for directory in DirectoryReader(stream, length):
        images.append(directory)
        if len(images) % _IMAGES_BETWEEN_REPORTS == 0:
            report(0.0, f"Looking through {name.name}")
    if not images:
        raise ValueError("it holds no image")
    alike = _largest_group(images)
    said = parse_description(alike[0].description, alike[0].axes, name)
    chosen = _chosen(images, alike, said, name)
    stack = _stack(stream, chosen, said, _left_out(images, chosen), name)
    _check_length(length, stack, name)
    return stack


def read_grey_stack(stream: BinaryIO, length: int, name: Path, report: Report) -> Stack:
    """Find the volume of grey values in a file of `length` bytes; nothing of it is unpacked.

    Raises:
        ScsegError: the file is no TIFF file, is truncated, or holds what is no tomogram.
        CancelledError: from `report`.
    """
    with read_errors_as_sentences(name), tiff_errors_as_sentences(name, REMEDY):
        stack = read_stack(stream, length, name, report)
    if len(stack.extents) > 1:
        extents = " x ".join(str(extent) for extent in stack.extents)
        raise ScsegError(
            f"{name} has {2 + len(stack.extents)} dimensions ({extents} images); save one channel of it, at "
            "one time, as a stack."
        )
    return stack


class AnnouncedLength:
    """How long a file must be, by what of it has been written so far."""

    def __init__(self, stream: BinaryIO, name: Path) -> None:
        """Read the first bytes, which must be there.

        Raises:
            ScsegError: this is no TIFF file.
        """
        with tiff_errors_as_sentences(name, REMEDY):
            self._walk = DirectoryReader(stream, stream.seek(0, io.SEEK_END))
        self._name = name
        self._end = 0

    def so_far(self, length: int) -> int:
        """Return how many bytes the file has in all, if the first `length` are there.

        Raises:
            ScsegError: it is damaged, or its images lie in another file.
        """
        self._walk.length = length
        with tiff_errors_as_sentences(self._name, REMEDY):
            try:
                for directory in self._walk:
                    self._end = max(self._end, self._walk.end, _end_of(directory, self._name))
            except PastEndError as beyond:
                return max(self._end, beyond.needed)
        return self._end + _TRAILING


def _end_of(directory: Directory, name: Path) -> int:
    """Return where an image ends, with those that follow it without a directory."""
    if directory.start is None or not directory.description:
        return directory.end
    images = parse_description(directory.description, directory.axes, name).images
    return max(directory.end, directory.start + images * directory.nbytes)


def open_tifffile(stream: BinaryIO) -> tifffile.TiffFile:
    """Open a file, whose directories have been read, with tifffile; it closes with the stream.

    Nobody asks it for its series: these would lead it to other files, or to read without end.
    """
    stream.seek(0)
    # Of these kinds, opening alone reads further than the first directory.
    return tifffile.TiffFile(stream, is_lsm=False, is_scanimage=False, is_ndpi=False)


def page_of(tiff: tifffile.TiffFile, directory: Directory) -> tifffile.TiffPage:
    """Return what tifffile knows of an image: its type, and how to unpack it."""
    tiff.filehandle.seek(directory.offset)
    return tifffile.TiffPage(tiff, 0)


def _largest_group(images: list[Directory]) -> list[Directory]:
    """Return the images of that form in which there are most pixels: a thumbnail is no volume."""
    pixels = Counter[tuple[tuple[int, ...], ...]]()
    for each in images:
        pixels[each.form] += math.prod(each.shape)
    form = pixels.most_common(1)[0][0]
    return [each for each in images if each.form == form]


def _chosen(
    images: list[Directory], alike: list[Directory], said: StackLayout, name: Path
) -> list[Directory]:
    """Return the images of the stack in its order."""
    if said.planes and max(said.planes) < len(images):
        planes = [images[place] for place in said.planes]
        if all(each.form == alike[0].form for each in planes):
            return planes
    if 1 < len(alike) < said.images:
        raise ScsegError(
            f"{name} is truncated or damaged: it announces {said.images} images, but has {len(alike)}; "
            "copy or save it again."
        )
    return alike[: said.images] if said.images > 1 else alike


def _left_out(images: list[Directory], chosen: list[Directory]) -> tuple[str, ...]:
    inside = {each.offset for each in chosen}
    others = [(number, each) for number, each in enumerate(images) if each.offset not in inside]
    if not others:
        return ()
    number, first = others[0]
    _, height, width = first.shape
    are = (
        "is no part of the stack and is" if len(others) == 1 else "are no part of the stack and are"
    )
    return (
        f"Of the file's {len(images)} images, {len(others)} {are} left out: "
        f"{'that' if len(others) == 1 else 'the first of them'}, image {number + 1}, has {width} x {height} "
        "pixels.",
    )


def _stack(
    stream: BinaryIO,
    chosen: list[Directory],
    said: StackLayout,
    warnings: tuple[str, ...],
    name: Path,
) -> Stack:
    first = chosen[0]
    page = page_of(open_tifffile(stream), first)
    if page.photometric == tifffile.PHOTOMETRIC.RGB or page.samplesperpixel > 1:
        raise ScsegError(f"{name} holds colours; save it as a stack of grey values.")
    if page.dtype is None or page.dtype.kind not in "iufb":
        raise ScsegError(
            f"{name} holds no grey values (type {page.dtype}); save it as 8, 16 or 32 bit."
        )
    depth, height, width = first.shape
    # One directory may stand for images that follow its own without any.
    images = said.images if len(chosen) == 1 else len(chosen)
    extents = said.extents or (images,) * (images > 1)
    offset = _offset(chosen) if page.dtype.kind != "b" else None
    return Stack(
        dtype=page.dtype.newbyteorder(page.parent.byteorder if offset is not None else "="),
        shape=(images * depth, height, width),
        extents=(*extents, depth) if depth > 1 else extents,
        offset=offset,
        directories=tuple(chosen),
        warnings=warnings,
    )


def _offset(chosen: list[Directory]) -> int | None:
    """Return where all images lie in one piece, None if they do not."""
    for one, other in itertools.pairwise(chosen):
        if one.start is None or other.start != one.start + one.nbytes:
            return None
    return chosen[0].start


def _check_length(length: int, stack: Stack, name: Path) -> None:
    """Refuse what the file's length cannot hold, before memory or disk is taken for it."""
    claimed = sum(each.claimed for each in stack.directories)
    if stack.offset is None:
        end = max(each.end for each in stack.directories)
        possible = len(stack.directories) * stack.directories[0].shape[0] == stack.shape[0]
    else:
        end, possible = stack.offset + stack.nbytes, True
    if end > length or stack.nbytes > _LARGEST_RATIO * length or not possible:
        raise ScsegError(
            f"{name} is truncated or damaged: it announces {stack.nbytes} bytes of voxels, "
            f"but the file has {length} in all; copy or save it again."
        )
    if claimed > _OVERLAPS * length:
        raise ScsegError(
            f"{name} is damaged: its images take more bytes than it has; save it again."
        )
    if stack.offset is None:
        _check_bands(length, stack, name)


def _check_bands(length: int, stack: Stack, name: Path) -> None:
    """Refuse what cannot be unpacked in parts that fit into the memory."""
    most = min(max(_LARGEST_BAND, _BANDS_TO_FILE * length), _ANY_BAND)
    for each in stack.directories:
        if each.compression not in _CODECS:
            raise ScsegError(
                f"{name} is compressed in a way that this program does not read (TIFF's number "
                f"{each.compression}); save it with LZW or Deflate, or as MRC."
            )
        band = each.band_depth * each.band_rows * stack.shape[2] * stack.dtype.itemsize
        if band > most:
            raise ScsegError(
                f"{name} is damaged, or would take too much memory: {band} bytes of it come in one piece, "
                f"and the file has {length}; save it in strips, or as MRC."
            )
