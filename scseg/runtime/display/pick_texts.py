"""What panels say of picks."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from scseg.base.formatting import counted
from scseg.runtime.display.columns import Column

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.annotations.picked import PickedParticles


def told_of_picks(picked: PickedParticles) -> str:
    """Return how many picks there are of what, and how many are left out."""
    kept, of = picked.kept, f" of {picked.of}" if picked.of else ""
    what = counted(len(kept), "pick")
    if kept.filaments is not None:
        filaments = len(np.unique(kept.filaments))
        what = f"{counted(len(kept), 'point')} on {counted(filaments, 'filament')}"
    left_out = len(picked) - len(kept)
    return f"{what}{of}" + (f", {left_out} left out" if left_out else "")


@lru_cache(2)
def columns_of(picked: PickedParticles) -> tuple[tuple[Column, ...], NDArray[np.int64]]:
    """Return the columns of the picks that count, and the number of each of them among all."""
    numbers = np.arange(len(picked))
    if picked.least is not None:
        numbers = np.flatnonzero(picked.all.scores >= picked.least)
    kept = picked.kept
    z, y, x = kept.positions.T
    columns = [
        Column("score", kept.scores, ".3g", "How sure it is."),
        Column("slice", np.floor(z + 0.5) + 1, ".0f", "Where it is, counted from 1."),
        Column("x", x, ".1f", "Voxels from the left, counted from 0."),
        Column("y", y, ".1f", "Voxels from below, counted from 0."),
    ]
    if kept.filaments is not None:
        filament = kept.filaments.astype(np.float64)
        columns.insert(1, Column("filament", filament, ".0f", "Which filament it is on."))
    return tuple(columns), numbers


def score_range(picked: PickedParticles) -> tuple[float, float]:
    """Return the lowest and the highest score of all picks."""
    scores = picked.all.scores
    return (float(scores.min()), float(scores.max())) if len(scores) else (0.0, 0.0)
