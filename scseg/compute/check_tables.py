"""The boxes of a check as a table for spreadsheets."""

from __future__ import annotations

import csv
import io
import math
from typing import TYPE_CHECKING

from scseg.base.files.writing import atomic_write

if TYPE_CHECKING:
    from pathlib import Path

    from scseg.compute.checking import ModelCheck

COLUMNS = (
    "tomogram",
    "z",
    "y",
    "x",
    "with the feature",
    "judges",
    "dice",
    "surface dice",
    "disagreement",
)


def write_check_table(check: ModelCheck, path: Path) -> None:
    """Write a row (CSV) for each box, those first that disagree most with the model.

    z, y, x are voxels of the tomogram, counted from 0. A Dice is empty where there is nothing to be found,
    and nothing was.

    Raises:
        ScsegError: the file cannot be written.
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    boxes = check.boxes
    for box in check.worst_first.tolist():
        table.writerow(
            [
                boxes.sources[boxes.origins[box]].tomogram,
                *boxes.positions[box].tolist(),
                int(boxes.positive[box]),
                int(check.judging[box]),
                _number(check.dice[box]),
                _number(check.surface_dice[box]),
                _number(check.disagreement[box]),
            ]
        )
    atomic_write(path, text.getvalue().encode("utf-8", "surrogateescape"))


def _number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.4f}"
