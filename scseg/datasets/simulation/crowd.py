"""Ribosomes and a crowd of other proteins, many at once."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

from scseg.datasets.demo.particles import (
    BEAD_SPACING,
    RIBOSOME_RADIUS,
    RNA_RICH,
    ribosome,
    string_of_places,
)
from scseg.datasets.demo.scene import (
    Points,
    Scene,
    add_beads,
    directions,
    inside,
    rotation,
    stamp_balls,
    touches,
)

_PER_NM3 = {10: 2.5e-6, 7.5: 8e-6, 4.5: 60e-6, 3: 200e-6}
_RIBOSOMES_PER_NM3 = 4e-6
_MOST_BEADS, _MOST_RIBOSOMES = 600_000, 600
_ROUNDED = 2.0
"""By how much the beads of a ribosome are blurred before its outline is taken, nm, and where that is."""
_OUTLINE = 0.3


def add_ribosomes(scene: Scene, amount: float, size: float, rng: np.random.Generator) -> None:
    """Scatter ribosomes, half of them in strings, `size` times as large as those of the demo."""
    volume = scene.density.size * (scene.apix / 10) ** 3
    wanted = min(_MOST_RIBOSOMES, round(amount * (4 + volume * _RIBOSOMES_PER_NM3)))
    template = ribosome(rng) * size
    placed: list[Points] = []
    centres = 0
    for _ in range(6 * wanted):
        if centres >= wanted:
            break
        for place in string_of_places(scene, rng):
            if _has_room(scene, place, rng):
                stamp_balls(scene.occupied, place[None], scene.pixels(RIBOSOME_RADIUS * size))
                placed.append(place + template @ rotation(rng) * scene.pixels(1))
                centres += 1
    if not placed:
        return
    before = scene.beads.copy()
    add_beads(scene, np.concatenate(placed), RNA_RICH * (BEAD_SPACING * size) ** 3)
    solid = gaussian_filter((scene.beads - before) / RNA_RICH, scene.pixels(_ROUNDED), truncate=3)
    scene.labels["Ribosome"][solid > _OUTLINE] = True


def add_crowd(scene: Scene, amount: float, rng: np.random.Generator) -> None:
    """Fill what room is left with lumps of 5 to 22 nm."""
    volume = scene.density.size * (scene.apix / 10) ** 3
    for radius_nm, per_nm3 in _PER_NM3.items():
        beads = max(1, round((radius_nm / BEAD_SPACING) ** 3 * 2))
        count = min(round(volume * per_nm3 * amount), _MOST_BEADS // beads)
        if not count:
            continue
        places = rng.uniform(0, 1, (count, 3)) * scene.shape
        z, y, x = places.astype(np.intp).T
        places = places[~scene.occupied[z, y, x]]
        reach = radius_nm * rng.uniform(0.5, 1.1, (len(places), 1, 3))
        unit = directions(len(places) * beads, rng) * rng.uniform(
            0, 1, (len(places) * beads, 1)
        ) ** (1 / 3)
        lumps = places[:, None] + unit.reshape(len(places), beads, 3) * reach * scene.pixels(1)
        add_beads(scene, lumps.reshape(-1, 3), BEAD_SPACING**3 * 0.7)


def _has_room(scene: Scene, place: Points, rng: np.random.Generator) -> bool:
    """Return whether a ribosome fits beside all else, outside of vesicles."""
    if not inside(place[None], scene.shape)[0]:
        return False
    sphere = place + scene.pixels(RIBOSOME_RADIUS) * directions(60, rng)
    return not touches(scene.occupied, sphere) and not touches(scene.enclosed, sphere)
