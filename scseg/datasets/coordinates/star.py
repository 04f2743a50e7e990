"""STAR files of particles: RELION 5, RELION 4 and Warp."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scseg.base.errors import ScsegError
from scseg.datasets.coordinates import conventions
from scseg.datasets.coordinates.coordinates import (
    Coordinates,
    checked,
    rows_of_tomogram,
    told_of,
)
from scseg.datasets.coordinates.grid import without_suffix
from scseg.datasets.coordinates.text_tables import MOST, read_lines

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from scseg.datasets.coordinates.grid import Grid

_WORDS = re.compile(r"'([^']*)'|\"([^\"]*)\"|(\S+)")
_CENTRED = tuple(f"rlnCenteredCoordinate{axis}Angst" for axis in "XYZ")
_PIXELS = tuple(f"rlnCoordinate{axis}" for axis in "XYZ")
_ORIGINS_ANGST = tuple(f"rlnOrigin{axis}Angst" for axis in "XYZ")
_ORIGINS = tuple(f"rlnOrigin{axis}" for axis in "XYZ")
_SUBTOMOGRAM = tuple(f"rlnTomoSubtomogram{angle}" for angle in ("Rot", "Tilt", "Psi"))
_SCORES = ("rlnAutopickFigureOfMerit", "rlnLCCmax", "rlnMaxValueProbDistribution")
_NAMES = ("rlnTomoName", "rlnMicrographName")
_SERIES_PIXEL = ("rlnTomoTiltSeriesPixelSize",)


@dataclass(frozen=True, eq=False)
class StarTable:
    """A table of a STAR file: words by the names of their columns."""

    path: Path
    columns: dict[str, list[str]]

    def has(self, names: tuple[str, ...]) -> bool:
        return all(name in self.columns for name in names)

    def numbers(self, names: tuple[str, ...]) -> NDArray[np.float64]:
        """Return some columns as numbers, (n, columns).

        Raises:
            ScsegError: a word is no number.
        """
        try:
            return np.array([[float(word) for word in self.columns[name]] for name in names]).T
        except ValueError as error:
            raise ScsegError(
                f"{self.path}: the columns {', '.join(names)} do not all hold numbers."
            ) from error


def read_star(path: Path, grid: Grid | None) -> Coordinates:
    """Read the positions of particles in a tomogram.

    Raises:
        ScsegError: the file cannot be read, holds no positions, or none of this tomogram.
    """
    tables = star_tables(path)
    table = next((t for t in tables if t.has(_CENTRED) or t.has(_PIXELS)), None)
    if table is None:
        raise ScsegError(
            f"{path} has no table with {_PIXELS[0]}, Y and Z, or {_CENTRED[0]}, Y and Z: it is no list of "
            "positions in three dimensions."
        )
    optics = next((t for t in tables if t.has(_SERIES_PIXEL)), None)
    series = _series_pixel(optics or table, path)
    if table.has(_CENTRED):
        positions, taken = _centred(table, grid, path)
    else:
        positions, taken = _in_pixels(table, grid, series)
    rows = _rows(table, grid, path)
    positions = checked(positions[rows], path)
    score = next((name for name in _SCORES if name in table.columns), None)
    scores = None if score is None else table.numbers((score,))[rows, 0]
    return Coordinates(positions, scores, told_of(path, taken, positions, grid))


def star_tables(path: Path) -> list[StarTable]:
    """Return the tables of a STAR file, lists and single values alike.

    Raises:
        ScsegError: the file cannot be read, or a row has not as many words as there are columns.
    """
    tables: list[StarTable] = []
    block = _Block(path)
    for number, line in enumerate(read_lines(path), start=1):
        words = [first or second or third for first, second, third in _WORDS.findall(_bare(line))]
        if words and (words[0].startswith("data_") or words[0] == "loop_"):
            tables += block.table()
            block = _Block(path, looping=words[0] == "loop_")
        elif words:
            block.take(words, number)
    return tables + block.table()


class _Block:
    """A table of a STAR file as it is read."""

    def __init__(self, path: Path, *, looping: bool = False) -> None:
        self._path, self._looping = path, looping
        self._names: list[str] = []
        self._rows: list[list[str]] = [] if looping else [[]]

    def take(self, words: list[str], line: int) -> None:
        """Take in a line: a name, a name and its value, or a row of values.

        Raises:
            ScsegError: a row has not as many words as there are columns, or there are too many.
        """
        if words[0].startswith("_") and not (self._looping and self._rows):
            self._names.append(words[0][1:])
            if not self._looping:
                self._rows[0].append(words[1] if len(words) > 1 else "")
        elif self._looping:
            if len(words) != len(self._names):
                raise ScsegError(
                    f"{self._path}, line {line}: {len(words)} values for {len(self._names)} columns; the "
                    "file is damaged, or is no STAR file."
                )
            self._rows.append(words)
            if len(self._rows) > MOST:
                raise ScsegError(f"{self._path} names more than {MOST} positions; split it.")

    def table(self) -> list[StarTable]:
        """Return the table, if it has anything in it."""
        if not self._names or not self._rows:
            return []
        columns = map(list, zip(*self._rows, strict=True))
        return [StarTable(self._path, dict(zip(self._names, columns, strict=True)))]


def _bare(line: str) -> str:
    """Return a line without its comment, such as the number behind the name of a column."""
    return re.sub(r"(^|\s)#.*", "", line)


def _centred(table: StarTable, grid: Grid | None, path: Path) -> tuple[NDArray[np.float64], str]:
    if grid is None:
        raise ScsegError(f"{path} counts from the middle of a tomogram: say of which.")
    centred = table.numbers(_CENTRED)
    if table.has(_ORIGINS_ANGST):
        centred = centred - _shifts(table)
    taken = "taken were rlnCenteredCoordinateXAngst, Y, Z (RELION 5): A from the tomogram's middle"
    return conventions.from_relion5(centred, grid), taken


def _in_pixels(
    table: StarTable, grid: Grid | None, series: float | None
) -> tuple[NDArray[np.float64], str]:
    """Return positions in pixels: of the tilt series, where the file tells their size, or of the tomogram."""
    binning = 1.0
    pixel = series
    if grid is not None and grid.voxel_size is not None:
        pixel = series or grid.voxel_size[2]
        binning = grid.voxel_size[2] / pixel
    pixels = table.numbers(_PIXELS)
    if table.has(_ORIGINS):
        pixels = pixels - table.numbers(_ORIGINS)
    elif table.has(_ORIGINS_ANGST) and pixel is not None:
        pixels = pixels - _shifts(table) / pixel
    taken = "taken were rlnCoordinateX, Y, Z: pixels of the tomogram from 0"
    if series is not None and abs(binning - 1) > 1e-3:
        taken = (
            f"taken were rlnCoordinateX, Y, Z (RELION 4): pixels of a tilt series of {series:g} A, which is "
            f"binned by {binning:.4g}"
        )
    return conventions.from_pixels(pixels, binning), taken


def _shifts(table: StarTable) -> NDArray[np.float64]:
    """Return how far particles have been moved from where they were picked, in A, (x, y, z)."""
    shifts = table.numbers(_ORIGINS_ANGST)
    if not table.has(_SUBTOMOGRAM):
        return shifts
    matrices = conventions.relion_matrices(table.numbers(_SUBTOMOGRAM))
    return np.asarray(np.einsum("nij,nj->ni", matrices, shifts))


def _series_pixel(table: StarTable, path: Path) -> float | None:
    """Return the pixel size of the tilt series in A, if the file has one."""
    if not table.has(_SERIES_PIXEL):
        return None
    sizes = np.unique(table.numbers(_SERIES_PIXEL))
    if len(sizes) != 1 or not 1e-3 < sizes[0] < 1e6:
        raise ScsegError(
            f"{path} is of tilt series of different pixel sizes: give a file for each of them."
        )
    return float(sizes[0])


def _rows(table: StarTable, grid: Grid | None, path: Path) -> NDArray[np.bool_]:
    name = next((name for name in _NAMES if name in table.columns), None)
    if name is None:
        return np.ones(len(next(iter(table.columns.values()))), np.bool_)
    return rows_of_tomogram([without_suffix(word) for word in table.columns[name]], grid, path)
