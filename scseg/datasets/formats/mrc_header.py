"""What the header of an MRC file says, with nothing believed that cannot be.

The format is MRC2014, with IMOD's additions (a stamp with flags) and the older files that lack its marks.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from mrcfile.dtypes import HEADER_DTYPE
from mrcfile.utils import byte_order_from_machine_stamp, spacegroup_is_volume_stack

from scseg.base.errors import ScsegError
from scseg.datasets.formats.volume import (
    OVERRIDE_Z,
    Triple,
    is_placeholder,
    is_voxel_size,
    plausible_voxel_size,
)

if TYPE_CHECKING:
    from pathlib import Path

HEADER_LENGTH = HEADER_DTYPE.itemsize
IMOD_STAMP = 1146047817
IMOD_STAMP_OFFSET = 152
IMOD_SIGNED_BYTES = 1
_IMOD_HALF_BYTES = 16

_DTYPES = {0: "i1", 1: "i2", 2: "f4", 6: "u2", 12: "f2"}
_REFUSED_MODES = {
    3: "complex numbers",
    4: "complex numbers, a Fourier transform",
    16: "colours",
    101: "values of 4 bits",
}
_BYTES = {"i": "signed, -128 to 127", "u": "unsigned, 0 to 255"}
_XYZ = ("x", "y", "z")
_SAME_SIZE = 0.01
_FARTHEST_ORIGIN = 1e12
_FARTHEST_START = 2**30


@dataclass(frozen=True)
class MrcHeader:
    """What a header says, in Python's own types.

    `stored_shape` counts sections, rows and columns; `axes` tells which of these are z, y and x.
    `length` is that of a complete file, in bytes. The `offset` of the voxels is nonsense, below the length of
    a header, where the header announces an extended one of less than nothing.
    """

    dtype: np.dtype[Any]
    stored_shape: tuple[int, int, int]
    offset: int
    axes: tuple[int, int, int]
    voxel_size: Triple | None
    origin: Triple
    nstart: tuple[int, int, int]
    warnings: tuple[str, ...]

    @property
    def length(self) -> int:
        return self.offset + self._voxels_length

    @property
    def bare_length(self) -> int:
        """What a complete file without an extended header has, in bytes."""
        return int(HEADER_LENGTH) + self._voxels_length

    @property
    def _voxels_length(self) -> int:
        return math.prod(self.stored_shape) * int(self.dtype.itemsize)


def parse_header(raw: bytes, name: Path, *, signed: bool | None = None) -> MrcHeader:
    """Read the first 1024 bytes of the MRC file `name`.

    Raises:
        ScsegError: this is no header, or one of something that is no tomogram.
    """
    if len(raw) < HEADER_LENGTH:
        raise ScsegError(
            f"{name} is not an MRC file: it has {len(raw)} bytes, and the header alone takes {HEADER_LENGTH}."
        )
    fields = _fields_in_byte_order(raw)
    _check_that_it_is_mrc(fields, name)
    _check_sizes(fields, name)
    axes, axes_warnings = _axes(fields, name)
    slices = _stored_shape(fields)[axes[0]]
    size, grid_warnings = _mended_along_z(fields, _voxel_size(fields), slices)
    voxel_size, size_warnings = plausible_voxel_size(size, slices)
    origin, nstart, place_warnings = _place(fields, axes)
    dtype = _dtype(fields, raw, name, signed=signed)
    sign_warnings = _sign_warnings(fields, dtype) if signed is None else ()
    return MrcHeader(
        dtype=dtype,
        stored_shape=_stored_shape(fields),
        offset=HEADER_LENGTH + int(fields["nsymbt"]),
        axes=axes,
        voxel_size=voxel_size,
        origin=origin,
        nstart=nstart,
        warnings=_mark_warnings(fields)
        + axes_warnings
        + grid_warnings
        + size_warnings
        + place_warnings
        + sign_warnings,
    )


def _fields_in_byte_order(raw: bytes) -> np.void:
    """Return the fields in the order of the machine stamp, or in the other if only that makes sense."""
    stamped = _stamped_order(raw[212:216]) or "<"
    orders = (stamped, ">" if stamped == "<" else "<")
    readings: list[np.void] = [
        np.frombuffer(raw, HEADER_DTYPE.newbyteorder(o), count=1)[0] for o in orders
    ]
    return next((fields for fields in readings if _makes_sense(fields)), readings[0])


def _stamped_order(stamp: bytes) -> str | None:
    try:
        return str(byte_order_from_machine_stamp(stamp))
    except ValueError:
        return None


def _makes_sense(fields: np.void) -> bool:
    # A size below 65536 read in the wrong byte order is 0 or above 65535: this cannot err for real tomograms.
    return _known_mode(fields) and all(0 < size < 65536 for size in _stored_shape(fields))


def _known_mode(fields: np.void) -> bool:
    return int(fields["mode"]) in _DTYPES | _REFUSED_MODES


def _stored_shape(fields: np.void) -> tuple[int, int, int]:
    return int(fields["nz"]), int(fields["ny"]), int(fields["nx"])


def _has_map_mark(fields: np.void) -> bool:
    return bool(fields["map"][:3] == b"MAP")


def _check_that_it_is_mrc(fields: np.void, name: Path) -> None:
    if not (_has_map_mark(fields) or _makes_sense(fields)):
        raise ScsegError(
            f"{name} is not an MRC file, whatever its name says: its first bytes are no MRC header; "
            "check where it comes from."
        )


def _check_sizes(fields: np.void, name: Path) -> None:
    sections, rows, columns = _stored_shape(fields)
    if min(sections, rows, columns) <= 0:
        raise ScsegError(
            f"{name} has a damaged header: it announces {sections} sections of {columns} x {rows} voxels; "
            "copy or compute it again."
        )
    if spacegroup_is_volume_stack(fields["ispg"]) and fields["mz"] != sections:
        raise ScsegError(
            f"{name} is a stack of several volumes, of {fields['mz']} sections each (space group "
            f"{fields['ispg']}); save each volume to a file of its own."
        )


def _dtype(fields: np.void, raw: bytes, name: Path, *, signed: bool | None) -> np.dtype[Any]:
    mode = int(fields["mode"])
    order = fields.dtype["mode"].byteorder
    # A stamp that is missing leaves no flags, and MRC2014 says that bytes are signed.
    stamp, flags = struct.unpack_from(f"{'<' if order in '<=' else '>'}ii", raw, IMOD_STAMP_OFFSET)
    has_flags = stamp == IMOD_STAMP
    if mode in _REFUSED_MODES or (mode == 0 and has_flags and flags & _IMOD_HALF_BYTES):
        content = _REFUSED_MODES.get(mode, _REFUSED_MODES[101])
        raise ScsegError(
            f"{name} holds {content} (mode {mode}), not grey values; it is no tomogram."
        )
    if mode not in _DTYPES:
        raise ScsegError(
            f"{name} has mode {mode}, which no MRC file has; modes 0, 1, 2, 6 and 12 are read."
        )
    if signed is None:
        signed = not has_flags or bool(flags & IMOD_SIGNED_BYTES)
    return np.dtype("u1" if mode == 0 and not signed else _DTYPES[mode]).newbyteorder(order)


def _sign_warnings(fields: np.void, dtype: np.dtype[Any]) -> tuple[str, ...]:
    """Tell where the header's statistics are of bytes with the other sign than these are read with."""
    low, high = float(fields["dmin"]), float(fields["dmax"])
    if dtype.itemsize > 1 or not -128 <= low <= high <= 255:  # such are no statistics of bytes
        return ()
    other = {"i": "unsigned", "u": "signed"}[dtype.kind]
    if (low >= 0 and high > 127) if dtype.kind == "i" else (low < 0 and high <= 127):
        return (
            f"The header says that values go from {low:g} to {high:g}, but its bytes count as "
            f"{_BYTES[dtype.kind]}. If they look wrong, read them as {other} (--tomogram-bytes {other}, or "
            "in Datasets by a right-click on the tomogram).",
        )
    return ()


def _axes(fields: np.void, name: Path) -> tuple[tuple[int, int, int], tuple[str, ...]]:
    """Return where z, y and x are among sections, rows and columns."""
    stored = tuple(int(fields[axis]) for axis in ("maps", "mapr", "mapc"))
    if stored == (0, 0, 0):
        return (0, 1, 2), (
            "The header does not name its axes; columns are taken for x, rows for y.",
        )
    if sorted(stored) != [1, 2, 3]:
        columns_rows_sections = ", ".join(str(axis) for axis in reversed(stored))
        raise ScsegError(
            f"{name} has a damaged header: it names the axes {columns_rows_sections}, where 1, 2 and 3 must "
            "stand in some order; copy or compute it again."
        )
    return (stored.index(3), stored.index(2), stored.index(1)), ()


def _voxel_size(fields: np.void) -> Triple:
    """Return the voxel size along z, y and x as the header has it, 0 where it has no grid."""
    cells = [float(fields["cella"][axis]) for axis in _XYZ]
    grids = [int(fields[f"m{axis}"]) for axis in _XYZ]
    x, y, z = (cell / grid if grid > 0 else 0.0 for cell, grid in zip(cells, grids, strict=True))
    return z, y, x


def _mended_along_z(fields: np.void, size: Triple, slices: int) -> tuple[Triple, tuple[str, ...]]:
    """Return a voxel size, (z, y, x), without a z that is not meant, and warnings.

    Programs that treat a volume as a stack of images leave its grid at one section, or its cell at one voxel.
    """
    z, y, x = size
    unknown = z == 0 or is_placeholder(x) or not is_voxel_size(x)
    if slices == 1 or unknown or math.isclose(z, x, rel_tol=_SAME_SIZE):
        return size, ()
    if int(fields["mz"]) == 1:
        cause = f"a grid of one section along z (mz = 1), but {slices} slices"
    elif math.isclose(float(fields["cella"]["z"]), x, rel_tol=_SAME_SIZE):
        cause = f"a cell of one voxel along z ({x:g} A), but {slices} slices"
    else:
        return size, ()
    return (x, y, x), (
        f"The header has {cause}, which would put them {z:g} A apart; the {x:g} A along x are taken for z, "
        f"too. If that is wrong, {OVERRIDE_Z}.",
    )


def _place(
    fields: np.void, axes: tuple[int, int, int]
) -> tuple[Triple, tuple[int, int, int], tuple[str, ...]]:
    """Return origin and nstart, (x, y, z), and warnings."""
    warnings: tuple[str, ...] = ()
    x, y, z = (float(fields["origin"][axis]) for axis in _XYZ)
    if not all(abs(value) < _FARTHEST_ORIGIN for value in (x, y, z)):  # true for NaN too
        warnings += (f"The header gives the origin {x:g}, {y:g}, {z:g}; 0 is taken instead.",)
        x = y = z = 0.0
    starts = [int(fields[f"n{axis}start"]) for axis in _XYZ]
    if max(abs(start) for start in starts) > _FARTHEST_START:
        warnings += (f"The header gives the start {starts}; 0 is taken instead.",)
        starts = [0, 0, 0]
    # nxstart belongs to the columns, whichever axis these are.
    z_start, y_start, x_start = (starts[2 - axis] for axis in axes)
    return (x, y, z), (x_start, y_start, z_start), warnings


def _mark_warnings(fields: np.void) -> tuple[str, ...]:
    warnings: tuple[str, ...] = ()
    if not _has_map_mark(fields):
        warnings += ("The header lacks the mark 'MAP' of MRC files; it makes sense otherwise.",)
    order = _stamped_order(bytes(fields["machst"]))
    if order is None:
        warnings += ("The header does not tell its byte order; the one that makes sense is taken.",)
    elif np.dtype(f"{order}i4") != fields.dtype["mode"]:
        warnings += ("The header tells the wrong byte order; the one that makes sense is taken.",)
    return warnings
