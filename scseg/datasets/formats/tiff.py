"""Reading TIFF stacks: where they lie if the file allows it, unpacked once into the cache where not."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from tifffile.tifffile import jpeg_shape

from scseg.base.files import regular_files
from scseg.datasets.formats.checked_reading import open_checked
from scseg.datasets.formats.stored_voxels import StoredVoxels, mark_at
from scseg.datasets.formats.tiff_faults import tiff_errors_as_sentences
from scseg.datasets.formats.tiff_stack import REMEDY, open_tifffile, page_of, read_grey_stack
from scseg.datasets.formats.tiff_voxel_size import told_voxel_size
from scseg.datasets.formats.unpack import cached_file, check_disk_space
from scseg.datasets.formats.volume import Volume, plausible_voxel_size

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import tifffile
    from numpy.typing import NDArray

    from scseg.base.progress import Report
    from scseg.datasets.formats.tiff_image import Directory
    from scseg.datasets.formats.tiff_stack import Stack

_JPEG = 7
_JPEG_HEAD, _SMALL_JPEG = 1 << 16, 1 << 20
_READ_AT_ONCE = 16 << 20


def open_tiff(file: Path, name: Path, report: Report) -> Volume:
    """Find the voxels of `file`, which errors call `name`; compressed ones are unpacked once.

    Raises:
        ScsegError: the file is no TIFF file, is truncated, or holds what is no tomogram.
        CancelledError: from `report`, while unpacking.
    """
    with open_checked(file, name) as (stream, length):
        stack = read_grey_stack(stream, length, name, report)
        with tiff_errors_as_sentences(name, REMEDY):
            page = page_of(open_tifffile(stream), stack.directories[0])
            size = told_voxel_size(page, stack.description)
            voxel_size, warnings = plausible_voxel_size(size, stack.shape[0])
        if stack.offset is None:
            file = _unpacked(stream, stack, name, report)
    mark = mark_at(file, name)
    voxels = StoredVoxels(file, name, stack.dtype, stack.offset or 0, stack.shape, (0, 1, 2), mark)
    return Volume(voxels, voxel_size, (0.0, 0.0, 0.0), (0, 0, 0), stack.warnings + warnings)


def _unpacked(stream: BinaryIO, stack: Stack, name: Path, report: Report) -> Path:
    """Return a cached file with the bare voxels."""

    def unpack(target: Path) -> None:
        check_disk_space(name, stack.nbytes, target.parent)
        tiff = open_tifffile(stream)
        width = stack.shape[2] * stack.dtype.itemsize
        with regular_files.open_to_change(target) as output:
            for image, directory in enumerate(stack.directories):
                for plane, row, band in _bands(tiff, directory, stack.dtype, name):
                    z = image * directory.shape[0] + plane
                    done = (z + row / stack.shape[1]) / stack.shape[0]
                    report(done, f"Unpacking {name.name}")
                    for beyond, rows in enumerate(band):
                        output.seek(((z + beyond) * stack.shape[1] + row) * width)
                        output.write(rows.data)

    return cached_file(name, ".voxels", unpack, report)


def _bands(
    tiff: tifffile.TiffFile, directory: Directory, dtype: np.dtype[Any], name: Path
) -> Iterator[tuple[int, int, NDArray[Any]]]:
    """Yield an image in bands as wide as it is: their first plane and row, and (planes, rows, width).

    An image can be larger than the memory that its file is worth; a band cannot.
    """
    depth, length, width = directory.shape
    with tiff_errors_as_sentences(name, REMEDY):
        page = page_of(tiff, directory)
        if directory.compression == _JPEG:
            _check_jpeg(tiff, page, directory)
        segments = page.segments(maxworkers=1, buffersize=_READ_AT_ONCE)
        for (plane, row), side_by_side in itertools.groupby(segments, lambda each: each[1][1:3]):
            planes, rows = depth - plane, length - row
            band = np.zeros(
                (min(directory.band_depth, planes), min(directory.band_rows, rows), width), dtype
            )
            for values, (_, _, _, column, _), _ in side_by_side:
                if values is not None:
                    inside = values[:planes, :rows, : width - column, 0]
                    band[:, :, column : column + inside.shape[2]] = inside
            yield plane, row, band


def _check_jpeg(tiff: tifffile.TiffFile, page: tifffile.TiffPage, directory: Directory) -> None:
    """Refuse pictures that are larger than their place in the image: they have sizes of their own.

    Raises:
        ValueError: one is, or has none.
    """
    most = directory.band_rows * directory.shape[2]
    for offset, count in zip(page.dataoffsets, page.databytecounts, strict=True):
        tiff.filehandle.seek(offset)
        _, height, width, _ = jpeg_shape(tiff.filehandle.read(min(count, _JPEG_HEAD)))
        if height * width > max(most, _SMALL_JPEG):
            raise ValueError(f"a picture in it has {width} x {height} pixels")
