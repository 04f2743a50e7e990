"""Ribosomes, gold fiducials, and a crowd of other proteins to confuse them with."""

from __future__ import annotations

import numpy as np

from scseg.base.progress import Report, silent
from scseg.datasets.demo.scene import (
    Points,
    Scene,
    add_beads,
    directions,
    rotation,
    stamp_balls,
    touches,
)

RIBOSOME_RADIUS = 13.5
"""Of the sphere around an 80S ribosome, nm."""
BEAD_SPACING = 3.0
"""Of the beads that stand for protein domains, nm."""
RNA_RICH, _GOLD = 1.3, 12.0
"""Density of ribosomes and of gold, of that of protein."""
_BEAD_RADIUS = 2.4
"""What one bead of a ribosome occupies in its label, nm."""
_PER_NM3 = {10: 2.5e-6, 7.5: 8e-6, 4.5: 60e-6, 3: 200e-6}
"""How many other proteins there are, by their radius in nm, if all found room."""


def ribosome(rng: np.random.Generator) -> Points:
    """Return the beads (nm, around the centre) of two lumpy subunits with a cleft between them."""
    large = lump(np.array([10.5, 11.5, 9.5]), rng, (0.0, 0.0, -2.5))
    large = large[large[:, 2] < 3.5]
    small = lump(np.array([10.5, 6.5, 4.5]), rng, (0.8, 1.0, 7.5))
    stalk = np.array([[9.8, 5.2, 0.5], [11.0, 6.4, 1.0], [-9.0, 7.5, -0.5]])
    return np.concatenate([np.zeros((1, 3)), large, small, stalk])


def add_ribosomes(scene: Scene, rng: np.random.Generator, report: Report = silent) -> Points:
    """Scatter ribosomes, half of them in strings as on one messenger RNA; return their centres."""
    template = ribosome(rng)
    centres: list[Points] = []
    wanted = max(4, round(scene.density.size * (scene.apix / 10) ** 3 * 5.5e-6))
    for _ in range(40 * wanted):
        if len(centres) >= wanted:
            break
        report(len(centres) / wanted, "ribosomes")
        for place in string_of_places(scene, rng):
            if has_room(scene, place, rng):
                _draw_ribosome(scene, place, template @ rotation(rng))
                centres.append(place)
    return np.array(centres).reshape(-1, 3)


def add_other_proteins(scene: Scene, rng: np.random.Generator, report: Report = silent) -> None:
    """Fill what room is left with proteins and complexes of 5 to 22 nm."""
    volume = scene.density.size * (scene.apix / 10) ** 3
    counts = {radius_nm: round(volume * per_nm3) for radius_nm, per_nm3 in _PER_NM3.items()}
    done = 0
    for radius_nm, count in counts.items():
        for _ in range(count):
            report(done / sum(counts.values()), "proteins")
            done += 1
            radii = radius_nm * rng.uniform(0.5, 1.15, 3)
            place = rng.uniform(0, 1, 3) * scene.shape
            blob = scene.pixels(1) * lump(radii, rng) @ rotation(rng)
            if not touches(scene.occupied, place + blob):
                add_beads(scene, place + blob, BEAD_SPACING**3)


def add_gold(scene: Scene, rng: np.random.Generator, amount: float = 1.0) -> None:
    """Add a few 10 nm fiducials, wherever they happened to stick; they are labelled if asked for."""
    area_nm2 = scene.shape[1] * scene.shape[2] * (scene.apix / 10) ** 2
    for _ in range(max(1, round(amount * area_nm2 * 9e-6))):
        place = rng.uniform(0.15, 0.85, 3) * scene.shape
        if not touches(scene.labels["Membrane"], place + scene.pixels(6) * directions(40, rng)):
            ball = scene.pixels(1) * lump(np.full(3, 5.0), rng)
            add_beads(scene, place + ball, _GOLD * BEAD_SPACING**3)
            stamp_balls(scene.occupied, place[None], scene.pixels(6))
            if "Gold" in scene.labels:
                stamp_balls(scene.labels["Gold"], place[None], scene.pixels(5))


def lump(
    radii: Points, rng: np.random.Generator, centre: tuple[float, float, float] = (0.0, 0.0, 0.0)
) -> Points:
    """Return the beads (nm) of an ellipsoid: a grid, shaken and randomly shifted."""
    steps = np.arange(-np.ceil(radii.max()), radii.max() + BEAD_SPACING, BEAD_SPACING)
    grid = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(-1, 3)
    grid = grid + rng.uniform(-0.5, 0.5, 3) * BEAD_SPACING + rng.normal(0, 0.6, grid.shape)
    return np.asarray(grid[np.sum((grid / radii) ** 2, axis=1) <= 1] + centre)


def string_of_places(scene: Scene, rng: np.random.Generator) -> list[Points]:
    """Return one place, or several in a row about a ribosome apart."""
    place = rng.uniform(0, 1, 3) * scene.shape
    length = int(rng.choice([1, 1, 1, 4, 7]))
    heading = directions(1, rng)[0]
    places = [place]
    for _ in range(length - 1):
        heading = heading + 0.7 * directions(1, rng)[0]
        heading = heading / np.linalg.norm(heading)
        place = place + heading * scene.pixels(rng.uniform(27, 33))
        places.append(place)
    return places


def has_room(scene: Scene, place: Points, rng: np.random.Generator) -> bool:
    """Return whether a ribosome fits between the ice's surfaces and all else, outside of vesicles."""
    radius = scene.pixels(RIBOSOME_RADIUS)
    if not radius <= place[0] <= scene.shape[0] - radius:
        return False
    sphere = place + radius * directions(60, rng)
    return not touches(scene.occupied, sphere) and not touches(scene.enclosed, sphere)


def _draw_ribosome(scene: Scene, place: Points, beads_nm: Points) -> None:
    beads = place + beads_nm * scene.pixels(1)
    add_beads(scene, beads, RNA_RICH * BEAD_SPACING**3)
    stamp_balls(scene.labels["Ribosome"], beads, scene.pixels(_BEAD_RADIUS))
    stamp_balls(scene.occupied, place[None], scene.pixels(RIBOSOME_RADIUS))
