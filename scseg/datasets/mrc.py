"""Reading MRC files (.mrc .rec .map .st .ali) through a memory map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scseg.datasets.mrc_header import HEADER_LENGTH, MrcHeader, parse_header
from scseg.datasets.reading import file_length, readable
from scseg.datasets.volume import Volume
from scseg.errors import ScsegError

if TYPE_CHECKING:
    from pathlib import Path


def open_mrc(file: Path, name: Path, *, signed: bool | None = None) -> Volume:
    """Map the voxels of `file`, which errors call `name`; cost does not depend on the volume's size.

    `signed` is the user's word on bytes (mode 0) and overrides the file's.

    Raises:
        ScsegError: the file is no MRC file, is truncated, or holds what is no tomogram.
    """
    length = file_length(file)
    with readable(name), file.open("rb") as stream:
        header = parse_header(stream.read(HEADER_LENGTH), name, signed=signed)
    check_length(length, header, name)
    warnings = header.warnings
    if length > header.length:
        warnings += (
            f"The file has {length} bytes where {header.length} are due; the rest is ignored.",
        )
    with readable(name):
        stored = np.memmap(file, header.dtype, "r", header.offset, header.stored_shape)
    voxels = stored.transpose(header.axes)
    return Volume(voxels, header.voxel_size, header.origin, header.nstart, warnings)


def check_length(length: int, header: MrcHeader, name: Path) -> None:
    """Refuse a truncated file, before memory is taken or mapped for what its header announces."""
    if length < header.offset:
        raise ScsegError(
            f"{name} has a damaged header: it announces an extended header of "
            f"{header.offset - HEADER_LENGTH} bytes, but the file has {length} in all; "
            "copy or compute it again."
        )
    if length < header.length:
        sections, rows, columns = header.stored_shape
        raise ScsegError(
            f"{name} is truncated: its header announces {sections} sections of {columns} x {rows} voxels, "
            f"{header.length} bytes in all, but the file has {length}; copy or compute it again."
        )
