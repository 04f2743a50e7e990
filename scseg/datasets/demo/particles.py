"""Ribosomes, gold fiducials, and a crowd of other proteins to confuse them with."""

from __future__ import annotations

import numpy as np

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
_BEAD_RADIUS = 2.6
"""What one bead of a ribosome occupies in its label, nm."""


def ribosome_template(rng: np.random.Generator) -> Points:
    """Return the beads (nm, around the centre) of two lumpy subunits with a cleft between them."""
    large = _lump(rng, 85, np.array([9.5, 10.5, 9.0]), np.array([0.0, 0.0, -2.8]))
    large = large[large[:, 2] < 3.2]
    small = _lump(rng, 38, np.array([10.0, 6.0, 3.8]), np.array([0.8, 1.0, 7.6]))
    stalk = np.array([[9.8, 5.2, 0.5], [11.0, 6.4, 1.0], [-9.0, 7.5, -0.5]])
    middle = np.zeros((1, 3))
    return np.concatenate([middle, large, small, stalk])


def add_ribosomes(scene: Scene, rng: np.random.Generator) -> Points:
    """Scatter ribosomes, half of them in strings as on one messenger RNA; return their centres."""
    template = ribosome_template(rng)
    centres: list[Points] = []
    wanted = max(4, round(scene.density.size * (scene.apix / 10) ** 3 * 5.5e-6))
    for _ in range(40 * wanted):
        if len(centres) >= wanted:
            break
        for place in _string(scene, rng):
            if _is_free(scene, place, scene.pixels(RIBOSOME_RADIUS)):
                _draw_ribosome(scene, place, template @ rotation(rng))
                centres.append(place)
    return np.array(centres).reshape(-1, 3)


def add_other_proteins(scene: Scene, rng: np.random.Generator) -> None:
    """Fill what room is left with proteins and complexes of 5 to 22 nm."""
    volume = scene.density.size * (scene.apix / 10) ** 3
    for radius_nm, beads, per_nm3 in (
        (10, 42, 2.2e-6),
        (7, 24, 8e-6),
        (4, 8, 40e-6),
        (2.5, 3, 90e-6),
    ):
        for _ in range(round(volume * per_nm3)):
            radius = scene.pixels(radius_nm * rng.uniform(0.8, 1.15))
            place = rng.uniform(0, 1, 3) * scene.shape
            if not touches(scene.occupied, place + radius * directions(12, rng)):
                shape = radius * rng.uniform(0.45, 1.0, 3)
                blob = _lump(rng, beads, shape, np.zeros(3)) @ rotation(rng)
                add_beads(scene.beads, place + blob, 5.5)


def add_gold(scene: Scene, rng: np.random.Generator) -> None:
    """Add a few 10 nm fiducials, wherever they happened to stick."""
    for _ in range(max(1, round(scene.shape[1] * scene.shape[2] * (scene.apix / 10) ** 2 * 9e-6))):
        place = rng.uniform(0.15, 0.85, 3) * scene.shape
        if not touches(scene.labels["Membrane"], place + scene.pixels(6) * directions(40, rng)):
            ball = _lump(rng, 200, np.full(3, scene.pixels(5)), place)
            add_beads(scene.beads, ball, 6.0)
            stamp_balls(scene.occupied, place[None], scene.pixels(6))


def _lump(rng: np.random.Generator, count: int, radii: Points, centre: Points) -> Points:
    """Return points, denser than by chance evenly spread, in an ellipsoid."""
    spread = rng.random(count) ** (1 / 3)
    return centre + directions(count, rng) * spread[:, None] * radii


def _string(scene: Scene, rng: np.random.Generator) -> list[Points]:
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


def _is_free(scene: Scene, place: Points, radius: float) -> bool:
    low, high = radius, np.array(scene.shape) - radius
    if place[0] < low or place[0] > high[0]:
        return False
    sphere = np.concatenate(
        [place[None], place + radius * directions(60, np.random.default_rng(0))]
    )
    return not touches(scene.occupied, sphere) and not touches(scene.enclosed, place[None])


def _draw_ribosome(scene: Scene, place: Points, beads_nm: Points) -> None:
    beads = place + beads_nm * scene.pixels(1)
    add_beads(scene.beads, beads, 11.0)
    stamp_balls(scene.labels["Ribosome"], beads, scene.pixels(_BEAD_RADIUS))
    stamp_balls(scene.occupied, place[None], scene.pixels(RIBOSOME_RADIUS))
