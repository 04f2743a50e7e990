"""Reading positions: text files with `x y z` in voxels on each line."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from scseg.base.errors import ScsegError
from scseg.datasets.formats.checked_reading import open_checked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

_FARTHEST = 1e9
_LARGEST, _LONGEST_LINE, _MOST = 64 << 20, 4096, 1_000_000
"""Bytes of a file, characters of a line, positions: more is another kind of file."""


def read_points(path: Path) -> NDArray[np.float64]:
    """Read a list of positions from a text file with `x y z` on each line.

    Blanks, tabs or commas separate the numbers; what follows a # is a comment.

    Args:
        path: the text file; positions are in voxels, counted from 0.

    Returns:
        float64 (n, 3), each row (z, y, x) in voxels: the order of the file's columns reversed.

    Raises:
        ScsegError: the file cannot be read, a line is not three numbers, or there is none or too many.
    """
    points = []
    with open_checked(path) as (file, length):
        if length > _LARGEST:
            raise ScsegError(
                f"{path} has {length} bytes, too many for a list of positions; check where it comes from."
            )
        for number, line in enumerate(_lines(file, path), start=1):
            words = line.partition("#")[0].replace(",", " ").split()
            if words:
                points.append(_position(words, f"{path}, line {number}"))
            if len(points) > _MOST:
                raise ScsegError(f"{path} names more than {_MOST} positions; split it.")
    if not points:
        raise ScsegError(f"{path} names no positions; write one on each line, as x y z in voxels.")
    return np.array(points)[:, ::-1]


def _lines(file: BinaryIO, path: Path) -> Iterator[str]:
    """Yield the lines of a text, of any system's kind."""
    for line in io.StringIO(file.read(_LARGEST).decode("utf-8-sig", "replace"), newline=None):
        if len(line) > _LONGEST_LINE:
            raise ScsegError(f"{path} is no list of positions: it has a line without end.")
        yield line


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
