"""The one reader of positions: it knows files by their suffix and what is in them, and tells what it took."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scseg.base.errors import ScsegError
from scseg.datasets.coordinates import conventions
from scseg.datasets.coordinates.columns import columns_of
from scseg.datasets.coordinates.coordinates import (
    Coordinates,
    checked,
    rows_of_tomogram,
    told_of,
)
from scseg.datasets.coordinates.grid import without_suffix
from scseg.datasets.coordinates.imod import MAGIC, read_imod
from scseg.datasets.coordinates.star import read_star
from scseg.datasets.coordinates.text_tables import read_text_table
from scseg.datasets.formats.checked_reading import open_checked

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from scseg.datasets.coordinates.columns import Columns
    from scseg.datasets.coordinates.grid import Grid
    from scseg.datasets.coordinates.text_tables import TextTable

_A_TO_UNIT = {"A": 1.0, "nm": 10.0}
_DYNAMO_COLUMNS = 26
_SHIFT, _CC, _TOMOGRAM, _POSITION = (3, 4, 5), 9, 19, (23, 24, 25)
"""Of Dynamo's tables, counted from 0."""


def read_coordinates(path: Path, grid: Grid | None = None) -> Coordinates:
    """Read positions from a file of this or another program.

    Args:
        path: `.star` of RELION 5, RELION 4 or Warp; `.tbl` of Dynamo; `.mod` of IMOD; any other is text.
        grid: of the tomogram that they belong to. Without it, what is not in voxels is refused.

    Raises:
        ScsegError: the file cannot be read, or is no list of positions of this tomogram.
    """
    suffix = path.suffix.lower()
    if suffix == ".star":
        return read_star(path, grid)
    with open_checked(path) as (file, _):
        magic = file.read(len(MAGIC))
    if magic.startswith(b"IMOD"):
        return read_imod(path, grid)
    table = read_text_table(path)
    if suffix == ".tbl":
        return _dynamo(table, grid)
    return _text(table, grid)


def _text(table: TextTable, grid: Grid | None) -> Coordinates:
    columns = columns_of(table)
    positions = _in_voxels(table.numbers(list(columns.xyz)), columns, grid, table.path)
    rows = np.ones(len(positions), np.bool_)
    if columns.tomogram is not None:
        names = [without_suffix(name).split("__")[0] for name in table.column(columns.tomogram)]
        rows = rows_of_tomogram(names, grid, table.path)
    positions = checked(positions[rows], table.path)
    scores = None if columns.score is None else table.numbers([columns.score])[rows, 0]
    return Coordinates(positions, scores, told_of(table.path, columns.told, positions, grid))


def _in_voxels(
    xyz: NDArray[np.float64], columns: Columns, grid: Grid | None, path: Path
) -> NDArray[np.float64]:
    if columns.unit == "IMOD":
        return conventions.from_imod(xyz)
    if columns.unit == "voxels":
        return xyz[:, ::-1]
    if grid is None:
        raise ScsegError(f"{path} gives positions in {columns.unit}: say in which tomogram.")
    return np.asarray(xyz[:, ::-1] * _A_TO_UNIT[columns.unit] / np.asarray(grid.size))


def _dynamo(table: TextTable, grid: Grid | None) -> Coordinates:
    if table.names or table.width < _DYNAMO_COLUMNS:
        raise ScsegError(
            f"{table.path} has {table.width} columns, where a table of Dynamo has {_DYNAMO_COLUMNS} or more; "
            "if it is another list of positions, call it .txt."
        )
    tomograms = np.unique(table.numbers([_TOMOGRAM]))
    if len(tomograms) > 1:
        raise ScsegError(
            f"{table.path} holds particles of {len(tomograms)} tomograms: write a table for each."
        )
    points = table.numbers(list(_POSITION)) + table.numbers(list(_SHIFT))
    positions = checked(conventions.from_dynamo(points), table.path)
    taken = "taken were Dynamo's columns 24 to 26, moved by 4 to 6, counted from the first corner"
    scores = table.numbers([_CC])[:, 0]
    return Coordinates(positions, scores, told_of(table.path, taken, positions, grid))
