"""Point models of IMOD (.mod): chunks of big-endian numbers, https://bio3d.colorado.edu/imod/doc/binspec.html."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np

from scseg.base.errors import ScsegError
from scseg.datasets.coordinates import conventions
from scseg.datasets.coordinates.coordinates import Coordinates, checked, told_of
from scseg.datasets.coordinates.text_tables import LARGEST, MOST
from scseg.datasets.formats.checked_reading import open_checked

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from scseg.datasets.coordinates.grid import Grid

MAGIC = b"IMODV1.2"
_MODEL = struct.Struct(">128s4iI4i6f5ifii3f")
_OBJECT = struct.Struct(">64s64siIii3fi8B2i")
_CONTOUR = struct.Struct(">iIii")
_MESH_VERTICES, _MESH_INDICES = 12, 4
_OPEN, _SCATTERED = 1 << 3, 1 << 9
_PIXEL_UNITS_A = -10
_CIRCLE = 0


def read_imod(path: Path, grid: Grid | None) -> Coordinates:
    """Read the points of all objects and contours of a model.

    Raises:
        ScsegError: the file cannot be read, is damaged, or has no points.
    """
    with open_checked(path) as (file, length):
        if length > LARGEST:
            raise ScsegError(
                f"{path} has {length} bytes, too many for a list of positions; check where it comes from."
            )
        content = file.read(LARGEST)
    points = _points(content, path)
    positions = checked(conventions.from_imod(points), path)
    taken = "taken were the points of IMOD's model, counted from the corner of the first pixel"
    return Coordinates(positions, None, told_of(path, taken, positions, grid))


def _points(content: bytes, path: Path) -> NDArray[np.float64]:
    """Return the points of a model, (n, 3), (x, y, z)."""
    at = len(MAGIC) + _MODEL.size
    if not content.startswith(b"IMOD") or len(content) < at:
        raise ScsegError(
            f"{path} is no model of IMOD; save it with 3dmod, or as text by model2point."
        )
    found, count = [np.empty((0, 3))], 0
    while at + 4 <= len(content) and (kind := content[at : at + 4]) != b"IEOF":
        at += 4
        if kind == b"CONT":
            number = _number(content, at, path)
            at += _CONTOUR.size
            size = 12 * number
            _check(content, at, size, path)
            found.append(np.frombuffer(content, ">f4", 3 * number, at).reshape(-1, 3))
            count += number
        else:
            size = _size(kind, content, at, path)
        at += size
        if count > MOST:
            raise ScsegError(f"{path} names more than {MOST} positions; split it.")
    return np.concatenate(found).astype(np.float64)


def _size(kind: bytes, content: bytes, at: int, path: Path) -> int:
    """Return how many bytes follow of something that is no contour."""
    if kind == b"OBJT":
        size = _OBJECT.size
    elif kind == b"MESH":
        vertices, indices = _number(content, at, path), _number(content, at + 4, path)
        size = 16 + _MESH_VERTICES * vertices + _MESH_INDICES * indices
    else:
        size = 4 + _number(content, at, path)
    _check(content, at, size, path)
    return size


def _number(content: bytes, at: int, path: Path) -> int:
    _check(content, at, 4, path)
    (number,) = struct.unpack_from(">i", content, at)
    if number < 0:
        raise ScsegError(f"{path} is damaged: it announces less than nothing; save it again.")
    return int(number)


def _check(content: bytes, at: int, size: int, path: Path) -> None:
    if at + size > len(content):
        raise ScsegError(
            f"{path} is damaged: it announces more than its {len(content)} bytes; save it again."
        )


def imod_model(
    contours: Sequence[NDArray[np.float64]], grid: Grid, radius: float, *, lines: bool
) -> bytes:
    """Return a model of one object.

    Args:
        contours: positions, (n, 3) as (z, y, x) in voxels, one contour each.
        grid: of the tomogram.
        radius: in voxels, of the spheres that points are shown as; 0 for none.
        lines: contours are open lines; otherwise points that belong to nothing.
    """
    z, y, x = grid.shape
    apix = 0.0 if grid.voxel_size is None else grid.voxel_size[2]
    depth = 1.0 if grid.voxel_size is None else grid.voxel_size[0] / grid.voxel_size[2]
    drawing = (1, 0, 0, 255, 0.0, 0.0, 0.0, 1.0, 1.0, depth)
    model = (b"scSegmentation", x, y, z, 1, 0, *drawing, 0, 0, 0, 3, 128, apix or 1.0)
    units = _PIXEL_UNITS_A if apix else 0
    flags = _OPEN if lines else _OPEN | _SCATTERED
    symbol = (_CIRCLE, 4, 1, 1, 0, 0, 0, 0)
    thing = (
        b"",
        bytes(64),
        len(contours),
        flags,
        0,
        1,
        0.0,
        1.0,
        0.0,
        round(radius),
        *symbol,
        0,
        0,
    )
    parts = [MAGIC, _MODEL.pack(*model, units, 0, 0.0, 0.0, 0.0), b"OBJT", _OBJECT.pack(*thing)]
    for positions in contours:
        points = conventions.to_imod(positions)
        parts += [b"CONT", _CONTOUR.pack(len(points), 0, 0, 0), points.astype(">f4").tobytes()]
    return b"".join([*parts, b"IEOF"])
