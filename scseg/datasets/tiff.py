"""Reading TIFF stacks: mapped where the file allows it, unpacked once into the cache where not."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import tifffile

from scseg import regular
from scseg.datasets.reading import file_length, readable
from scseg.datasets.tiff_faults import faults_told
from scseg.datasets.unpack import check_space, made_once
from scseg.datasets.volume import Triple, Volume, believed_voxel_size
from scseg.errors import ScsegError

if TYPE_CHECKING:
    from pathlib import Path

    from scseg.progress import Report

_ANGSTROMS = {
    "a": 1.0,
    "å": 1.0,
    "angstrom": 1.0,
    "nm": 10.0,
    "nanometer": 10.0,
    "um": 1e4,
    "µm": 1e4,
    "\\u00b5m": 1e4,
    "micron": 1e4,
}
_REMEDY = "save it again as a stack of grey values"
_LARGEST_IMAGE = 1 << 31
"""Bytes of one compressed image: what announces more is damaged or hostile."""
_LARGEST_RATIO = 10_000
"""Bytes unpacked for a byte of the file, with blank slices in mind: the same."""


@dataclass(frozen=True)
class _Layout:
    """Where the voxels lie: `offset` is None where they cannot be mapped. `shape` is (z, y, x)."""

    dtype: np.dtype[Any]
    shape: tuple[int, int, int]
    offset: int | None

    @property
    def nbytes(self) -> int:
        return math.prod(self.shape) * self.dtype.itemsize


def open_tiff(file: Path, name: Path, report: Report) -> Volume:
    """Map the voxels of `file`, which errors call `name`; compressed ones are unpacked once.

    Raises:
        ScsegError: the file is no TIFF file, is truncated, or holds what is no tomogram.
        CancelledError: from `report`, while unpacking.
    """
    length = file_length(file)
    with readable(name), file.open("rb") as stream:
        with faults_told(name, _REMEDY):
            tiff = tifffile.TiffFile(stream)
            layout = _read_layout(tiff, name)
            voxel_size, warnings = believed_voxel_size(*_voxel_size(tiff))
        _check_length(length, layout, name)
        if layout.offset is None:
            file = _unpacked(tiff, layout, name, report)
    with readable(name):
        voxels = np.memmap(file, layout.dtype, "r", layout.offset or 0, layout.shape)
    return Volume(voxels, voxel_size, (0.0, 0.0, 0.0), (0, 0, 0), warnings)


def _check_length(length: int, layout: _Layout, name: Path) -> None:
    """Refuse what the file's length cannot hold, before memory or disk is taken for it."""
    due = layout.nbytes / _LARGEST_RATIO if layout.offset is None else layout.offset + layout.nbytes
    if length < due:
        raise ScsegError(
            f"{name} is truncated or damaged: it announces {layout.nbytes} bytes of voxels, "
            f"but the file has {length} in all; copy or save it again."
        )


def _read_layout(tiff: tifffile.TiffFile, name: Path) -> _Layout:
    series = tiff.series[0]
    shape, axes = tuple(series.shape), series.axes
    if "S" in axes:
        raise ScsegError(f"{name} holds colours; save it as a stack of grey values.")
    # A stack of three dimensions may well be marked as channels: tifffile does so unless told otherwise.
    if not 2 <= len(shape) <= 3:
        raise ScsegError(
            f"{name} has {len(shape)} dimensions ({axes}); save one channel of it, at one time, as a stack."
        )
    if series.dtype is None or series.dtype.kind not in "iufb":
        raise ScsegError(
            f"{name} holds no grey values (type {series.dtype}); save it as 8, 16 or 32 bit."
        )
    if min(shape) < 1:
        raise ScsegError(f"{name} holds no voxels ({axes}: {shape}); save it again.")
    z, y, x = (1, *shape)[-3:]
    mappable = series.dataoffset is not None and series.dtype.kind != "b"
    offset = series.dataoffset if mappable else None
    dtype = np.dtype(series.dtype).newbyteorder(tiff.byteorder if mappable else "=")
    return _Layout(dtype, (z, y, x), offset)


def _voxel_size(tiff: tifffile.TiffFile) -> Triple:
    """Return the voxel size in A along z, y and x as ImageJ writes it, 0 where the file does not tell."""
    metadata = tiff.imagej_metadata or {}
    angstroms = _ANGSTROMS.get(str(metadata.get("unit", "")).lower().rstrip("s"), 0.0)
    x, y = (angstroms * _pixel(tiff.pages.first, tag) for tag in ("XResolution", "YResolution"))
    spacing = metadata.get("spacing", 0)
    z = angstroms * spacing if isinstance(spacing, int | float) else 0.0
    return z, y, x


def _pixel(page: tifffile.TiffPage, tag: str) -> float:
    """Return the size of a pixel in the file's unit, 0 where there is none."""
    if tag not in page.tags:
        return 0.0
    pixels, units = page.tags[tag].value
    return float(units / pixels) if pixels else 0.0


def _unpacked(tiff: tifffile.TiffFile, layout: _Layout, name: Path, report: Report) -> Path:
    """Return a cached file with the bare voxels."""

    def unpack(target: Path) -> None:
        check_space(name, layout.nbytes, target.parent)
        written = 0
        pages = tiff.series[0].pages
        with regular.reopened(target) as output:
            for number, page in enumerate(pages):
                report(number / len(pages), f"Unpacking {name.name}")
                if page is None or page.nbytes > min(_LARGEST_IMAGE, layout.nbytes):
                    raise ScsegError(
                        f"{name} is damaged: image {number} of it is missing or too large."
                    )
                with faults_told(name, _REMEDY):
                    image = np.asarray(page.asarray(), layout.dtype)
                written += output.write(image.tobytes())
        if written != layout.nbytes:
            raise ScsegError(
                f"{name} is damaged: it announces {layout.nbytes} bytes, but holds {written}."
            )

    return made_once(name, ".voxels", unpack, report)
