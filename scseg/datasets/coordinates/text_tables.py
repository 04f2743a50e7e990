"""Text files of positions, of any program: lines of numbers, with a line of names above or without."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scseg.base.errors import ScsegError
from scseg.datasets.coordinates.coordinates import FARTHEST
from scseg.datasets.formats.checked_reading import open_checked

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

LARGEST, LONGEST_LINE, MOST = 64 << 20, 4096, 1_000_000
"""Bytes of a file, characters of a line, positions: more is another kind of file."""


@dataclass(frozen=True, eq=False)
class TextTable:
    """Lines of words, all of them with as many columns.

    Attributes:
        names: of the columns, as they stand above them; empty where nothing does.
        rows: words.
        lines: of each row, the number of its line from 1.
    """

    path: Path
    names: list[str]
    rows: list[list[str]]
    lines: list[int]

    @property
    def width(self) -> int:
        return len(self.rows[0])

    def column(self, number: int) -> list[str]:
        return [row[number] for row in self.rows]

    def numbers(self, columns: list[int]) -> NDArray[np.float64]:
        """Return some columns as numbers, (n, columns).

        Raises:
            ScsegError: a word is no number, or none that a position can have.
        """
        values = np.empty((len(self.rows), len(columns)))
        for row, (words, line) in enumerate(zip(self.rows, self.lines, strict=True)):
            try:
                values[row] = [float(words[column]) for column in columns]
            except ValueError as error:
                content = " ".join(words)[:40]
                raise ScsegError(
                    f"{self.path}, line {line}: expected {_count(len(columns))}, not {content!r}."
                ) from error
            if not (np.abs(values[row]) <= FARTHEST).all():  # false for NaN too
                content = " ".join(words)[:40]
                raise ScsegError(
                    f"{self.path}, line {line}: a position must be finite and below 1e9, not {content!r}."
                )
        return values


def read_lines(path: Path) -> list[str]:
    """Return the lines of a text, of any system's kind.

    Raises:
        ScsegError: the file cannot be read, or is larger than any list of positions.
    """
    with open_checked(path) as (file, length):
        if length > LARGEST:
            raise ScsegError(
                f"{path} has {length} bytes, too many for a list of positions; check where it comes from."
            )
        text = file.read(LARGEST).decode("utf-8-sig", "replace")
    lines = list(io.StringIO(text, newline=None))
    if any(len(line) > LONGEST_LINE for line in lines):
        raise ScsegError(f"{path} is no list of positions: it has a line without end.")
    return lines


def read_text_table(path: Path) -> TextTable:
    """Read lines of words, parted by blanks, tabs or commas; a # starts a comment.

    Names of the columns stand in the first line, or in the last comment above it.

    Raises:
        ScsegError: the file cannot be read, names no positions or too many, or its lines differ in length.
    """
    found, comment = _rows(read_lines(path))
    if not found:
        raise ScsegError(f"{path} names no positions; write one on each line, as x y z in voxels.")
    names: list[str] = []
    first = found[0][1]
    if len(found) > 1 and len(first) >= 3 and not any(map(_is_number, first)):
        names = found.pop(0)[1]
    elif len(comment) == len(first) and {"x", "y", "z"} <= {word.lower() for word in comment}:
        names = comment
    if len(found) > MOST:
        raise ScsegError(f"{path} names more than {MOST} positions; split it.")
    width = len(names) or max(len(first), 3)
    for line, words in found:
        if len(words) != width:
            content = " ".join(words)[:40]
            raise ScsegError(f"{path}, line {line}: expected {_count(width)}, not {content!r}.")
    return TextTable(path, names, [words for _, words in found], [line for line, _ in found])


def _rows(lines: list[str]) -> tuple[list[tuple[int, list[str]]], list[str]]:
    """Return the number and the words of each line that has any, and those of the last comment above them."""
    rows: list[tuple[int, list[str]]] = []
    above: list[str] = []
    for number, line in enumerate(lines, start=1):
        content, _, comment = line.partition("#")
        words = _words(content)
        if words:
            rows.append((number, words))
        elif comment and not rows:
            above = _words(comment)
        if len(rows) > MOST + 1:
            break
    return rows, above


def _words(line: str) -> list[str]:
    """Return the words of a line; a blank parts numbers, but belongs to a name between commas or tabs."""
    words = line.replace(",", " ").split()
    separator = next((mark for mark in "\t," if mark in line.strip()), None)
    if separator is None or all(map(_is_number, words)):
        return words
    return [word.strip() for word in next(csv.reader([line.strip()], delimiter=separator))]


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _count(columns: int) -> str:
    return "three numbers, x y z in voxels" if columns == 3 else f"{columns} columns"
