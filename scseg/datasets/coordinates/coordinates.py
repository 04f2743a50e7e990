"""What was read from a file of positions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scseg.base.errors import ScsegError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from scseg.datasets.coordinates.grid import Grid

FARTHEST = 1e9


@dataclass(frozen=True, eq=False)
class Coordinates:
    """Positions in a tomogram; `told` says in a sentence what was taken for what.

    Attributes:
        positions: float64 (n, 3), each (z, y, x) in voxels; voxel centres lie on whole numbers.
        scores: float64 (n,); None where the file has none.
    """

    positions: NDArray[np.float64]
    scores: NDArray[np.float64] | None
    told: str


def told_of(path: Path, taken: str, positions: NDArray[np.float64], grid: Grid | None) -> str:
    """Return the sentence on what was taken for what, and on positions outside of the tomogram."""
    told = f"{path.name}: {taken}."
    if grid is None:
        return told
    outside = ((positions < -0.5) | (positions >= np.asarray(grid.shape) - 0.5)).any(axis=1).sum()
    if not outside:
        return told
    return f"{told} {outside} of {len(positions)} positions lie outside of {grid.name}."


def rows_of_tomogram(names: list[str], grid: Grid | None, path: Path) -> NDArray[np.bool_]:
    """Return which rows, by the names of their tomograms, belong to a tomogram; of one name, all do.

    Raises:
        ScsegError: there are several names, and none is the tomogram's.
    """
    distinct = dict.fromkeys(names)
    if len(distinct) < 2:
        return np.ones(len(names), np.bool_)
    if grid is not None:
        for wanted in (lambda name: name == grid.name, lambda name: is_part(name, grid.name)):
            found = np.array([wanted(name) for name in names])
            if found.any():
                return found
    raise ScsegError(
        f"{path} holds positions of {len(distinct)} tomograms ({_some(distinct)}), and none of these is "
        f"{grid.name if grid else 'named'}: give the tomogram's own file."
    )


def is_part(name: str, of: str) -> bool:
    """Return whether a tomogram's name begins with `name`, such as `TS_1` of `TS_1_10.00Apx`."""
    return of.startswith(name) and not of[len(name) : len(name) + 1].isalnum()


def checked(positions: NDArray[np.float64], path: Path) -> NDArray[np.float64]:
    """Return positions that can be.

    Raises:
        ScsegError: there is none, or one is not finite or too far away.
    """
    if not len(positions):
        raise ScsegError(f"{path} names no positions; write one on each line, as x y z in voxels.")
    if not (np.abs(positions) <= FARTHEST).all():  # false for NaN too
        raise ScsegError(f"{path} is no list of positions: they must be finite and below 1e9.")
    return positions


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    return ", ".join(listed[:3]) + (", …" if len(listed) > 3 else "")
