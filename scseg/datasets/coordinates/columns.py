"""Which column of a text file is what: by the names above them, or else by how many there are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scseg.base.errors import ScsegError

if TYPE_CHECKING:
    from scseg.datasets.coordinates.text_tables import TextTable

Unit = Literal["voxels", "A", "nm", "IMOD"]

_AXIS = re.compile(
    r"(?:(?:pos|position|center|centre|centroid|coord|coordinate|location|rlncoordinate)[ _.-]?)?([xyz])"
    r"(?:[ _.-]?(?:coord|coordinate|pos|position|center|centre))?"
    r"[ _]?[(\[]?(px|pix|pixels?|vx|vox|voxels?|a|å|ang|angst|angstroms?|nm)?[)\]]?"
)
_NAPARI = {"axis-0": "z", "axis-1": "y", "axis-2": "x"}
_UNITS: dict[str, Unit] = {"nm": "nm", "a": "A", "å": "A"}
_SCORES = (
    "score",
    "confidence",
    "probability",
    "cc",
    "lcc",
    "lccmax",
    "fom",
    "figureofmerit",
    "cc_max",
)
_TOMOGRAMS = (
    "volume",
    "tomogram",
    "tomo",
    "tomo_name",
    "tomoname",
    "tomo_id",
    "micrograph",
    "filename",
)


@dataclass(frozen=True)
class Columns:
    """The numbers of the columns that hold x, y and z, a score and a tomogram's name; `told` in words."""

    xyz: tuple[int, int, int]
    unit: Unit
    score: int | None
    tomogram: int | None
    told: str


def columns_of(table: TextTable) -> Columns:
    """Find out which column is what.

    Raises:
        ScsegError: names stand above the columns, but x, y and z are not among them.
    """
    return _named(table) if table.names else _unnamed(table)


def _named(table: TextTable) -> Columns:
    names = [name.strip().strip('_"').lower() for name in table.names]
    axes: dict[str, tuple[int, Unit]] = {}
    for number, name in enumerate(names):
        axis, unit = _axis(name)
        if axis and axis not in axes:
            axes[axis] = number, unit
    if len(axes) != 3:
        raise ScsegError(
            f"{table.path}: none of the columns {', '.join(table.names[:8])} are plainly x, y and z; name "
            "them so, or leave out the names."
        )
    xyz = axes["x"][0], axes["y"][0], axes["z"][0]
    unit = axes["x"][1]
    score = next((number for number, name in enumerate(names) if name in _SCORES), None)
    tomogram = next((number for number, name in enumerate(names) if name in _TOMOGRAMS), None)
    told = ", ".join(
        f"{table.names[number]} for {axis}" for axis, number in zip("xyz", xyz, strict=True)
    )
    told += " in voxels from 0" if unit == "voxels" else f" in {unit} from the first voxel"
    if score is not None:
        told += f", {table.names[score]} for the score"
    return Columns(xyz, unit, score, tomogram, f"taken were the columns {told}")


def _axis(name: str) -> tuple[str | None, Unit]:
    if name in _NAPARI:
        return _NAPARI[name], "voxels"
    found = _AXIS.fullmatch(name)
    if not found:
        return None, "voxels"
    unit = found[2] or "voxels"
    return found[1], _UNITS.get("a" if unit.startswith("ang") else unit, "voxels")


def _unnamed(table: TextTable) -> Columns:
    """Go by the number of columns: x, y, z and others; or what IMOD's model2point puts before them."""
    if table.width == 5 and _are_counted(table, 0) and _are_counted(table, 1):
        told = "taken for IMOD's object, contour, x, y, z"
        return Columns((2, 3, 4), "IMOD", None, None, told)
    told = "taken were x, y, z in voxels from 0"
    if table.width > 3:
        told = f"taken were the first three of {table.width} columns, for x, y, z in voxels from 0"
    return Columns((0, 1, 2), "voxels", None, None, told)


def _are_counted(table: TextTable, column: int) -> bool:
    """Return whether a column holds small whole numbers above 0, as objects and contours are counted."""
    return all(word.isdecimal() and 0 < int(word[:9]) < 10_000 for word in table.column(column))
