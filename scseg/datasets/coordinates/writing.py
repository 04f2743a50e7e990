"""Writing picks for other programs: STAR files of RELION and Warp, text, tables, models of IMOD."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from scseg.base.errors import ScsegError
from scseg.base.files.writing import atomic_write
from scseg.datasets.coordinates import conventions
from scseg.datasets.coordinates.imod import imod_model

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from scseg.datasets.coordinates.grid import Grid

StarKind = Literal["relion5", "relion4", "warp"]
SUFFIXES = (".star", ".txt", ".csv", ".mod")
JOINT = (".star", ".csv")
"""Files that tell which tomogram a position belongs to."""

_COLUMNS = ("volume", "x", "y", "z", "score", "filament", "dx", "dy", "dz")


@dataclass(frozen=True, eq=False)
class Particles:
    """Particles of one tomogram, as they are written.

    Attributes:
        grid: of the tomogram.
        positions: float64 (n, 3), each (z, y, x) in voxels.
        scores: float64 (n,).
        directions: float64 (n, 3), unit vectors (z, y, x) along filaments, or None.
        filaments: int64 (n,), from 1, or None.
    """

    grid: Grid
    positions: NDArray[np.float64]
    scores: NDArray[np.float64]
    directions: NDArray[np.float64] | None = None
    filaments: NDArray[np.int64] | None = None


@dataclass(frozen=True)
class Style:
    """How particles are written.

    Attributes:
        star: for which program a STAR file is.
        binning: of the tomograms against their tilt series, which RELION 4 counts the pixels of.
        radius: A, of the spheres that 3dmod shows.
    """

    star: StarKind = "relion5"
    binning: float = 1.0
    radius: float = 0.0


def write_coordinates(path: Path, particles: Sequence[Particles], style: Style = Style()) -> None:
    """Write the particles of one tomogram or more; the suffix of the file tells how.

    `.txt` has `x y z` on each line, `.csv` also scores and directions, in voxels from 0.

    Raises:
        ScsegError: the suffix is none of `SUFFIXES`, a file cannot tell tomograms apart, a voxel size is
            not known, or the file cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise ScsegError(
            f"{path} has no suffix of positions that this program writes: {', '.join(SUFFIXES)}."
        )
    if len(particles) > 1 and suffix not in JOINT:
        raise ScsegError(
            f"{path} cannot tell {len(particles)} tomograms apart: name a folder, or a file "
            f"{' or '.join(JOINT)}."
        )
    match suffix:
        case ".star":
            content = _star(particles, style)
        case ".csv":
            content = _csv(particles)
        case ".txt":
            content = _text(particles[0])
        case _:
            content = _imod(particles[0], style)
    atomic_write(path, content)


def _star(particles: Sequence[Particles], style: Style) -> bytes:
    import pandas as pd  # noqa: PLC0415 - nothing that writes no STAR file should wait for these
    import starfile  # noqa: PLC0415

    tables = [pd.DataFrame(star_columns(each, style)) for each in particles]
    joint = pd.concat(tables, ignore_index=True)
    for name in ("rlnHelicalTubeID",):
        if name in joint:
            joint[name] = joint[name].astype(int)
    text = starfile.to_string({"particles": joint}, float_format="%.5f")
    # Its first comment has the time in it, but equal runs give equal bytes.
    lines = [line for line in text.splitlines() if not line.startswith("# Created")]
    return ("# scSegmentation\n" + "\n".join(lines).strip() + "\n").encode()


def star_columns(particles: Particles, style: Style) -> dict[str, list[str] | NDArray[np.float64]]:
    """Return the columns of a STAR file."""
    grid, positions = particles.grid, particles.positions
    columns: dict[str, list[str] | NDArray[np.float64]] = {}
    name, prefix, suffix = grid.name, "rlnCoordinate", ""
    match style.star:
        case "relion5":
            places = conventions.to_relion5(positions, grid)
            prefix, suffix = "rlnCenteredCoordinate", "Angst"
        case "relion4":
            places = conventions.to_pixels(positions, style.binning)
        case "warp":
            places = conventions.to_pixels(positions)
            name = f"{grid.name}.tomostar"
    label = "rlnMicrographName" if style.star == "warp" else "rlnTomoName"
    columns[label] = [name] * len(positions)
    columns |= {
        f"{prefix}{axis}{suffix}": values for axis, values in zip("XYZ", places.T, strict=True)
    }
    if particles.directions is not None and particles.filaments is not None:
        tilt, psi = conventions.relion_angles(particles.directions).T
        columns |= {
            "rlnHelicalTubeID": particles.filaments.astype(np.float64),
            "rlnAngleRot": np.zeros(len(tilt)),
            "rlnAngleTilt": tilt,
            "rlnAnglePsi": psi,
        }
        if style.star != "warp":
            columns |= {"rlnAngleTiltPrior": tilt, "rlnAnglePsiPrior": psi}
    columns["rlnAutopickFigureOfMerit"] = particles.scores
    return columns


def _text(particles: Particles) -> bytes:
    rows = particles.positions[:, ::-1]
    return "".join(f"{x:.3f} {y:.3f} {z:.3f}\n" for x, y, z in rows).encode()


def _csv(particles: Sequence[Particles]) -> bytes:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    along = all(each.directions is not None for each in particles)
    writer.writerow(_COLUMNS if along else _COLUMNS[:5])
    for each in particles:
        numbers = [each.positions[:, ::-1], each.scores[:, None]]
        if along and each.directions is not None and each.filaments is not None:
            numbers += [each.filaments[:, None].astype(np.float64), each.directions[:, ::-1]]
        for row in np.hstack(numbers).tolist():
            writer.writerow([each.grid.name, *(f"{value:.10g}" for value in row)])
    return file.getvalue().encode("utf-8", "surrogateescape")


def _imod(particles: Particles, style: Style) -> bytes:
    """Return a model with a contour for each filament, or one of points that belong to nothing."""
    grid = particles.grid
    radius = 0.0 if grid.voxel_size is None else style.radius / grid.voxel_size[2]
    if particles.filaments is None:
        return imod_model([particles.positions], grid, radius, lines=False)
    contours = [
        particles.positions[particles.filaments == number]
        for number in np.unique(particles.filaments)
    ]
    return imod_model(contours, grid, radius, lines=True)
