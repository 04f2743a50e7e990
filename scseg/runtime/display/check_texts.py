"""What panels say of the checks of models, and the columns of their tables."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from scseg.base.formatting import counted
from scseg.runtime.display.columns import Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scseg.compute.checking import ModelCheck


def judged_by(found: ModelCheck) -> str:
    """Return what threshold and calibration are of."""
    return f"Judged by {found.judged_by}."


def best(found: ModelCheck) -> str:
    """Return the best threshold, and how good it is."""
    if found.best is None:
        return "None of these boxes holds the feature: no threshold is best."
    return f"Best threshold {found.best:.2f}: Dice {found.best_dice:.3f}"


def calibrated(found: ModelCheck) -> str:
    """Return how far the values of the model are from what they say."""
    error = found.calibration.error
    if math.isnan(error):
        return "All that is in these boxes is ignored: nothing tells what values mean."
    return f"Calibration error {error:.3f}"


def listed(found: ModelCheck, left: int) -> str:
    """Return how many boxes are in the table."""
    gone = len(found.dice) - left
    told = f"{counted(left, 'box')}, those first that disagree with the model"
    return f"{told}; {gone} removed since" if gone else told


def columns(found: ModelCheck, numbers: Sequence[int]) -> tuple[Column, ...]:
    """Return the table of boxes, in the order of their numbers."""
    chosen = np.array(numbers, np.int64)
    z, y, x = found.boxes.positions[chosen].astype(np.float64).T
    nm = found.tolerance * found.boxes.apix / 10.0
    near = f"Share of both contours within {found.tolerance:g} px ({nm:.1f} nm) of the other."
    mask = f"Of the mask at {found.threshold:.2f} and the label."
    return (
        Column("slice", z + 1, ".0f", "Of the box, counted from 1."),
        Column(
            "differs",
            found.disagreement[chosen],
            ".1f",
            "How many times farther the label is from the mask than the model expects: is it right?",
        ),
        Column("Dice", found.dice[chosen], ".2f", f"{mask} Empty where there is nothing in both."),
        Column("surface", found.surface_dice[chosen], ".2f", near),
        Column("x", x, ".0f", "Of its middle, voxels from the left."),
        Column("y", y, ".0f", "Of its middle, voxels from below."),
    )
