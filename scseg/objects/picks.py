"""Particles that were picked: where they are, how sure that is, and where they point to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scseg.datasets.formats.volume import Triple


@dataclass(frozen=True, eq=False)
class Picks:
    """Particles of a volume, the best first; those of filaments in their order along them.

    Attributes:
        positions: float64 (n, 3), each (z, y, x) in voxels; voxel centres lie on whole numbers.
        scores: float64 (n,), the larger the surer.
        directions: float64 (n, 3), unit vectors (z, y, x) along filaments; None for single particles.
        filaments: int64 (n,), which filament each belongs to, from 1; None for single particles.
    """

    positions: NDArray[np.float64]
    scores: NDArray[np.float64]
    directions: NDArray[np.float64] | None = None
    filaments: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.positions)

    def subset(self, which: NDArray[np.bool_] | NDArray[np.int64]) -> Picks:
        """Return some of them: where `which` is true, or by their numbers."""
        directions, filaments = self.directions, self.filaments
        return Picks(
            self.positions[which],
            self.scores[which],
            None if directions is None else directions[which],
            None if filaments is None else filaments[which],
        )


def sorted_by_score(picks: Picks) -> Picks:
    """Return the picks with the best first; equal ones stay in their order."""
    return picks.subset(np.argsort(-picks.scores, kind="stable"))


def apart(picks: Picks, spacing: float, voxel_size: Triple) -> Picks:
    """Return the picks, best first, of which no two are closer than `spacing` (A)."""
    from scipy.spatial import KDTree  # noqa: PLC0415 - nothing that does not need it should wait for it

    picks = sorted_by_score(picks)
    if spacing <= 0 or len(picks) < 2:
        return picks
    places = picks.positions * np.asarray(voxel_size)
    near = KDTree(places).query_ball_point(places, spacing * (1 - 1e-9))
    kept = np.ones(len(picks), np.bool_)
    for pick, others in enumerate(near):
        if kept[pick]:
            kept[[other for other in others if other > pick]] = False
    return picks.subset(kept)


def within(picks: Picks, shape: tuple[int, int, int], margin: float, voxel_size: Triple) -> Picks:
    """Return the picks that are at least `margin` (A) from every face of the volume of this shape."""
    places = (picks.positions + 0.5) * np.asarray(voxel_size)
    ends = np.asarray(shape) * np.asarray(voxel_size)
    inside = ((places >= margin) & (places <= ends - margin)).all(axis=1)
    return picks.subset(inside)


def numbered_anew(picks: Picks) -> Picks:
    """Return picks whose filaments are counted from 1 without a gap."""
    if picks.filaments is None:
        return picks
    numbers = np.unique(picks.filaments, return_inverse=True)[1].reshape(-1) + 1
    return replace(picks, filaments=numbers)
