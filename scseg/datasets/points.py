"""Reading positions: text files with `x y z` in voxels on each line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scseg.datasets.reading import file_length, readable
from scseg.errors import ScsegError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_FARTHEST = 1e9


def read_points(path: Path) -> NDArray[np.float64]:
    """Return the positions in a file of `x y z` lines, (n, 3), as (z, y, x) in voxels.

    Blanks, tabs or commas separate the numbers; what follows a # is a comment.

    Raises:
        ScsegError: the file cannot be read, a line is not three numbers, or there is none.
    """
    file_length(path)
    points = []
    with readable(path), path.open(encoding="utf-8-sig", errors="replace") as lines:
        for number, line in enumerate(lines, start=1):
            words = line.partition("#")[0].replace(",", " ").split()
            if words:
                points.append(_position(words, f"{path}, line {number}"))
    if not points:
        raise ScsegError(f"{path} names no positions; write one on each line, as x y z in voxels.")
    return np.array(points)[:, ::-1]


def _position(words: list[str], place: str) -> tuple[float, ...]:
    try:
        x, y, z = (float(word) for word in words)
    except ValueError as error:
        content = " ".join(words)[:40]
        raise ScsegError(
            f"{place}: expected three numbers, x y z in voxels, not {content!r}."
        ) from error
    if not all(abs(value) <= _FARTHEST for value in (x, y, z)):  # true for NaN too
        content = " ".join(words)[:40]
        raise ScsegError(f"{place}: a position must be finite and below 1e9, not {content!r}.")
    return x, y, z
