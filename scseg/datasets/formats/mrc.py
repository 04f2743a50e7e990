"""Reading the headers of MRC files (.mrc .rec .map .st .ali)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scseg.base.errors import ScsegError
from scseg.datasets.formats.checked_reading import open_checked
from scseg.datasets.formats.mrc_header import HEADER_LENGTH, MrcHeader, parse_header
from scseg.datasets.formats.stored_voxels import StoredVoxels, mark_of
from scseg.datasets.formats.volume import Volume

if TYPE_CHECKING:
    from pathlib import Path

MOST_TRAILING = 1 << 20
"""So many bytes behind the voxels are kept of a packed file: whether there are any is told, not more."""


def open_mrc(file: Path, name: Path, *, signed: bool | None = None) -> Volume:
    """Find the voxels of `file`, which errors call `name`; cost does not depend on the volume's size.

    `signed` is the user's word on bytes (mode 0) and overrides the file's.

    Raises:
        ScsegError: the file is no MRC file, is truncated, or holds what is no tomogram.
    """
    with open_checked(file, name) as (stream, length):
        header = parse_header(stream.read(HEADER_LENGTH), name, signed=signed)
        mark = mark_of(stream)
    header = check_against_length(header, length, name)
    warnings = header.warnings
    if length > header.length:
        cut = file != name and length >= header.length + MOST_TRAILING
        warnings += (
            f"The file has {length} bytes{' or more' if cut else ''} where {header.length} are due; the rest "
            "is ignored.",
        )
    stored = StoredVoxels(
        file, name, header.dtype, header.offset, header.stored_shape, header.axes, mark
    )
    return Volume(stored, header.voxel_size, header.origin, header.nstart, warnings)


def check_against_length(header: MrcHeader, length: int, name: Path) -> MrcHeader:
    """Return a header as a file of `length` bytes bears it out.

    Programs copy the header of another file and leave out the extended header that it announces.

    Raises:
        ScsegError: the file is truncated; memory has not been taken for what its header announces.
    """
    extended = header.offset - HEADER_LENGTH
    if extended and length == header.bare_length:
        warning = (
            f"The header announces an extended header of {extended} bytes, but the file has just the "
            "room for its voxels: they are taken to begin right behind the header."
        )
        return replace(header, offset=HEADER_LENGTH, warnings=(*header.warnings, warning))
    if extended < 0 or length < header.offset:
        raise ScsegError(
            f"{name} has a damaged header: it announces an extended header of {extended} bytes, but the file "
            f"has {length} in all; copy or compute it again."
        )
    if length < header.length:
        sections, rows, columns = header.stored_shape
        raise ScsegError(
            f"{name} is truncated: its header announces {sections} sections of {columns} x {rows} voxels, "
            f"{header.length} bytes in all, but the file has {length}; copy or compute it again."
        )
    return header
