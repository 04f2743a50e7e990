"""Picks near the slice in view, as circles: where the ball of a particle is cut by the slice."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scseg.actions.objects.picking import picks_of

if TYPE_CHECKING:
    from scseg.annotations.picked import PickedParticles
    from scseg.drawing.region import Point
    from scseg.state.tomograms import OpenTomogram

UNKNOWN_RADIUS = 4.0
"""In voxels, of particles whose diameter is not known."""
MOST = 5000
"""More circles on a slice could not be told apart."""


@dataclass(frozen=True)
class DrawnPick:
    """A pick by its number, at (y, x) in voxels; `depth` is 0 where it lies on the slice, 1 where it ends."""

    number: int
    at: Point
    radius: float
    depth: float


def on_slice(opened: OpenTomogram, z: int) -> list[DrawnPick]:
    """Return the picks that count and reach slice z, the nearest to it last."""
    picked = picks_of(opened)
    if not len(picked):
        return []
    radius_z, radius = radii(picked, opened)
    picks = picked.all
    away = np.abs(picks.positions[:, 0] - z)
    near = away <= max(radius_z, 0.5)
    if picked.least is not None:
        near &= picks.scores >= picked.least
    numbers = np.flatnonzero(near)
    numbers = numbers[np.argsort(-away[numbers], kind="stable")][-MOST:]
    found = []
    for number in numbers.tolist():
        depth = min(1.0, float(away[number]) / max(radius_z, 0.5))
        _, y, x = picks.positions[number].tolist()
        found.append(DrawnPick(number, (y, x), radius * math.sqrt(1 - depth**2), depth))
    return found


def radii(picked: PickedParticles, opened: OpenTomogram) -> tuple[float, float]:
    """Return the radius of a particle in voxels, across slices and on them."""
    size = opened.voxel_size
    if size is None or not picked.diameter:
        return UNKNOWN_RADIUS, UNKNOWN_RADIUS
    return picked.diameter / 2 / size[0], picked.diameter / 2 / size[2]
